public import Data
public import Domain

extension Subject {
    /// The version's predictions. Throws ``MissingEvidence`` where the manifest says nothing of an evaluation.
    public func readPredictions(
        slices: [String] = [], sensitive: [String] = [], clusterBy: String? = nil
    ) async throws -> Predictions {
        let path = manifest.evaluation?.predictions ?? "predictions.csv"
        return try table(try await ownPredictions(), path, slices, sensitive, clusterBy)
    }

    /// The table of the version's predictions. Throws ``MissingEvidence`` where it says that it is another artifact's.
    func ownPredictions() async throws -> Content {
        let content = try await tools.predictions(self), path = manifest.evaluation?.predictions ?? "predictions.csv"
        if let stranger = try await strangers(among: content.artifactDigests(path), in: path).first {
            throw MissingEvidence(stranger.message, file: path)
        }
        return content
    }

    /// Another table of predictions in the model's folder, with the same columns.
    ///
    /// - Parameter withScores: Whether it needs scores: a rule or a majority answer has none.
    func readPredictions(at path: String, _ what: String, withScores: Bool = true) async throws -> Predictions {
        try table(try await evidence(path, what), path, [], [], nil, withScores: withScores)
    }

    private func table(
        _ content: Content, _ path: String, _ slices: [String], _ sensitive: [String], _ cluster: String?,
        withScores: Bool = true
    ) throws -> Predictions {
        guard let evaluation = manifest.evaluation else {
            throw MissingEvidence("model.yaml has no spec.evaluation: say where the predictions are")
        }
        var columns = PredictionColumns(evaluation, slices: slices, sensitive: sensitive, cluster: cluster)
        if !withScores { (columns.score, columns.scores) = (nil, nil) }
        do {
            if content.isParquet {
                return try TableRows.withFile(content) {
                    let file = try ParquetFile(path: $0)
                    try TableRows.refuse(rows: file.rows)
                    return try Predictions(file, task: manifest.task, columns: columns)
                }
            }
            let bytes = try TableRows.expanded(content)
            try TableRows.refuse(rows: bytes.count { $0 == 0x0A })
            return try Predictions(
                bytes, task: manifest.task, columns: columns, format: .init(fileName: path))
        } catch { throw MissingEvidence("\(path): \(error)", file: path) }
    }
}

extension Content {
    /// What a table of predictions says in a column `artifact_digest`, each once; nothing where it has none.
    fileprivate func artifactDigests(_ path: String) throws -> [String] {
        let name = "artifact_digest"
        // Of text, named in the header, or in the first object of JSON Lines: most tables have no such column.
        if !isParquet {
            let source = try RandomAccessBytes(self), head = try source.bytes(at: 0, count: min(1 << 16, source.size))
            let start = Decompression.isPacked(head) ? try TableRows.expanded(self).prefix(1 << 16) : head[...]
            guard NamePattern("*\(name)*").matches(String(decoding: start, as: UTF8.self)) else { return [] }
        }
        // What is wrong with the table, whoever needs its columns says.
        let table = try? table(as: TextFormat(fileName: path)) { $0.contains(name) ? [ColumnRequest(name, .text)] : [] }
        guard let texts = table?[name]?.texts else { return [] }
        return Set(texts.codes).filter { $0 >= 0 }.sorted().map { texts.dictionary[Int($0)] }
    }
}
