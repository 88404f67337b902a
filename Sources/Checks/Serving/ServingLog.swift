import Domain

/// Requests and answers of a served model, one JSON object a line.
///
/// Known members: `ts`, `request_id`, `version`, `features`, `prediction`, `score`, `scores`, `latency_ms`; others are let be.
struct ServingLog {
    let path: String
    private(set) var entries: [Entry] = []

    struct Entry {
        let line: Int
        let time: Timestamp?
        let request: String?
        let version: String?
        let features: [JSON.Member]
        let prediction: JSON?
        let score: Double?
        let latency: Double?
    }

    /// Keeps the entries of one version where the log names versions and that one is among them.
    init(_ bytes: [UInt8], path: String, version: String?) throws(MissingEvidence) {
        self.path = path
        for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            let object: JSON
            do throws(JSON.SyntaxError) { object = try JSON(parsing: Array(line), python: true) } catch {
                throw MissingEvidence("serving log: \(path):\(number + 1): \(error.message)", file: path)
            }
            entries.append(
                Entry(
                    line: number + 1, time: object["ts"]?.string.flatMap { Timestamp($0) },
                    request: object["request_id"]?.string, version: object["version"]?.string,
                    features: object["features"]?.members ?? [], prediction: object["prediction"],
                    score: object["score"]?.double, latency: object["latency_ms"]?.double))
        }
        if let version, entries.contains(where: { $0.version == version }) {
            entries = entries.filter { $0.version == version }
        }
        guard !entries.isEmpty else { throw MissingEvidence("serving log: \(path) holds no request", file: path) }
    }

    /// Only what came in the last `window` before the newest entry.
    mutating func keep(last window: Duration) {
        guard let newest = entries.compactMap(\.time).max() else { return }
        entries = entries.filter { $0.time.map { newest - $0 <= window } ?? false }
    }

    /// The features as JSON Lines, as a table of its own.
    var featureLines: [UInt8] {
        Array(entries.map { JSON.object($0.features).text() + "\n" }.joined().utf8)
    }

    /// The names of all features, in the order of the first entry.
    var features: [String] { entries.flatMap { $0.features.map(\.key) }.unique }
}

extension Subject {
    /// The version's serving log; `nil` where the manifest names none.
    func servingLog(last window: Duration?) async throws -> ServingLog? {
        guard let path = manifest.serving?.log else { return nil }
        let bytes = try ByteSource(try await evidence(path, "serving log")).all(atMost: 1 << 30)
        var log = try ServingLog(bytes, path: path, version: version.label)
        if let window { log.keep(last: window) }
        return log
    }
}
