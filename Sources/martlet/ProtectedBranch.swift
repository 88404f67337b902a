import Domain
import Git
import Manifests

extension Workspace {
    /// The branch that `martlet.yaml` names on HEAD's branch, else HEAD's.
    ///
    /// Where HEAD of a bare repository names a branch that nobody pushed, as after `git init --bare` with another default, it is the
    /// one that is there, or of several the one that their `martlet.yaml` name.
    static func protectedBranch(of store: GitStore, _ remote: String = "origin") async -> String {
        let head = store.headBranch ?? "main"
        if let named = await setting(on: head, in: store, remote) { return named }
        let named = await self.named(besides: head, in: store)
        return named.count == 1 ? named[0] : head
    }

    /// What a hook of the repository has to guard: where HEAD's branch is not there, every branch that may be meant, and HEAD's itself.
    static func guardedBranches(of store: GitStore) async -> [String] {
        let head = store.headBranch ?? "main"
        if let named = await setting(on: head, in: store) { return [named] }
        let named = await self.named(besides: head, in: store)
        return named.contains(head) ? named : named + [head]
    }

    /// What the branches of a bare repository name as the protected one, where HEAD's is not there.
    private static func named(besides head: String, in store: GitStore) async -> [String] {
        guard store.isBare else { return [] }
        let candidates = (try? await store.read { try Self.candidates(besides: head, $0) }) ?? []
        var named: Set<String> = []
        for name in candidates { named.insert(await setting(on: name, in: store) ?? name) }
        return named.sorted()
    }

    /// Those with a `martlet.yaml`, or else the only one.
    private static func candidates(besides head: String, _ reader: any ObjectReader) throws -> [String] {
        let branches = try reader.references(matching: "refs/heads/*").map { reference in
            (name: String(reference.name.dropFirst("refs/heads/".count)), tip: reference.target)
        }.filter { !$0.name.hasPrefix("promote/") && !$0.name.hasPrefix("gh-readonly-queue/") }
        guard !branches.contains(where: { $0.name == head }) else { return [] }
        let configured = try branches.filter { branch in
            try reader.entry(at: "martlet.yaml", in: reader.commit(branch.tip).tree) != nil
        }
        return (configured.isEmpty && branches.count == 1 ? branches : configured).map(\.name)
    }

    /// The branch that `martlet.yaml` names, as it stands on another one.
    static func setting(on head: String, in store: GitStore, _ remote: String = "origin") async -> String? {
        let read = try? await store.read { reader -> [UInt8]? in
            let tip =
                try reader.resolve("refs/heads/\(head)")
                ?? reader.resolve("refs/remotes/\(remote)/\(head)")
            guard let tip, let entry = try reader.entry(at: "martlet.yaml", in: reader.commit(tip).tree),
                entry.mode == .file
            else { return nil }
            return try reader.blob(entry.id, atMost: 1 << 20)
        }
        guard let bytes = read ?? nil else { return nil }
        for document in language.read(bytes, path: "martlet.yaml").documents {
            if case .repository(let settings) = document.manifest { return settings.branch }
        }
        return nil
    }
}
