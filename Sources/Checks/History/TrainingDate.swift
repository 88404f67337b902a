import Domain

/// Up to when the data of a model goes, or when it was trained, as its params file says.
struct TrainingDate {
    let moment: Timestamp
    /// The field that says so.
    let field: String
}

extension Subject {
    /// Of a version of this model; `nil` where its params file says nothing, or there is none.
    ///
    /// - Parameter field: The field of the data's end; without it counts `trained_at`.
    func trainingDate(of version: ModelVersion, field: String) async throws -> TrainingDate? {
        guard let path = manifest.training.params, let content = try await tools.file(version, path) else { return nil }
        let yaml = FlatYAML(String(decoding: try RandomAccessBytes(content).all(atMost: 1 << 20), as: UTF8.self))
        for name in [field, "trained_at"] {
            guard let text = yaml.values[name] else { continue }
            guard let moment = Timestamp(orDay: text) else {
                throw MissingEvidence(
                    "\(path): \(name) is '\(text)', expected a moment such as 2026-11-21T09:30:00Z", file: path)
            }
            return TrainingDate(moment: moment, field: name)
        }
        return nil
    }
}
