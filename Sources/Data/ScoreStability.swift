/// How far the distribution of a model's scores has moved from another model's on the same rows.
public struct ScoreStability: Hashable, Sendable {
    /// The population stability index with the first's scores as the reference.
    public let psi: Double

    /// The p-value of chi-square on the same bins: two random samples of one distribution differ so much so often. Models that answer
    /// the same rows differ less by chance.
    public let pValue: Double

    /// Of class probabilities those of the class that moved most; of a regression those of the predictions, of a ranking of what orders
    /// it, and of classes without scores those of the predicted classes. Scores of at most twenty different values are categories.
    ///
    /// `nil` where a side has no finite score. Throws where the two cannot be compared, as ``Comparison``.
    public init?(of first: Predictions, and second: Predictions) throws(DataError) {
        let pair = try PairedPredictions(first, second)
        let tables =
            pair.scores.isEmpty ? [pair.predictedClasses].compactMap(\.self) : pair.scores.map { Self.table($0, $1) }
        let indices = tables.compactMap { table in PopulationStabilityIndex.value(table).map { (psi: $0, table: table) }
        }
        guard indices.count == tables.count, let worst = indices.max(by: { $0.psi < $1.psi }),
            let test = ChiSquare(worst.table)
        else { return nil }
        psi = worst.psi
        pValue = test.pValue
    }

    private static func table(_ reference: [Double], _ current: [Double]) -> ShareTable {
        let one = SortedValues(of: reference.filter(\.isFinite)), other = SortedValues(of: current.filter(\.isFinite))
        return one.distinct <= ColumnDrift.valuesAsCategories
            ? CategoryComparison(numbers: one, other).table
            : ShareTable(one, other, edges: PopulationStabilityIndex.edges(one))
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
