import Data
import Domain

extension Subject {
    /// The version's predictions. Throws ``MissingEvidence`` where the manifest says nothing of an evaluation.
    func readPredictions(
        slices: [String] = [], sensitive: [String] = [], clusterBy: String? = nil
    ) async throws -> Predictions {
        let content = try await tools.predictions(self)
        return try table(content, manifest.evaluation?.predictions ?? "predictions.csv", slices, sensitive, clusterBy)
    }

    /// Another table of predictions in the model's folder, with the same columns.
    func readPredictions(at path: String, _ what: String) async throws -> Predictions {
        try table(try await evidence(path, what), path, [], [], nil)
    }

    private func table(
        _ content: Content, _ path: String, _ slices: [String], _ sensitive: [String], _ cluster: String?
    ) throws -> Predictions {
        guard let evaluation = manifest.evaluation else {
            throw MissingEvidence("model.yaml has no spec.evaluation: say where the predictions are")
        }
        let bytes = try ByteSource(content).all(atMost: 4 << 30)
        do {
            return try Predictions(
                bytes, task: manifest.task,
                columns: PredictionColumns(evaluation, slices: slices, sensitive: sensitive, cluster: cluster),
                format: .init(fileName: path))
        } catch { throw MissingEvidence("\(path): \(error)", file: path) }
    }
}
