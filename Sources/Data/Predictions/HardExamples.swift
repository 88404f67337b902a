/// Rows from which a model could learn most: those that it got most wrong, those of which another version says something else, those that are
/// wrong in a slice that fails, and those of which it is least sure.
///
/// Uncertainty is that of the likeliest class ("least confident", Settles 2009, Active Learning Literature Survey, 3.1); how wrong a
/// classification is, the probability that it gave the true label.
public struct HardExamples: Sendable {
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        case wrong = "confidently-wrong"
        case far = "large-error"
        case disagreement = "versions-disagree"
        case slice = "failing-slice"
        case uncertain
    }

    /// At most so many for each reason, and a tenth of all rows: of few rows the hardest are few.
    public let limit: Int
    private var found: [Reason: [Candidate]] = [:]

    private struct Candidate {
        let row: Int
        let rank: Double
    }

    public init(rows: Int, atMost most: Int = 500) { limit = min(most, max(1, rows / 10)) }

    /// - Parameter rank: Of one reason, the least comes first; NaN never.
    public mutating func add(_ row: Int, _ reason: Reason, rank: Double) {
        guard !rank.isNaN else { return }
        found[reason, default: []].append(Candidate(row: row, rank: rank))
        // However many rows there are, few are kept.
        if found[reason, default: []].count >= max(1024, 4 * limit) { found[reason] = hardest(reason) }
    }

    /// Each row once, by the first reason that it has; rows of one rank in their order.
    public var picked: [(row: Int, reason: Reason)] {
        var seen: Set<Int> = []
        return Reason.allCases.flatMap { reason in
            hardest(reason).filter { seen.insert($0.row).inserted }.map { ($0.row, reason) }
        }
    }

    private func hardest(_ reason: Reason) -> [Candidate] {
        Array((found[reason] ?? []).sorted { ($0.rank, $0.row) < ($1.rank, $1.row) }.prefix(limit))
    }
}

extension HardExamples {
    /// A classification whose probabilities are known.
    ///
    /// - Parameters:
    ///   - likeliest: The probability of the likeliest class.
    ///   - truth: The probability of the true label where the prediction is another; `nil` where it is right, or no label is known.
    public mutating func add(_ row: Int, likeliest: Double, wrongly truth: Double?) {
        if let truth { add(row, .wrong, rank: truth) }
        add(row, .uncertain, rank: likeliest)
    }
}
