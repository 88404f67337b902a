/// How far the distribution of a model's scores has moved from another model's on the same rows.
public enum ScoreStability {
    /// The population stability index with the first's scores as the reference; of class probabilities the largest of all classes'.
    ///
    /// Of a regression it is that of the predictions, of a ranking of what orders it, and of classes without scores that of the
    /// predicted classes. Scores of at most twenty different values are categories. `nil` where a side has no finite score.
    ///
    /// Throws where the two cannot be compared, as ``Comparison``.
    public static func psi(of first: Predictions, and second: Predictions) throws(DataError) -> Double? {
        let pair = try PairedPredictions(first, second)
        let scores = pair.scores
        guard scores.isEmpty else {
            let all = scores.map { psi($0, $1) }
            return all.contains { $0 == nil } ? nil : all.compactMap(\.self).max()
        }
        return pair.predictedClasses.flatMap(PopulationStabilityIndex.value)
    }

    private static func psi(_ reference: [Double], _ current: [Double]) -> Double? {
        let one = SortedValues(of: reference.filter(\.isFinite)), other = SortedValues(of: current.filter(\.isFinite))
        if one.distinct <= ColumnDrift.valuesAsCategories {
            return PopulationStabilityIndex.value(CategoryComparison(numbers: one, other).table)
        }
        return PopulationStabilityIndex.value(ShareTable(one, other, edges: PopulationStabilityIndex.edges(one)))
    }
}

extension PairedPredictions {
    /// How often each class is predicted; `nil` where no classes are.
    fileprivate var predictedClasses: ShareTable? {
        func counts(_ classes: Int, _ codes: some Sequence<Int>) -> [Int] {
            codes.reduce(into: Array(repeating: 0, count: classes)) { $0[$1] += 1 }
        }
        let (one, other): ([Int], [Int])
        switch (first.values, second.values) {
        case (.binary(let a), .binary(let b)):
            one = counts(2, a.predictions.lazy.map { Int($0) })
            other = counts(2, b.predictions.lazy.map { Int($0) })
        case (.multiclass(let a), .multiclass(let b)):
            one = counts(a.classes.count, a.predictions.lazy.map { Int($0) })
            other = counts(b.classes.count, b.predictions.lazy.map { Int($0) })
        default: return nil
        }
        return ShareTable(zip(one, other).map { (reference: $0, current: $1) })
    }
}
