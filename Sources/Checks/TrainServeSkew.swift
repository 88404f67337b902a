import Data
public import Domain

/// O3: training and serving compute the same features for the same things.
///
/// Rows are joined first: distributions can agree while every row is wrong.
public struct TrainServeSkew: Check {
    public static let id = "monitor.train-serve-skew"
    public static let reads: [DeclaredFile] = [.offline, .servingLog]
    public static let version = 4
    public static let summary = "Features as training computes them equal the served ones, request by request."
    public static let looksAt: Set<CheckInput> = [.clock, .label]

    let offline: String?
    let key: String
    let absolute: Double
    let relative: Double
    let maxMismatch: Double
    let maxUnjoined: Double
    let minRows: Int
    let window: Duration?
    let maxAge: Duration?

    public init(_ fields: Fields) throws(FieldErrors) {
        offline = fields.optional(
            "offline", "a table in the model's folder: the same requests' features as training computes them")
        key = fields.value("key", default: "request_id", "the table's column that names the request")
        absolute = fields.value("absolute", default: 1e-6, within: .atLeast(0), "how far two numbers may lie apart")
        relative = fields.value(
            "relative", default: 1e-5, within: .between(0, 1), "how far they may as a share of the offline one")
        maxMismatch = fields.value(
            "maxMismatch", default: 0.001, within: .between(0, 1),
            "the greatest share of rows in which a feature differs")
        maxUnjoined = fields.value(
            "maxUnjoined", default: 0.05, within: .between(0, 1),
            "the greatest share of rows without a partner, either way")
        minRows = fields.value("minRows", default: 1000, within: .atLeast(1), "fewer joined rows say too little")
        window = fields.optional("window", "how far back from the newest request to look; without it, all")
        maxAge = fields.maxLogAge
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let offline, subject.manifest.serving?.log != nil else {
            return Outcome(
                .skipped, "nothing to join configured; give offline: serving_features.csv here and spec.serving.log")
        }
        return try await Outcome.from {
            let log = try await subject.freshLog(last: window, notOlderThan: maxAge)
            let table = try await subject.runTable(offline, "offline features")
            let schema = subject.schema?.columns.filter { $0.role == .feature }.map(\.name)
            // One that is never served is a null against whatever training has.
            let features = (log.features + (schema ?? [])).unique
            let join = try FeatureJoin(
                log, table, features, key: key, path: offline, absolute: absolute, relative: relative)
            guard join.rows >= minRows else {
                throw MissingEvidence(
                    "\(join.rows.grouped) rows could be joined, \(minRows.grouped) are needed", file: offline)
            }
            let missing = log.features.filter { name in
                !table.columns.contains(name) && schema?.contains(name) != false
            }
            let gaps =
                missing.isEmpty
                ? []
                : [
                    Finding(
                        .inconclusive,
                        "\(offline) lacks \(missing.listed()) of the \(log.features.count) served features",
                        file: offline)
                ]
            return Outcome(
                gaps + findings(join, log.features, offline),
                otherwise: "\(join.features.count) features are equal in \(join.rows.grouped) joined rows",
                measurements: .object(
                    [
                        ("rows", .int(join.rows)), ("unjoined_requests", .double(join.unjoinedRequests)),
                        ("unjoined_offline", .double(join.unjoinedOffline)),
                    ]
                        + join.features.map { ($0.name, .double($0.share)) }))
        }
    }

