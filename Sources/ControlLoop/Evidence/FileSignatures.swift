public import Domain

/// Finds out who signed what a file of the branch says now.
///
/// That is the commit that wrote the file's present content. Where a merge brought it, the merged commit counts and not the merge:
/// whoever merges does not stand for what others wrote.
public actor FileSignatures {
    private let store: any Store
    private let verify: VerifySignature
    /// By path: what was found out last, and up to which tip it is known.
    private var known: [String: (blob: ObjectID, tip: ObjectID, origin: ObjectID)] = [:]

    public init(_ surroundings: Surroundings) {
        store = surroundings.store
        verify = surroundings.verify
    }

    public init(store: any Store, verify: @escaping VerifySignature) {
        self.store = store
        self.verify = verify
    }

    /// Who signed the present content of a file, and in which commit; `nil` where there is no such file.
    ///
    /// - Parameters:
    ///   - tip: Of the protected branch.
    ///   - signers: Those of the protected branch.
    public func signature(
        of path: String, at tip: ObjectID, signers: Signers
    ) async throws -> (commit: ObjectID, verdict: SignatureVerdict)? {
        let last = known[path]
        let found = try await store.read { reader -> (blob: ObjectID, origin: ObjectID)? in
            guard let entry = try reader.entry(at: path, in: reader.commit(tip).tree) else { return nil }
            let origin = try FileOrigin(path: path, blob: entry.id).find(
                from: tip, knownAt: last?.blob == entry.id ? last?.tip : nil, reader)
            return (entry.id, origin ?? last?.origin ?? tip)
        }
        guard let found else {
            known[path] = nil
            return nil
        }
        known[path] = (found.blob, tip, found.origin)
        return (found.origin, try await verify(found.origin, signers))
    }
}

/// Finds the commit that wrote what a file says now.
struct FileOrigin {
    let path: String
    let blob: ObjectID

    /// The commit; `nil` where the file has been the same ever since `knownAt`.
    func find(from tip: ObjectID, knownAt old: ObjectID?, _ reader: any ObjectReader) throws -> ObjectID? {
        if tip == old { return nil }
        var brought = try reader.commit(tip)
        while let parent = brought.parents.first {
            guard try holds(parent, reader) else { break }
            if parent == old { return nil }
            brought = try reader.commit(parent)
        }
        return try writer(of: brought, reader)
    }

    /// Follows a merge to the side that has the content. Content that the branch knew before is brought back by the merge itself:
    /// otherwise an old signature would bring back what was taken away.
    private func writer(of brought: Commit, _ reader: any ObjectReader) throws -> ObjectID {
        guard let base = brought.parents.first else { return brought.id }
        for side in brought.parents.dropFirst() where try holds(side, reader) {
            var commit = try reader.commit(side)
            while let parent = try commit.parents.first(where: { try holds($0, reader) }) {
                commit = try reader.commit(parent)
            }
            return try reader.reaches(commit.id, from: base) ? brought.id : commit.id
        }
        return brought.id
    }

    private func holds(_ commit: ObjectID, _ reader: any ObjectReader) throws -> Bool {
        try reader.entry(at: path, in: reader.commit(commit).tree)?.id == blob
    }
}
