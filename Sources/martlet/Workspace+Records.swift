import ControlLoop
import Domain
import Git
import Manifests

extension Workspace {
    /// Says on standard error how a clone gets what the controller recorded, where it has nothing of that, and that it is behind where it is.
    @discardableResult
    func tellWhereRecordsAre() async throws -> CloneStanding {
        let standing = try await standing()
        if let words = standing.words { Terminal.complain(words) }
        return standing
    }

    /// Says on standard error that the branch here is older than what the controller acted on.
    func tellWhetherBehind() async throws {
        let standing = try await standing()
        if standing.isBehind, let words = standing.words { Terminal.complain(words) }
    }

    /// The same for commands that decide: by a branch that is behind they would decide wrongly.
    func requireRecords() async throws {
        let standing = try await standing()
        guard let words = standing.words else { return }
        if standing.isBehind { throw CouldNot(message: words) }
        Terminal.complain(words)
    }

    /// How this clone stands to what the controller recorded and acted on.
    private func standing() async throws -> CloneStanding {
        guard let upstream else { return .upToDate }
        let (branch, prefix) = (branch, await references())
        return try await store.read { try CloneStanding.of(branch, remote: upstream, records: prefix, $0) }
    }

    /// Where the branch says that the controller keeps its records.
    func references() async -> String { await Self.references(of: branch, in: store) }
}
