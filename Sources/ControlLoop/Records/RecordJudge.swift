import Domain

/// Finds out whether the tip of one of Martlet's own references is believed. Its signature vouches for its tree and its history.
struct RecordJudge: Sendable {
    let policy: RecordPolicy
    let store: any Store
    let verify: VerifySignature

    /// A commit of a record that was believed, and its time.
    struct Mark: Hashable, Sendable {
        let commit: ObjectID
        let time: Timestamp
    }

    /// Why a tip is not believed; or else what there is to remember of it.
    enum Verdict: Sendable {
        case believed(Mark)
        case doubted(RecordDoubt)
    }

    /// - Parameter known: What was believed of it before: an older tip is as well signed as the newest, and says less.
    func verdict(on reference: String, at tip: ObjectID, after known: Mark?) async throws -> Verdict {
        func doubt(_ reason: RecordDoubt.Reason) -> Verdict {
            .doubted(RecordDoubt(reference: reference, tip: tip, reason: reason, people: policy.people))
        }
        let found = try await store.read { reader in
            do { return try reader.record(at: reference, .only(tip)) } catch LoopError.noRecord { return nil }
        }
        guard let commit = found else { return doubt(.noCommit) }
        switch try await verify(tip, policy.signers) {
        case .unsigned: return doubt(.unsigned)
        case .rejected(let words): return doubt(.rejected(words))
        case .good(let signer):
            guard !policy.signers.names(of: signer).isDisjoint(with: policy.people) else {
                return doubt(.signedBy(signer))
            }
        }
        // Martlet signs commits on branches, too, whose files are other people's.
        guard Trailer.record.values(in: commit.message) == [reference] else { return doubt(.madeForAnother) }
        if let known, try await !store.read({ try Self.goesOn(from: known, to: commit, $0) }) {
            return doubt(.setBack(from: known.commit))
        }
        return .believed(Mark(commit: tip, time: commit.committer.time))
    }

    private static let most = 10_000

    /// Whether a record grew, or else was begun anew or accepted by a person since then: those that sign date what they sign.
    private static func goesOn(from known: Mark, to tip: Commit, _ reader: any ObjectReader) throws -> Bool {
        if tip.id == known.commit { return true }
        let isHere = reader.has(known.commit)
        if isHere, try reader.reaches(known.commit, from: tip.id) { return true }
        var isNew = false, left = most
        try reader.firstParents(from: tip.id) { commit in
            left -= 1
            guard commit.committer.time >= known.time, left > 0 else { return false }
            guard commit.parents.isEmpty || Trailer.accepts.value(in: commit.message) != nil else { return true }
            isNew =
                try isHere ? !reader.reaches(commit.id, from: known.commit) : commit.committer.time > known.time
            return false
        }
        return isNew
    }
}
