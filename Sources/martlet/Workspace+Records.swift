import ControlLoop
import Domain
import Git
import Manifests

extension Workspace {
    /// Says on standard error how a clone gets what the controller recorded, where it has nothing of that, and that it is behind where it is.
    ///
    /// Returns whether it is behind.
    @discardableResult
    func tellWhereRecordsAre() async throws -> Bool {
        guard let upstream else { return false }
        let prefix = try await references()
        guard try await store.read({ try $0.resolve(prefix + "/status") }) == nil else {
            let words = try await standing(upstream, prefix)
            if let words { Terminal.complain(words) }
            return words != nil
        }
        Terminal.complain(
            "This clone has nothing of what the controller recorded, so this is what the branch alone says. To get it: "
                + "git fetch \(upstream) \"+\(prefix)/*:\(prefix)/*\" \"+refs/notes/martlet*:refs/notes/martlet*\"")
        return false
    }

    /// Says on standard error that the branch here is older than what the controller acted on.
    func tellWhetherBehind() async throws {
        if let upstream, let words = try await standing(upstream, references()) { Terminal.complain(words) }
    }

    /// The same for commands that decide: by a branch that is behind they would decide wrongly.
    func requireRecords() async throws {
        if let upstream, let words = try await standing(upstream, references()) { throw CouldNot(message: words) }
        try await tellWhereRecordsAre()
    }

    /// What is to be said where this clone is behind what the controller acted on.
    private func standing(_ upstream: String, _ prefix: String) async throws -> String? {
        let branch = branch
        return try await store.read { try CloneStanding.of(branch, remote: upstream, records: prefix, $0) }.words
    }

    /// Which of the records here are believed.
    ///
    /// - Parameter names: Which of them will be read.
    func records(only names: Set<String>) async throws -> RecordTrust {
        let branch = branch
        guard let tip = try await store.read({ try $0.resolve("refs/heads/\(branch)") }) else { return RecordTrust() }
        return try await RecordTrust(
            at: tip, of: store, Self.language, only: names, verify: Wiring.verify(self))
    }

    /// Where the branch says that the controller keeps its records.
    func references() async throws -> String {
        let (branch, path) = (branch, "martlet.yaml")
        let bytes = try await store.read { reader -> [UInt8]? in
            guard let tip = try reader.resolve("refs/heads/\(branch)"),
                let entry = try reader.entry(at: path, in: try reader.commit(tip).tree), entry.mode == .file
            else { return nil }
            // Where it cannot be read, whoever reads manifests says so.
            return try? reader.blob(entry.id, atMost: 1 << 20)
        }
        guard
            case .repository(let settings)? = bytes.flatMap({
                Self.language.read($0, path: path).documents.first?.manifest
            })
        else { return RepositorySettings().references }
        return settings.references
    }
}
