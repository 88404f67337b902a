public import Domain

/// What is remembered of one monitor of one deployment between two looks. Lost in a restart, which only counts anew.
public struct MonitorWatch: Hashable, Sendable {
    public private(set) var failures = 0
    public private(set) var failingSince: Timestamp?
    /// Why it calls for its action; `nil` while all is well or too little is known.
    public private(set) var alarm: String?
    /// Whether the last look found it well.
    public private(set) var isWell = false
    public var nextLook: Timestamp?

    public init() {}

    /// Takes in one look: a pure function, as ``Verifier`` is.
    ///
    /// Only `fail` counts, and only `pass` and `warn` end an alarm. What cannot be told, such as a query without data,
    /// breaks a row of failures and changes nothing else.
    public mutating func note(_ result: ProbeResult, of monitor: Environment.Monitor, now: Timestamp) {
        nextLook = now + monitor.interval
        isWell = result.verdict == .pass || result.verdict == .warn
        guard result.verdict == .fail else {
            (failures, failingSince) = (0, nil)
            if isWell { alarm = nil }
            return
        }
        failures += 1
        let since = min(failingSince ?? now, now)
        failingSince = since
        // The first reason stands: words that change with every look are no transition.
        guard alarm == nil, failures >= monitor.failureThreshold, now - since >= monitor.duration else { return }
        alarm = Excerpt.line(Self.prefix + monitor.name + Self.numbers(result) + ": " + result.message, limit: 1000)
    }

    /// How a reason starts that a monitor gave.
    static let prefix = "monitor "

    private static func numbers(_ result: ProbeResult) -> String {
        guard let value = result.value else { return "" }
        return " (value \(value)" + (result.threshold.map { ", threshold \($0)" } ?? "") + ")"
    }
}
