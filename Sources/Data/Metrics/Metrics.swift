public import Domain

/// Named measurements of one set of rows, in a fixed order.
public struct Metrics: Hashable, Sendable {
    public struct Metric: Hashable, Sendable {
        public let name: String

        /// `nil` where it is undefined on these rows.
        public let value: Double?
    }

    /// Metrics that are `nil`, and why.
    public struct Gap: Hashable, Sendable {
        public let reason: String
        public internal(set) var names: [String]
    }

    /// The measurements of one class.
    public struct ClassMetrics: Hashable, Sendable {
        public let name: String
        public let metrics: Metrics
    }

    public private(set) var values: [Metric] = []
    public private(set) var gaps: [Gap] = []

    /// Whether some rows have no score though there is a column of scores, so that nothing that rests on them is known.
    public internal(set) var lacksScores = false

    /// Of a multi-class task, in the order of the classes' names.
    public var perClass: [ClassMetrics]?

    /// Of a multi-class task: how often a row's class was predicted as a column's, in the order of `perClass`.
    public var confusion: [[Int]]?

    /// The value of that name; `nil` where it is undefined or unknown.
    public subscript(name: String) -> Double? { values.first { $0.name == name }?.value }

    /// Adds a metric; one that is not finite is undefined, too.
    mutating func add(_ name: String, _ value: Double?, undefined reason: @autoclosure () -> String) {
        guard let value, !value.isFinite else {
            values.append(Metric(name: name, value: value))
            if value == nil { note(name, reason()) }
            return
        }
        values.append(Metric(name: name, value: nil))
        note(name, "the numbers are too large for a 64-bit float, or not finite")
    }

    mutating func add(_ name: String, count: Int) { values.append(Metric(name: name, value: Double(count))) }

    private mutating func note(_ name: String, _ reason: String) {
        if let index = gaps.firstIndex(where: { $0.reason == reason }) {
            gaps[index].names.append(name)
        } else {
            gaps.append(Gap(reason: reason, names: [name]))
        }
    }

    /// Metrics that count, and print without a fraction.
    private static let counts: Set = [
        "n", "positives", "tp", "fp", "fn", "tn", "distinct_scores", "support", "queries", "queries_without_relevant",
    ]

    /// Whether a metric counts rows, queries or scores: it is what it is, and no estimate of anything.
    public static func isCount(_ name: String) -> Bool { counts.contains(name) }

    public var json: JSON {
        var members = values.map { metric in
            guard let value = metric.value, Self.counts.contains(metric.name) else {
                return (metric.name, JSON(metric.value))
            }
            return (metric.name, JSON.int(Int(value)))
        }
        if let perClass { members.append(("per_class", .object(perClass.map { ($0.name, $0.metrics.json) }))) }
        if let confusion {
            members.append(("confusion_rows_are_labels", .array(confusion.map { .array($0.map(JSON.int)) })))
        }
        return .object(members)
    }
}
