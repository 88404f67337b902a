import Data
public import Domain

/// Before it takes traffic, the served model gives the answers that were measured offline.
public struct OnlineOffline: Check {
    public static let id = "infra.online"
    public static let reads: [DeclaredFile] = [.predictions]
    public static let version = 3
    public static let summary = "The server's answers are the predictions that the offline evaluation used."
    public static let looksAt: Set<CheckInput> = [.clock]

    let tolerance: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        tolerance = fields.value(
            "tolerance", default: 1e-5, within: .atLeast(0), "how far apart numbers may be; 1e-3 for half precision")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let evaluation = subject.manifest.evaluation, evaluation.endpoint != nil else {
            return Outcome(.skipped, "no server configured; give spec.evaluation.endpoint")
        }
        guard evaluation.predictions != nil else {
            return Outcome(
                .inconclusive, "all predictions come from the server: give spec.evaluation.predictions to compare with")
        }
        return try await Outcome.from {
            let path = evaluation.predictions ?? ""
            let offline = try RunTable(evidence: try await subject.ownPredictions(), path: path)
            let online = try RunTable(
                evidence: .bytes(try await EndpointPredictions.answers(of: subject)), path: "online.csv")
            return try compare(offline, online, evaluation.columns, path)
        }
    }

    private func compare(_ offline: RunTable, _ online: RunTable, _ columns: Model.Columns, _ path: String) throws
        -> Outcome
    {
        let rows = try paired(offline, online, columns.id, path)
        let names = online.columns.filter { name in
            name == columns.prediction || name == columns.score
                || columns.scores.map { NamePattern($0).matches(name) } ?? false
        }
        var findings: [Finding] = [], largest = 0.0
        for name in names {
            guard let before = offline.texts(name), let now = online.texts(name) else {
                throw MissingEvidence("\(path) has no column '\(name)' to compare with", file: path)
            }
            let apart = rows.map { distance(before[$0.offline], now[$0.online]) }
            largest = max(largest, apart.max() ?? 0)
            let different = rows.indices.filter {
                !isNear(before[rows[$0].offline], now[rows[$0].online])
            }
            guard let first = different.first else { continue }
            findings.append(
                Finding(
                    .fail,
                    "\(name): \(different.count.grouped) of \(rows.count.grouped) answers are not those of \(path); "
                        + "first in row \(rows[first].offline + 1): \(now[rows[first].online]) online, "
                        + "\(before[rows[first].offline]) offline", file: path,
                    line: offline.line(of: rows[first].offline),
                    value: apart[first].isFinite ? apart[first] : nil, threshold: tolerance))
        }
        return Outcome(
            findings, otherwise: "\(rows.count.grouped) answers are those of \(path), at most \(largest.brief) apart",
            measurements: ["rows": .int(rows.count), "largest_difference": JSON(largest)])
    }

    /// The rows of both, matched by id, or by their order where there is none. Each must have its other.
    private func paired(
        _ offline: RunTable, _ online: RunTable, _ id: String?, _ path: String
    ) throws(MissingEvidence) -> [(offline: Int, online: Int)] {
        guard offline.rows.count == online.rows.count else {
            throw MissingEvidence(
                "\(path) has \(offline.rows.count.grouped) rows, the dataset \(online.rows.count.grouped)", file: path)
        }
        guard let id, let before = offline.texts(id), let now = online.texts(id) else {
            return offline.rows.indices.map { ($0, $0) }
        }
        let places = Dictionary(now.enumerated().map { ($1, $0) }) { first, _ in first }
        return try before.enumerated().map { row, name throws(MissingEvidence) in
            guard let place = places[name] else {
                throw MissingEvidence("\(path): row '\(Excerpt.line(name))' is not in the dataset", file: path)
            }
            return (row, place)
        }
    }

    func isNear(_ one: String, _ other: String) -> Bool {
        Bound.isAtMost(distance(one, other), tolerance, of: [one, other].compactMap { Double($0) }.filter(\.isFinite))
    }

    /// Of numbers their difference; of other texts 0 where they are equal, else infinity.
    private func distance(_ one: String, _ other: String) -> Double {
        guard let first = Double(one), let second = Double(other), first.isFinite, second.isFinite else {
            return one == other ? 0 : .infinity
        }
        return abs(first - second)
    }
}
