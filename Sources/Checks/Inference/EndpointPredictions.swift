public import Domain

/// Predictions that a server makes of the evaluation's dataset, as a table like those that a training program writes.
public enum EndpointPredictions {
    /// How many rows a request carries.
    static let batch = 128

    /// The table as CSV: id, label, prediction, the scores, and the columns that divide the rows.
    ///
    /// What the outputs mean is said by `spec.evaluation.outputs`, or by their shapes and types (``AnswerColumns``).
    /// Throws where the server cannot be asked or refuses, and after `spec.evaluation.timeout`.
    public static func table(of subject: Subject) async throws -> [UInt8] {
        do { return try await answers(of: subject) } catch let gap as MissingEvidence {
            throw ArtifactFailure(.missing, gap.message)
        }
    }

    static func answers(of subject: Subject) async throws -> [UInt8] {
        let server = try await InferenceServer(of: subject)
        let rows = try await InferenceRows(of: subject)
        let metadata = try await server.metadata()
        let evaluation = subject.manifest.evaluation
        let outputs = evaluation?.outputs ?? Model.Outputs()
        let columns = evaluation?.columns ?? Model.Columns()
        let classes = Set((rows.columns[columns.label] ?? []).filter { !$0.isEmpty }).sorted()
        var answers = AnswerColumns(
            task: subject.manifest.task, columns: columns, outputs: outputs, classes: classes,
            positive: evaluation?.positive)
        let end = ContinuousClock.now + (evaluation?.timeout ?? .seconds(600))
        for start in stride(from: 0, to: rows.count, by: batch) {
            guard ContinuousClock.now < end else {
                throw ArtifactFailure(
                    .unreachable,
                    "\(server.url) answered \(start) of \(rows.count) rows in \(evaluation?.timeout.text ?? "")")
            }
            let some = start..<min(start + batch, rows.count)
            let asked = [outputs.prediction, outputs.score].compactMap(\.self).unique
            try answers.add(try await server.infer(rows.request(some, to: metadata, asking: asked)), rows: some.count)
        }
        return try text(answers, rows, subject)
    }

    private static func text(
        _ answers: AnswerColumns, _ rows: InferenceRows, _ subject: Subject
    ) throws -> [UInt8] {
        guard let evaluation = subject.manifest.evaluation else { return [] }
        let groups = evaluation.slices + evaluation.sensitive
        let kept = ([evaluation.columns.id, evaluation.columns.label].compactMap(\.self) + groups).unique
        if let lacking = kept.first(where: { rows.columns[$0] == nil }) {
            throw MissingEvidence(
                "the dataset '\(evaluation.data ?? "")' has no column '\(lacking)'; spec.evaluation.columns says what they are called"
            )
        }
        var lines = [kept + answers.names]
        for row in 0..<rows.count {
            lines.append(kept.map { rows.columns[$0]?[row] ?? "" } + answers.rows[row])
        }
        return csv(lines)
    }

    static func csv(_ lines: [[String]]) -> [UInt8] {
        Array(lines.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined().utf8)
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
