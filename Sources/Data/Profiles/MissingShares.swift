/// Which shares of a column's rows have no value to calculate with.
public struct MissingShares: Hashable, Sendable {
    /// `nil` without rows.
    public let null: Double?

    /// Of numbers; `nil` without rows, and for texts.
    public let nan: Double?
    public let infinite: Double?

    private let rows: Int

    /// From which difference on a share has changed a lot, if it is not by chance.
    static let threshold = 0.05

    /// What the share of a kind of missing value was and is.
    struct Change: Hashable, Sendable {
        let kind: String
        let reference: Double
        let current: Double
    }

    init(_ column: ColumnProfile) {
        rows = column.rows
        null = column.nullRate
        let isThere = column.rows > 0 && column.texts == nil
        nan = isThere ? Double(column.numbers?.nan ?? 0) / Double(column.rows) : nil
        infinite = isThere ? Double(column.numbers?.infinite ?? 0) / Double(column.rows) : nil
    }

    /// The shares that differ by the threshold or more, and by a z test of two shares with p < 0.01.
    func changes(to current: MissingShares) -> [Change] {
        [("null", null, current.null), ("NaN", nan, current.nan), ("infinite", infinite, current.infinite)].compactMap {
            kind, one, other in
            guard let one, let other, isChange(one, other, of: current.rows) else { return nil }
            return Change(kind: kind, reference: one, current: other)
        }
    }

    private func isChange(_ one: Double, _ other: Double, of others: Int) -> Bool {
        let (n, m) = (Double(rows), Double(others))
        let pooled = (one * n + other * m) / (n + m)
        let deviation = (pooled * (1 - pooled) * (1 / n + 1 / m)).squareRoot()
        return Bound.isAtLeast(abs(one - other), Self.threshold, of: [one, other])
            && abs(one - other) > 2.5758293035489 * deviation
    }
}

extension MissingShares.Change {
    func sentence(of column: String) -> String {
        "column `\(column)`: \(Self.percent(current)) of the current rows are \(kind), \(Self.percent(reference)) of the "
            + "reference's; its other figures look at the values alone"
    }

    private static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return "\(tenths / 10)" + (tenths % 10 == 0 ? "" : ".\(tenths % 10)") + " %"
    }
}
