public import Domain

/// What is remembered of one monitor of one deployment between two looks. Lost in a restart, which only counts anew.
public struct MonitorWatch: Hashable, Sendable {
    public private(set) var failures = 0
    public private(set) var failingSince: Timestamp?
    /// Why it calls for its action; `nil` while all is well or too little is known.
    public private(set) var alarm: String?
    /// What the last look said.
    public private(set) var lastMessage = ""
    /// How many looks in a row could tell nothing.
    public private(set) var unclear = 0
    /// What kept it from telling anything when that had lasted for as many looks as it takes to raise an alarm; `nil` while it can tell.
    public private(set) var doubt: String?
    /// Whether the last look found it well.
    public private(set) var isWell = false
    public private(set) var hasLooked = false
    public var nextLook: Timestamp?
    /// Tells it from those that were kept before of the same monitor: what a look of theirs finds is not this one's.
    let number: Int

    public init() { self.init(number: 0) }

    init(number: Int) { self.number = number }

    /// Takes in one look: a pure function, as ``Verifier`` is.
    ///
    /// Only `fail` counts, and only `pass` and `warn` end an alarm. What cannot be told, such as a query without data,
    /// breaks a row of failures, and is told when it lasts: nobody watches then.
    public mutating func note(_ result: ProbeResult, of monitor: Environment.Monitor, now: Timestamp) {
        nextLook = now + monitor.interval
        hasLooked = true
        lastMessage = result.message
        isWell = result.verdict == .pass || result.verdict == .warn
        guard result.verdict == .fail else {
            (failures, failingSince) = (0, nil)
            if isWell { (alarm, unclear, doubt) = (nil, 0, nil) } else { wonder(result, monitor) }
            return
        }
        (unclear, doubt) = (0, nil)
        failures += 1
        let since = min(failingSince ?? now, now)
        failingSince = since
        // The first reason stands: words that change with every look are no transition.
        guard alarm == nil, failures >= monitor.failureThreshold, now - since >= monitor.duration else { return }
        alarm = Excerpt.line("monitor " + monitor.name + Self.numbers(result) + ": " + result.message, limit: 1000)
    }

    private mutating func wonder(_ result: ProbeResult, _ monitor: Environment.Monitor) {
        unclear += 1
        guard doubt == nil, unclear >= monitor.failureThreshold else { return }
        doubt = Excerpt.line("monitor \(monitor.name) cannot tell: \(result.message)", limit: 1000)
    }

    private static func numbers(_ result: ProbeResult) -> String {
        guard let value = result.value else { return "" }
        return " (value \(value)" + (result.threshold.map { ", threshold \($0)" } ?? "") + ")"
    }
}
