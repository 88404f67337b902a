import Domain

/// Since when a model knows nothing new, and who says so.
struct ModelOrigin: Sendable {
    let since: Timestamp
    /// What that moment is, as it stands after the version's name.
    let words: String

    var text: String { "\(words) \(since)" }
}

extension Subject {
    /// What the params file says, or when the artifact's present bytes were committed: what else changes in the folder makes no model younger.
    ///
    /// `nil` where neither is known.
    func modelOrigin(field: String) async throws -> ModelOrigin? {
        if let date = try await trainingDate(of: version, field: field) {
            return ModelOrigin(since: date.moment, words: date.field == field ? "trained on data up to" : "trained at")
        }
        guard let entry = try? await VersionHistory.models(of: self, atMost: 1).first, entry.artifact != nil else {
            return nil
        }
        return ModelOrigin(since: entry.commit.author.time, words: "whose artifact was committed at")
    }
}
