import Domain
import Git
import Manifests

extension Workspace {
    /// Says on standard error how a clone gets what the controller recorded, where it has nothing of that.
    func tellWhereRecordsAre() async throws {
        guard let url = try await store.configuration("remote.origin.url"), !url.isEmpty else { return }
        let prefix = try await references()
        guard try await store.read({ try $0.resolve(prefix + "/status") }) == nil else { return }
        Terminal.complain(
            "This clone has nothing of what the controller recorded, so this is what the branch alone says. To get it: "
                + "git fetch origin \"+\(prefix)/*:\(prefix)/*\"")
    }

    /// Where the branch says that the controller keeps its records.
    private func references() async throws -> String {
        let (branch, path) = (branch, "martlet.yaml")
        let bytes = try await store.read { reader -> [UInt8]? in
            guard let tip = try reader.resolve("refs/heads/\(branch)"),
                let entry = try reader.entry(at: path, in: try reader.commit(tip).tree), entry.mode == .file
            else { return nil }
            return try reader.blob(entry.id, atMost: 1 << 20)
        }
        guard
            case .repository(let settings)? = bytes.flatMap({
                Self.language.read($0, path: path).documents.first?.manifest
            })
        else { return RepositorySettings().references }
        return settings.references
    }
}
