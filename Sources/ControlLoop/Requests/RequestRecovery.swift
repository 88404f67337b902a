import Domain

/// What the record of requests says is found again where its reference is lost.
extension Controller {
    /// Whether a head is a proposal of Martlet's own: the record says so, or the commit itself by Martlet's signature.
    ///
    /// What anybody can write is no proof: without a key of Martlet's own, a head that the record does not know counts as a person's.
    func isOwn(_ head: ObjectID, _ unit: Unit, _ known: RequestStatus?) async throws -> Bool {
        if let known, known.head == head { return known.isOwn }
        guard let tip = snapshot?.revision else { return false }
        let (commit, isMerged) = try await surroundings.store.read { reader in
            // What is too large is nobody's proposal, and Martlet writes none such.
            let isReadable = try reader.size(ofCommit: head) <= NewCommits.largest
            return (isReadable ? try reader.commit(head) : nil, try reader.reaches(head, from: tip))
        }
        guard let commit else { return false }
        let models = Trailer.model.values(in: commit.message).compactMap { VersionName($0)?.model }
        // One that goes on from the proposal that it replaces has that as second parent.
        guard !isMerged, (1...2).contains(commit.parents.count),
            Trailer.action.values(in: commit.message) == ["promote"],
            Trailer.environment.values(in: commit.message) == [unit.environment], models.contains(unit.model)
        else { return false }
        return try await surroundings.hasSigned(head)
    }

    /// The record's commit that counts, as it was seen last.
    var countedRecordTip: ObjectID? {
        switch requestStore.belief {
        case .all: seen[requestStore.reference]
        case .only(let tip, _): tip
        }
    }

    /// Takes in what the record says; what it has lost comes from memory, or else from the notes on the heads.
    func readRecord() async throws {
        let (store, notes) = (requestStore, RequestNotes(trust))
        let tip = countedRecordTip
        guard requests.recordTip != .some(tip) else { return }
        if requests.recordTip != nil { requests.refusals[store.reference] = nil }
        if tip != nil {
            do {
                requests.statuses = try await surroundings.store.read { try store.read($0) }
            } catch LoopError.noRecord {
                requests.statuses = [:]
                let words = "\(LoopError.noRecord(store.reference)); until then no request is opened"
                surroundings.tell(Event(.warning, words))
            }
            requests.lost = []
        } else {
            if requests.recordTip == nil {
                let noted = try await surroundings.store.read { reader in
                    do { return try notes.read(reader) } catch LoopError.noRecord { return [:] }
                }
                // Whose branch is still there is judged anew; of the others only those count that did not just lapse.
                requests.statuses = noted.filter { unit, status in
                    requests.heads[unit] != status.head && (status.isOver || [.open, .ready].contains(status.state))
                }
            }
            requests.lost = Set(requests.statuses.keys)
        }
        requests.recordTip = .some(tip)
    }
}
