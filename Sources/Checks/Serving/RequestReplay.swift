import Data
import Domain

/// A request of the serving log, asked of the server again: as it was, and with `parameters: {trace: true}`.
struct RequestReplay {
    let request: String
    /// In the log.
    let line: Int
    /// What it ends with now, and what was logged; `nil` where they agree.
    let departure: (now: String, logged: String)?
    /// The outputs that only the trace has, in the server's order.
    let steps: [String]
    /// An output that the trace changes.
    let differing: String?
    /// Which request the server says it answered; `nil` where that is the right one.
    let strangeEcho: String?

    /// Throws where the server cannot be asked or refuses, and where what it gives cannot be compared with what the log holds.
    static func all(
        _ entries: [ServingLog.Entry], in path: String, of subject: Subject, _ tolerance: Double, timeout: Duration
    ) async throws -> [RequestReplay] {
        let server = try await InferenceServer(of: subject, timeout: timeout)
        guard let evaluation = subject.manifest.evaluation else { return [] }
        let rows = try InferenceRows(of: entries, in: path, subject.schema, evaluation)
        let metadata = try await server.metadata()
        var columns = evaluation.columns
        // The log holds one score at most.
        columns.scores = nil
        if subject.manifest.task == .binaryClassification, columns.score == nil, evaluation.outputs.score != nil,
            entries.contains(where: { $0.score != nil })
        {
            columns.score = "score"
        }
        let meaning = AnswerColumns(
            task: subject.manifest.task, columns: columns, outputs: evaluation.outputs,
            classes: try await classes(subject, evaluation), positive: evaluation.positive)
        let asked = [evaluation.outputs.prediction, evaluation.outputs.score].compactMap(\.self).unique
        let end = ServerTime(server)
        var replays: [RequestReplay] = []
        for (row, entry) in entries.enumerated() {
            let request = try rows.request(row..<row + 1, to: metadata, asking: asked)
            try end.require()
            let plain = try await server.answer(to: Self.request(request, as: entry, isTraced: false))
            let traced = try await server.answer(to: Self.request(request, as: entry, isTraced: true))
            let departure = try Self.departure(of: plain.outputs, from: entry, meaning, tolerance)
            replays.append(RequestReplay(entry, plain, traced, departure, tolerance))
        }
        return replays
    }

    private init(
        _ entry: ServingLog.Entry, _ plain: (id: String?, outputs: [InferenceTensor]),
        _ traced: (id: String?, outputs: [InferenceTensor]), _ departure: (now: String, logged: String)?,
        _ tolerance: Double
    ) {
        request = entry.request ?? ""
        line = entry.line
        self.departure = departure
        let final = Set(plain.outputs.map(\.name))
        steps = traced.outputs.filter { !final.contains($0.name) && !$0.data.isEmpty }.map { Excerpt.line($0.name) }
            .unique
            .prefix(100).map(\.self)
        differing =
            plain.outputs.first { output in
                guard let other = traced.outputs.first(where: { $0.name == output.name }),
                    other.data.count == output.data.count
                else { return true }
                return !zip(output.data, other.data).allSatisfy { InferenceContract.agree($0, $1, tolerance) }
            }?.name
        let name = entry.request
        strangeEcho = [plain.id, traced.id].first { $0 != name }.map { echo in
            echo.map { "the request '\(Excerpt.line($0))'" } ?? "no request"
        }
    }

    /// The request with the id that it had.
    private static func request(_ request: JSON, as entry: ServingLog.Entry, isTraced: Bool) -> JSON {
        let parameters = (request["parameters"]?.members ?? []) + (isTraced ? [JSON.Member("trace", true)] : [])
        let rest = (request.members ?? []).filter { $0.key != "id" && $0.key != "parameters" }
        let id = JSON.Member("id", JSON(entry.request))
        return .object([id] + (parameters.isEmpty ? [] : [JSON.Member("parameters", .object(parameters))]) + rest)
    }

    /// The classes that probabilities stand for, as the evaluation's labels name them.
    private static func classes(_ subject: Subject, _ evaluation: Model.Evaluation) async throws -> [String] {
        guard subject.manifest.task == .multiclassClassification, evaluation.data != nil else { return [] }
        return Set(try await InferenceRows(of: subject).columns[evaluation.columns.label] ?? []).sorted()
    }

    private static func departure(
        of outputs: [InferenceTensor], from entry: ServingLog.Entry, _ meaning: AnswerColumns, _ tolerance: Double
    ) throws(MissingEvidence) -> (now: String, logged: String)? {
        var answers = meaning
        try answers.add(outputs, rows: 1)
        let row = answers.rows.first ?? []
        if let logged = entry.score, row.count > 1 {
            guard let now = Double(row[1]), Bound.isAtMost(abs(now - logged), tolerance, of: [now, logged]) else {
                return (Double(row[1])?.brief ?? row[1], logged.brief)
            }
        }
        guard let prediction = entry.prediction, let now = row.first else {
            if row.count > 1 { return nil }
            throw MissingEvidence(
                "the log holds a score and no prediction, the server gives no score; name it in spec.evaluation.outputs and columns"
            )
        }
        let logged = RunTable.text(prediction)
        if let one = Double(now), let other = Double(logged) {
            return Bound.isAtMost(abs(one - other), tolerance, of: [one, other]) ? nil : (one.brief, other.brief)
        }
        let isBinary = meaning.task == .binaryClassification
        return ClassLabel.areSame(now, logged, isBinary: isBinary) ? nil : (now, logged)
    }
}
