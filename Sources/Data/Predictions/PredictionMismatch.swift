/// Why the rows of two tables of predictions cannot be held against each other.
public enum PredictionMismatch: Hashable, Sendable {
    /// The same row has two labels, or answers two queries; `byID` tells whether rows were found by their ids, or taken in their order.
    case labels(byID: Bool)
    /// No row of one has an id of the other.
    case noCommonID
    /// They have no ids, and not as many rows.
    case rowCount
}
