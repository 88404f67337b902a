import Domain

/// Who calls a model, whatever its version, as the `client` of each request in its serving log says.
struct Consumers {
    /// How many requests each sent in the time that is looked at, the most first.
    let callers: [(name: String, requests: Int)]
    private let log: ServingLog
    private let newest: Timestamp?

    /// - Parameter now: Times after it, by clocks that go wrong, say nothing.
    init(_ log: ServingLog, last window: Duration, at now: Timestamp) {
        let newest = log.entries.compactMap(\.time).filter { $0 <= now + .seconds(3600) }.max()
        self.newest = newest
        var log = log
        log.keep { entry in entry.time.map { time in newest.map { $0 - time <= window } ?? true } ?? true }
        self.log = log
        let counts = Dictionary(log.entries.compactMap(\.client).map { ($0, 1) }, uniquingKeysWith: +)
        callers = counts.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// Callers that nobody declared. Where some are declared, the log has to say who calls.
    func undeclared(_ declared: [String]) throws(MissingEvidence) -> Finding? {
        guard !declared.isEmpty else { return nil }
        let silent = log.entries.count { $0.client == nil }
        guard silent == 0 else {
            throw MissingEvidence(
                "\(log.path): \(silent.grouped) of \(log.entries.count.grouped) requests name no client, and consumers are declared",
                file: log.path)
        }
        let patterns = declared.map(NamePattern.init)
        let strangers = callers.filter { caller in !patterns.contains { $0.matches(caller.name) } }
        guard !strangers.isEmpty else { return nil }
        let names = strangers.map { "\(Excerpt.line($0.name)) (\($0.requests.grouped) requests)" }.listed()
        return Finding(
            .warn, "callers that consumers does not declare: \(names)", file: log.path, value: Double(strangers.count),
            threshold: 0)
    }

    /// A model that nobody has called for so long; a log without times cannot tell.
    func abandoned(after most: Duration, at now: Timestamp) -> Finding? {
        guard let newest, now - newest >= most else { return nil }
        let days = (now - newest).milliseconds / 86_400_000
        return Finding(
            .warn, "abandoned model: \(log.path) has no request of the last \(days) days; who still needs it?",
            file: log.path, value: Double(days), threshold: Double(most.milliseconds) / 86_400_000)
    }
}
