import Domain
import Git

extension Workspace {
    /// The branch that a server's hook guards: the one asked for, else as `martlet.yaml` of the repository says.
    ///
    /// Where HEAD names a branch that nobody pushed, as after `git init --bare` with another default, it is the one branch that holds
    /// a `martlet.yaml`.
    static func guardedBranch(_ asked: String?, in store: GitStore) async -> String {
        if let asked { return asked }
        let head = store.headBranch ?? "main"
        if let named = await setting(on: head, in: store) { return named }
        guard let others = try? await store.read({ reader in try configured(head, reader) }) else { return head }
        guard others.count == 1 else { return head }
        return await setting(on: others[0], in: store) ?? others[0]
    }

    /// The branches with a `martlet.yaml`; none where HEAD's own is there.
    private static func configured(_ head: String, _ reader: any ObjectReader) throws -> [String] {
        guard try reader.resolve("refs/heads/\(head)") == nil else { return [] }
        return try reader.references(matching: "refs/heads/*").compactMap { reference in
            let name = String(reference.name.dropFirst("refs/heads/".count))
            guard !name.hasPrefix("promote/"),
                try reader.entry(at: "martlet.yaml", in: reader.commit(reference.target).tree) != nil
            else { return nil }
            return name
        }
    }
}
