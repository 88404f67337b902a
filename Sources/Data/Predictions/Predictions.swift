public import Domain

/// What a model predicted on rows whose true labels are known, read from a table.
///
/// Labels and classes are compared as numbers where both spell one without leading zeros (`1`, `1.0` and `1e0` are one
/// class), else byte for byte. Of a binary classification they must be 0 and 1, or `true` and `false`, unless
/// `columns.positiveLabel` names the class that counts as 1.
public struct Predictions: Sendable {
    public let task: ModelTask
    public let columns: PredictionColumns
    public let rowCount: Int

    let values: Values
    let ids: TextColumn?

    /// The labels of a regression; `nil` of every other task.
    public var numericLabels: [Double]? {
        guard case .regression(let rows) = values else { return nil }
        return rows.labels
    }

    /// The columns of `columns.grouping`, in that order.
    let groups: [Grouping]
    let clusters: Clusters?

    enum Values: Sendable {
        case binary(BinaryRows)
        case multiclass(MulticlassRows)
        case regression(RegressionRows)
        case ranking(RankingRows)
    }
}

/// Labels and predictions are 0 or 1; a score that is null or NaN is NaN.
struct BinaryRows: Sendable {
    var labels: [UInt8]
    var predictions: [UInt8]
    var scores: [Double]?

    /// The label that counts as 0, where the one that counts as 1 is named and both came.
    var negative: String?
}

/// Labels and predictions are indices in `classes`, which are sorted.
struct MulticlassRows: Sendable {
    var classes: [String]
    var labels: [Int32]
    var predictions: [Int32]

    /// The probabilities by class, then row; `nil` where a class has no column.
    var scores: [[Double]]?

    /// The columns of scores that classes should have and have not, where others are there.
    var unscored: [String] = []
}

struct RegressionRows: Sendable {
    var labels: [Double]
    var predictions: [Double]

    /// The share of labels that should lie below the prediction, where it is meant as a quantile.
    var quantile: Double?
}
