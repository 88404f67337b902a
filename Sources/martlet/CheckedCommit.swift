import Domain
import Engines
import Git

/// The commit whose versions are checked, and what the user may take for it.
struct CheckedCommit: Sendable {
    let revision: ObjectID
    let models: [String]
    let isAll: Bool

    /// `wine a42bba7 (main)`
    func title(_ name: String) -> String {
        let what = models.count == 1 ? models[0] : isAll ? "all \(models.count) models" : models.joined(separator: ", ")
        return "\(what) \(revision.short) (\(name))"
    }

    /// Says on standard error which of these models look otherwise in the user's own branch or files.
    func tellWhatIsNotLookedAt(_ workspace: Workspace) async throws {
        guard let folder = workspace.store.workTree else { return }
        if let head = try await workspace.store.revision("HEAD"), try await differs(head, workspace.store) {
            let name = workspace.store.headBranch.map { "your branch '\($0)'" } ?? "your HEAD, \(head.short)"
            Terminal.complain("Not looked at: \(name); --revision HEAD looks at it.")
        }
        let status = await LocalProcess.run(
            Command(
                ["git", "-C", folder, "status", "--porcelain", "--"] + folders.map { ":(top,literal)\($0)" },
                environment: ProcessFacts.environment))
        guard status.succeeded, !status.output.isEmpty else { return }
        Terminal.complain(
            "Not looked at: uncommitted changes in \(folders.joined(separator: " or ")); commit them, then --revision HEAD."
        )
    }

    private var folders: [String] { isAll ? ["models", "data"] : models.map { "models/\($0)" } + ["data"] }

    private func differs(_ head: ObjectID, _ store: GitStore) async throws -> Bool {
        let (revision, folders) = (revision, folders)
        return try await store.read { reader in
            let here = try reader.commit(head).tree, there = try reader.commit(revision).tree
            return try folders.contains { folder in
                try reader.entry(at: folder, in: here)?.id != reader.entry(at: folder, in: there)?.id
            }
        }
    }
}
