import Domain

/// Whether a verdict of before still stands on what decides now.
extension Controller {
    /// Whether the record calls a request ready by a policy that has changed since. It is written again then, for those who only
    /// read it and would not believe it.
    func hasOutlivedPolicy(_ status: RequestStatus, _ snapshot: Snapshot) async throws -> Bool {
        guard snapshot.settings.forge != nil, status.state == .ready, let last = requests.statuses[status.unit],
            last.state == .ready, last.tip != status.tip
        else { return false }
        return try await !isPolicy(at: last.tip, still: status.unit.environment, snapshot)
    }

    /// Whether what decides about an environment is as it was at `tip`.
    func isPolicy(at tip: ObjectID, still environment: String, _ snapshot: Snapshot) async throws -> Bool {
        let paths = [
            RepositorySettings.file, "gates", Signers.file, Signers.folder, Snapshot.file(ofEnvironment: environment),
        ]
        return try await surroundings.store.read { reader in
            guard let then = try? reader.commit(tip) else { return false }
            return try paths.allSatisfy {
                try reader.entry(at: $0, in: then.tree) == reader.entry(at: $0, in: snapshot.tree)
            }
        }
    }
}
