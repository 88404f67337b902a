import Domain

/// Finds out what people's evidence is worth for a version: who signed the commit that brought it to the branch, and when.
struct ManualReviews: Sendable {
    private let store: any Store
    private let signatures: FileSignatures

    init(_ surroundings: Surroundings) {
        store = surroundings.store
        signatures = FileSignatures(surroundings)
    }

    /// The evidence by hand about a version, by check. What does not count is there too, with the reason.
    func reviews(of version: ModelVersion, in snapshot: Snapshot, _ catalog: VersionCatalog, now: Timestamp)
        async throws -> [String: [Scorecard.Manual]]
    {
        let about = snapshot.evidence.filter { $0.value.value.model == version.model && !$0.value.isBroken }
        guard !about.isEmpty else { return [:] }
        let tree = snapshot.tree
        let signers = try await store.read { try Signers(in: tree, $0) }
        var found: [String: [Scorecard.Manual]] = [:]
        for (name, entry) in about.sorted(by: { $0.key < $1.key }) {
            let evidence = entry.value
            var refusal: String?
            if let revision = evidence.revision {
                do {
                    let tested = try await catalog.version(of: version.model, at: revision)
                    guard tested?.version.tree == version.tree, tested?.version.data == version.data else { continue }
                } catch let failure as any Failure where failure.remedy == .askHuman {
                    // The commit may be gone, as after a force-push: that must not keep the model from being planned.
                    refusal = "its revision \(revision.short) cannot be read: \(failure)"
                }
            }
            let file = "evidence/\(name).yaml"
            if refusal == nil { refusal = try await self.refusal(of: evidence, file, snapshot, signers, now) }
            found[evidence.check, default: []].append(
                Scorecard.Manual(
                    passed: evidence.result == .pass, by: evidence.author, file: file, refusal: refusal))
        }
        return found
    }

    private func refusal(
        of evidence: ManualEvidence, _ file: String, _ snapshot: Snapshot, _ signers: Signers, _ now: Timestamp
    ) async throws -> String? {
        guard let signature = try await signatures.signature(of: file, at: snapshot.revision, signers: signers) else {
            return "the commit that brought it cannot be found"
        }
        let committed = try await store.read { try $0.commit(signature.commit).committer.time }
        let reason = evidence.refusal(signer: signature.verdict.signer, committed: committed, now: now)
        if let reason { return reason }
        return try await changedLink(of: evidence, snapshot.tree).map {
            "\($0) is not the file that it names by its digest"
        }
    }

    private func changedLink(of evidence: ManualEvidence, _ tree: ObjectID) async throws -> String? {
        let links = evidence.links
        return try await store.read { reader in
            for link in links {
                guard let path = link.path else { continue }
                guard let entry = try reader.entry(at: path, in: tree),
                    entry.mode == .file || entry.mode == .executable,
                    SHA256.digest(of: try reader.blob(entry.id, atMost: 1 << 26)) == link.sha256
                else { return path }
            }
            return nil
        }
    }
}
