import Domain

/// How far the distribution of a model's scores has moved from another model's on the same rows.
public struct ScoreStability: Hashable, Sendable {
    /// The population stability index with the first's scores as the reference.
    public let psi: Double

    /// The p-value of chi-square on the same bins: two random samples of one distribution differ so much so often. Models that answer
    /// the same rows differ less by chance.
    public let pValue: Double

    /// Of a regression those of the predictions; of several classes, and of two without scores, how often each is predicted. Scores of
    /// at most twenty different values are categories, and a score that a tenth of the rows have has a bin of its own.
    ///
    /// `nil` where a side has no finite score, and of rankings, whose scores have no scale. Throws where the two cannot be compared, as ``Comparison``.
    public init?(of first: Predictions, and second: Predictions) throws(DataError) {
        let pair = try PairedPredictions(first, second)
        guard first.task != .ranking else { return nil }
        // The tails of many classes' probabilities move at every retrain.
        let table = pair.scores.count == 1 ? pair.scores.map { Self.table($0, $1) }.first : pair.predictedClasses
        guard let table, let psi = PopulationStabilityIndex.value(table), let test = ChiSquare(table) else {
            return nil
        }
        self.psi = psi
        pValue = test.pValue
    }

    private static func table(_ reference: [Double], _ current: [Double]) -> ShareTable {
        let one = SortedValues(of: reference.filter(\.isFinite)), other = SortedValues(of: current.filter(\.isFinite))
        return one.distinct <= ColumnDrift.valuesAsCategories
            ? CategoryComparison(numbers: one, other).table
            : ShareTable(one, other, edges: edges(one))
    }

    private static func edges(_ reference: SortedValues) -> [Double] {
        let tenths = (0...10).compactMap { reference.linearQuantile(Double($0) * 0.1) }
        let heavy = Set(zip(tenths, tenths.dropFirst()).filter { $0 == $1 }.map(\.0)).flatMap { [$0.nextDown, $0] }
        return Set(PopulationStabilityIndex.edges(reference) + heavy).sorted()
    }
}

extension PairedPredictions {
    /// How often each class is predicted; `nil` where no classes are.
    fileprivate var predictedClasses: ShareTable? {
        func counts(_ classes: Int, _ codes: some Sequence<Int>) -> [Int] {
            codes.reduce(into: Array(repeating: 0, count: classes)) { $0[$1] += 1 }
        }
        let one: [Int], other: [Int]
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
