public import Domain

/// What is known of a model's trainings, for people and programs.
public struct RetrainReport: Sendable {
    /// A line for each, the newest first; before them why none begins any more, where that is so.
    public let lines: [String]
    public let json: JSON

    init(_ record: RetrainRecord) {
        json = record.json
        let reset = record.reset.map { ["a person let trainings begin again at \($0)"] } ?? []
        let opened = record.opened.map { ["none begins any more since \($0.at): \($0.words)"] } ?? []
        lines = opened + reset + record.runs.map(Self.line)
    }

    private static func line(_ run: RetrainRun) -> String {
        let end = run.end.map { end in
            "\(end.kind.rawValue) after \((end.at - run.begun).text)" + (end.words.isEmpty ? "" : ": \(end.words)")
        }
        return "\(run.begun) \(run.environment) \(run.revision.short), \(run.reason): "
            + (end ?? "its end is not known; over by \(run.until)")
    }
}

extension Controller {
    /// What is known of a model's trainings.
    public func retraining(of model: String) async throws -> RetrainReport {
        _ = try await observe()
        let store = RetrainStore(trust)
        return RetrainReport(try await surroundings.store.read { try store.read(model, $0).record })
    }
}
