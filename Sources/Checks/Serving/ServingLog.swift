import Data
import Domain

/// Requests and answers of a served model, one JSON object a line.
///
/// Known members: `ts`, `request_id`, `model`, `version`, `client`, `features`, `prediction`, `score`, `scores`, `latency_ms`; others are
/// let be.
struct ServingLog {
    let path: String
    private(set) var entries: [Entry] = []
    /// Those of the model's other versions, where entries are of one.
    private(set) var others: [Entry] = []

    struct Entry {
        let line: Int
        let time: Timestamp?
        let request: String?
        let model: String?
        let version: String?
        /// Who asked.
        let client: String?
        let features: [JSON.Member]
        let prediction: JSON?
        let score: Double?
        let latency: Double?
    }

    /// Keeps the entries of one version, or all where none is named. Throws where the log says whose they are, and none is of that version.
    ///
    /// - Parameter anyVersion: Whether those of the model's other versions are kept, too.
    init(_ bytes: [UInt8], path: String, of version: ModelVersion?, anyVersion: Bool = false) throws(MissingEvidence) {
        self.path = path
        var rest = bytes[...], number = 0
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 0x0A }
            rest = rest[line.endIndex...].dropFirst()
            number += 1
            // It may be a gigabyte, which nobody waits for once the check's time is over.
            if Task.isCancelled {
                throw MissingEvidence("serving log: \(path) was not read to its end: that was stopped", file: path)
            }
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            let object: JSON
            do throws(JSON.SyntaxError) { object = try JSON(parsing: Array(line), python: true) } catch {
                throw MissingEvidence("serving log: \(path):\(number): \(error.message)", file: path)
            }
            entries.append(
                Entry(
                    line: number, time: object["ts"]?.string.flatMap { Timestamp($0) },
                    request: object["request_id"]?.string, model: object["model"]?.string,
                    version: object["version"].flatMap { $0.string ?? $0.int.map(String.init) },
                    client: object["client"]?.string, features: object["features"]?.members ?? [],
                    prediction: object["prediction"],
                    score: object["score"]?.double, latency: object["latency_ms"]?.double))
        }
        guard !entries.isEmpty else { throw MissingEvidence("serving log: \(path) holds no request", file: path) }
        guard let version else { return }
        try keep(of: version, "models", \.model) { $0 == version.model }
        guard !anyVersion else { return }
        let all = entries
        try keep(of: version, "versions", \.version, version.isCalled)
        if entries.count < all.count { others = all.filter { $0.version.map { !version.isCalled($0) } ?? false } }
    }

    /// Only what names this version, where the log names any: another version's traffic says nothing of this one.
    private mutating func keep(
        of version: ModelVersion, _ what: String, _ name: KeyPath<Entry, String?>, _ isOurs: (String) -> Bool
    ) throws(MissingEvidence) {
        let names = entries.compactMap { $0[keyPath: name] }
        guard !names.isEmpty else { return }
        let own = entries.filter { $0[keyPath: name].map(isOurs) ?? false }
        guard !own.isEmpty else {
            throw MissingEvidence(
                "serving log: \(path) holds no request to \(version.title); it names the \(what) \(names.unique.listed())",
                file: path)
        }
        // A commit's digits leave no doubt.
        let called = own.compactMap { $0[keyPath: name] }.unique.filter { !version.revision.description.hasPrefix($0) }
        guard version.label != nil || called.count < 2 else {
            throw MissingEvidence(
                "serving log: \(path) names the \(what) \(called.listed()), and which of them is \(version.title) is not known: give the "
                    + "version a tag", file: path)
        }
        entries = own
    }

    /// Only what came in the last `window` before the newest entry.
    mutating func keep(last window: Duration) {
        guard let newest = entries.compactMap(\.time).max() else { return }
        entries = entries.filter { $0.time.map { newest - $0 <= window } ?? false }
    }

    /// Only what came since a moment that does not move with each entry: of the quarters of `window` since 1970, the last that begins
    /// at least `window` before the newest entry.
    ///
    /// Looks at a growing log so see beginnings of one sequence, and a stretch of looks as long as the window sees at most
    /// ``beginnings`` of them.
    mutating func keep(sinceQuarterOf window: Duration) {
        let quarter = max(1, window.milliseconds / 4 + (window.milliseconds % 4 > 0 ? 1 : 0))
        guard let newest = entries.compactMap(\.time).max() else { return }
        let (latest, isTooFar) = newest.milliseconds.subtractingReportingOverflow(window.milliseconds)
        let rest = (latest % quarter + quarter) % quarter
        let (begin, isBefore) = latest.subtractingReportingOverflow(rest)
        entries = entries.filter { $0.time.map { isTooFar || isBefore || $0.milliseconds >= begin } ?? false }
    }

    static let beginnings = 5

    mutating func keep(where isKept: (Entry) -> Bool) { entries = entries.filter(isKept) }

    /// The features as JSON Lines, as a table of its own.
    var featureLines: [UInt8] {
        Array(entries.map { JSON.object($0.features).text() + "\n" }.joined().utf8)
    }

    /// The names of all features, in the order of the first entry.
    var features: [String] {
        var seen: Set<ExactText> = [], names: [String] = []
        for entry in entries {
            for member in entry.features where seen.insert(ExactText(member.key)).inserted { names.append(member.key) }
        }
        return names
    }
}

extension ModelVersion {
    /// Whether a name of a version may mean this one: its label, with or without its `v`, or the commit, in seven digits or more.
    ///
    /// A version without a label may have any, so for it only another commit is a no.
    func isCalled(_ name: String) -> Bool {
        if name.utf8.count >= 7, revision.description.hasPrefix(name) { return true }
        guard let label else {
            let isCommit = name.utf8.count >= 7 && name.allSatisfy { "0123456789abcdef".contains($0) }
            return !isCommit
        }
        return name == label || "v" + name == label
    }
}

extension Subject {
    /// The version's serving log, or the model's; `nil` where the manifest names none.
    func servingLog(last window: Duration?, anyVersion: Bool = false) async throws -> ServingLog? {
        guard let path = manifest.serving?.log else { return nil }
        let bytes = try RandomAccessBytes(try await evidence(path, "serving log")).all(atMost: 1 << 30)
        var log = try ServingLog(bytes, path: path, of: version, anyVersion: anyVersion)
        if let window { log.keep(last: window) }
        return log
    }
}
