import Domain

/// Who calls a model, whatever its version, as the `client` of each request in its serving log says, or a metric.
struct Consumers {
    /// How many requests each sent in the time that is looked at, the most first.
    let callers: [(name: String, requests: Int)]
    private let unnamed: Int
    private let requests: Int
    /// What says so: the log's path, or Prometheus.
    private let source: String
    private let file: String?
    private let newest: Timestamp?

    /// - Parameter now: Times after it, by clocks that go wrong, say nothing.
    init(_ log: ServingLog, last window: Duration, at now: Timestamp) {
        let newest = log.entries.compactMap(\.time).filter { $0 <= now + .seconds(3600) }.max()
        self.newest = newest
        var log = log
        log.keep { entry in entry.time.map { time in newest.map { $0 - time <= window } ?? true } ?? true }
        (source, file) = (log.path, log.path)
        (requests, unnamed) = (log.entries.count, log.entries.count { $0.client == nil })
        let counts = Dictionary(log.entries.compactMap(\.client).map { ($0, 1) }, uniquingKeysWith: +)
        callers = counts.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// Of what a metric counted; who sent nothing is no caller.
    init(_ counts: [(client: String?, requests: Double)]) {
        (source, file, newest) = ("Prometheus", nil, nil)
        // A client comes several times where the query keeps other labels, too.
        let sums = Dictionary(counts.map { ($0.client, $0.requests) }, uniquingKeysWith: +)
        let whole = sums.map { ($0.key, Int(min($0.value, 1e12).rounded(.up))) }.filter { $0.1 > 0 }
        requests = whole.reduce(0) { $0 &+ $1.1 }
        unnamed = whole.filter { $0.0 == nil }.reduce(0) { $0 &+ $1.1 }
        callers = whole.compactMap { client, requests in client.map { ($0, requests) } }.sorted {
            ($1.1, $0.0) < ($0.1, $1.0)
        }
    }

    var isSilent: Bool { requests == 0 }

    /// Whether there are requests, and none says who sent it.
    var isUnnamed: Bool { requests > 0 && callers.isEmpty }

    /// Callers that nobody declared. Where some are declared, the log has to say who calls.
    func undeclared(_ declared: [String]) throws(MissingEvidence) -> Finding? {
        guard !declared.isEmpty else { return nil }
        guard unnamed == 0 else {
            throw MissingEvidence(
                "\(source): \(unnamed.grouped) of \(requests.grouped) requests name no client, and consumers are declared",
                file: file)
        }
        let patterns = declared.map(NamePattern.init)
        let strangers = callers.filter { caller in !patterns.contains { $0.matches(caller.name) } }
        guard !strangers.isEmpty else { return nil }
        let names = strangers.map { "\(Excerpt.line($0.name)) (\($0.requests.grouped) requests)" }.listed()
        return Finding(
            .warn, "callers that consumers does not declare: \(names)", file: file, value: Double(strangers.count),
            threshold: 0)
    }

    /// A model that nobody has called for so long; a log without times cannot tell.
    func abandoned(after most: Duration, at now: Timestamp) -> Finding? {
        guard let newest, now - newest >= most else { return nil }
        let days = (now - newest).milliseconds / 86_400_000
        return Finding(
            .warn, "abandoned model: \(source) has no request of the last \(days) days; who still needs it?",
            file: file, value: Double(days), threshold: most.days)
    }
}
