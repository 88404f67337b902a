import Domain
import Git
import Manifests

extension Workspace {
    /// The branch that `martlet.yaml` names on HEAD's branch, else HEAD's.
    ///
    /// Where HEAD of a bare repository names a branch that nobody pushed, as after `git init --bare` with another default, it is the
    /// one that is there, or of several the one with a `martlet.yaml`.
    static func protectedBranch(of store: GitStore, _ remote: String = "origin") async -> String {
        let head = store.headBranch ?? "main"
        if let named = await setting(on: head, in: store, remote) { return named }
        guard store.isBare, let only = (try? await store.read { try only(besides: head, $0) }) ?? nil else {
            return head
        }
        return await setting(on: only, in: store) ?? only
    }

    private static func only(besides head: String, _ reader: any ObjectReader) throws -> String? {
        let branches = try reader.references(matching: "refs/heads/*").map { reference in
            (name: String(reference.name.dropFirst("refs/heads/".count)), tip: reference.target)
        }.filter { !$0.name.hasPrefix("promote/") && !$0.name.hasPrefix("gh-readonly-queue/") }
        guard !branches.contains(where: { $0.name == head }) else { return nil }
        guard branches.count > 1 else { return branches.first?.name }
        let configured = try branches.filter { branch in
            try reader.entry(at: "martlet.yaml", in: reader.commit(branch.tip).tree) != nil
        }
        return configured.count == 1 ? configured[0].name : nil
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
