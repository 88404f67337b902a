import Domain
import Git
import Manifests

extension Workspace {
    /// The branch that `martlet.yaml` names on the default branch, else that one: in a clone the remote's, as far as it is remembered, for
    /// what is checked out there may be anybody's; else HEAD's. Where HEAD is detached, as CI leaves it, `main` stands for its branch, or where
    /// there is none, its commit.
    ///
    /// Where HEAD of a bare repository names a branch that nobody pushed, as after `git init --bare` with another default, it is the
    /// one that is there, or of several the one that their `martlet.yaml` name.
    static func protectedBranch(of store: GitStore, _ remote: String = "origin") async -> String {
        let usual = store.isBare ? nil : try? await store.defaultBranch(of: remote)
        let head = usual ?? store.headBranch ?? "main"
        if let named = await setting(on: head, in: store, remote) { return named }
        if store.headBranch == nil, let named = await settingOfHead(in: store, besides: head, remote) { return named }
        let named = await self.named(besides: head, in: store)
        return named.count == 1 ? named[0] : head
    }

    /// What a hook of the repository has to guard: where HEAD's branch is not there, every branch that may be meant, of a first push by
    /// what is `pushed`, and HEAD's itself.
    static func guardedBranches(of store: GitStore, pushed: [ReferenceUpdate]) async -> [String] {
        let head = store.headBranch ?? "main"
        if let named = await setting(on: head, in: store) {
            let reference = "refs/heads/\(named)"
            let isThere = try? await store.read { try $0.resolve(reference) != nil }
            // One that nobody pushed protects nothing.
            return isThere == true || pushed.contains { $0.name == reference } ? [named] : [named, head]
        }
        let named = await self.named(besides: head, in: store, pushed: pushed)
        return named.contains(head) ? named : named + [head]
    }

    /// What the branches of a bare repository name as the protected one, where HEAD's is not there.
    private static func named(besides head: String, in store: GitStore, pushed: [ReferenceUpdate] = []) async
        -> [String]
    {
        guard store.isBare else { return [] }
        let candidates =
            (try? await store.read { reader -> [(name: String, tip: ObjectID)] in
                let present = try Self.candidates(besides: head, [], reader)
                return present.isEmpty ? try Self.candidates(besides: head, pushed, reader) : present
            }) ?? []
        var named: Set<String> = []
        for branch in candidates { named.insert(await setting(at: branch.tip, in: store) ?? branch.name) }
        return named.sorted()
    }

    /// Those with a `martlet.yaml`, or else the only one; as they are, and as they would be with what is pushed.
    private static func candidates(besides head: String, _ pushed: [ReferenceUpdate], _ reader: any ObjectReader) throws
        -> [(name: String, tip: ObjectID)]
    {
        let present = try reader.references(matching: "refs/heads/*").map { ($0.name, $0.target) }
        let coming = pushed.compactMap { update in update.new.map { (update.name, $0) } }
        let branches = (present + coming).compactMap { reference, tip -> (name: String, tip: ObjectID)? in
            guard reference.hasPrefix("refs/heads/") else { return nil }
            let name = String(reference.dropFirst("refs/heads/".utf8.count))
            return name.hasPrefix("promote/") || name.hasPrefix("gh-readonly-queue/") ? nil : (name, tip)
        }
        guard !present.contains(where: { $0.0 == "refs/heads/\(head)" }) else { return [] }
        let configured = try branches.filter { branch in
            try reader.entry(at: RepositorySettings.file, in: reader.commit(branch.tip).tree) != nil
        }
        let isAlone = Set(branches.map(\.name)).count == 1
        return configured.isEmpty && isAlone ? branches : configured
    }

    /// The branch that `martlet.yaml` names, as it stands on another one.
    static func setting(on head: String, in store: GitStore, _ remote: String = "origin") async -> String? {
        let tip = try? await store.read { reader in
            try reader.resolve("refs/heads/\(head)") ?? reader.resolve("refs/remotes/\(remote)/\(head)")
        }
        guard let tip = tip ?? nil else { return nil }
        return await setting(at: tip, in: store)
    }

    /// What the commit of a detached HEAD names, where there is no such branch as `usual`.
    private static func settingOfHead(in store: GitStore, besides usual: String, _ remote: String) async -> String? {
        let tip = try? await store.read { reader -> ObjectID? in
            let places = ["refs/heads/\(usual)", "refs/remotes/\(remote)/\(usual)"]
            guard try places.allSatisfy({ try reader.resolve($0) == nil }) else { return nil }
            return try reader.resolve("HEAD")
        }
        guard let tip = tip ?? nil else { return nil }
        return await setting(at: tip, in: store)
    }

    private static func setting(at tip: ObjectID, in store: GitStore) async -> String? {
        await settings(at: tip, in: store)?.branch
    }

    /// Where a branch says that the controller keeps its records.
    static func references(of branch: String, in store: GitStore) async -> String {
        let tip = try? await store.read { try $0.resolve("refs/heads/\(branch)") }
        guard let tip = tip ?? nil else { return RepositorySettings().references }
        return (await settings(at: tip, in: store) ?? RepositorySettings()).references
    }

    /// A commit's settings, where they can be read; whoever reads manifests says what is wrong with others.
    private static func settings(at tip: ObjectID, in store: GitStore) async -> RepositorySettings? {
        let read = try? await store.read { reader -> [UInt8]? in
            guard let entry = try reader.entry(at: RepositorySettings.file, in: reader.commit(tip).tree),
                entry.mode == .file
            else { return nil }
            return try reader.blob(entry.id, atMost: 1 << 20)
        }
        guard let bytes = read ?? nil else { return nil }
        for document in language.read(bytes, path: RepositorySettings.file).documents {
            if case .repository(let settings) = document.manifest { return settings }
        }
        return nil
    }
}