    private func findings(_ join: FeatureJoin, _ served: [String], _ path: String) -> [Finding] {
        var findings: [Finding] = []
        for (share, whose) in [(join.unjoinedRequests, "requests"), (join.unjoinedOffline, "rows of \(path)")]
        where share > maxUnjoined {
            findings.append(
                Finding(
                    .fail, "\(share.percent) of the \(whose) have no partner, expected at most \(maxUnjoined.percent)",
                    file: path, value: share, threshold: maxUnjoined))
        }
        for feature in join.features where feature.share > maxMismatch {
            let shift =
                feature.usualShift.map { "; serving = training \($0 < 0 ? "-" : "+") \(abs($0).brief) in most of them" }
                ?? ""
            let nulls =
                !served.contains(feature.name)
                ? "; it is never served" : feature.nulls > 0 ? "; \(feature.nulls) are missing on one side" : ""
            findings.append(
                Finding(
                    .fail,
                    "\"\(feature.name)\": \(feature.share.percent) of \(join.rows.grouped) joined rows differ\(shift)\(nulls)",
                    file: path, value: feature.share, threshold: maxMismatch))
        }
        return findings
    }
}

/// The features of requests beside the same features as training computes them.
struct FeatureJoin {
    struct Feature {
        let name: String
        var compared = 0
        var different = 0
        var nulls = 0
        var shifts: [Double] = []

        var share: Double { compared == 0 ? 0 : Double(different) / Double(compared) }

        /// The difference that most differing rows share.
        var usualShift: Double? {
            let usual = shifts.median
            let alike = shifts.count { abs($0 - usual) <= 1e-9 * max(1, abs(usual)) }
            return !shifts.isEmpty && alike * 2 > different ? usual : nil
        }
    }

    let rows: Int
    /// The share of requests without a row in the table, and of rows without a request.
    let unjoinedRequests: Double
    let unjoinedOffline: Double
    private(set) var features: [Feature] = []

    init(
        _ log: ServingLog, _ table: RunTable, _ known: [String], key: String, path: String, absolute: Double,
        relative: Double
    ) throws(MissingEvidence) {
        guard let keys = table.texts(key) else {
            throw MissingEvidence("\(path) has no column '\(key)'; it has \(table.columns.listed())", file: path)
        }
        let places = Dictionary(keys.enumerated().map { ($1, $0) }) { first, _ in first }
        let names = known.filter { $0 != key && table.columns.contains($0) }
        guard !names.isEmpty else { throw MissingEvidence("\(path) has none of the served features", file: path) }
        var found = names.map { Feature(name: $0) }
        let columns = names.compactMap(table.index)
        var joined: Set<Int> = [], requests = 0, partnerless = 0
        for entry in log.entries {
            requests += 1
            guard let request = entry.request, let place = places[request] else {
                partnerless += 1
                continue
            }
            // A request that was logged again has its partner, and is compared once.
            guard joined.insert(place).inserted else { continue }
            for (index, column) in columns.enumerated() {
                let value = entry.features.first { $0.key == names[index] }?.value ?? .null
                found[index].compare(
                    served: RunTable.text(value), offline: table.rows[place][column], absolute: absolute,
                    relative: relative)
            }
        }
        rows = joined.count
        features = found
        unjoinedRequests = Double(partnerless) / Double(max(1, requests))
        unjoinedOffline = Double(places.count - joined.count) / Double(max(1, places.count))
    }
}

extension FeatureJoin.Feature {
    mutating func compare(served: String, offline: String, absolute: Double, relative: Double) {
        compared += 1
        // A table's cells may come with spaces around them, and without.
        let (served, offline) = (served.trimmed, offline.trimmed)
        if served.isEmpty || offline.isEmpty {
            if served.isEmpty != offline.isEmpty {
                nulls += 1
                different += 1
            }
            return
        }
        if let one = Self.number(served), let other = Self.number(offline) {
            let allowed = absolute + relative * abs(other)
            if one == other || one.isNaN && other.isNaN || Bound.isAtMost(abs(one - other), allowed, of: [one, other]) {
                return
            }
            different += 1
            shifts.append(one - other)
        } else if !TextSpelling.areAlike(served, offline) {
            different += 1
        }
    }

    /// Truth values are 1 and 0, as which tables often hold them.
    private static func number(_ text: String) -> Double? {
        Double(text) ?? ClassLabel.truth(text).map { $0 ? 1 : 0 }
    }
}
