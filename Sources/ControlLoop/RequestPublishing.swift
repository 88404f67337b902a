import Domain

extension Controller {
    /// The references that a draft's requests need: the record, the notes and the branches themselves.
    func updates(for draft: RequestDraft) async throws -> [ReferenceUpdate] {
        guard !draft.isEmpty || !requests.lost.isEmpty else { return [] }
        let (store, notes, author) = (requestStore, RequestNotes(prefix: prefix), author)
        let statuses = draft.statuses.values.sorted { $0.unit < $1.unit }
        let noted = draft.replaced + statuses
        // Their notes are there.
        let lost = requests.lost.sorted().filter { draft.statuses[$0] == nil }.compactMap { requests.statuses[$0] }
        let written = try await surroundings.store.write { writer in
            try [store.write(statuses + lost, by: author, writer), notes.write(noted, by: author, writer)]
                .compactMap(\.self)
        }
        surroundings.step("after-request-record")
        return written + draft.branches
    }

    /// Takes over what was published.
    func accept(_ draft: RequestDraft) {
        for (unit, status) in draft.statuses {
            requests.note(status)
            surroundings.tell(
                Event(
                    status.state == .refused || status.state == .conflicting ? .warning : .info, status.summary,
                    [("environment", unit.environment), ("model", unit.model), ("request", status.state.rawValue)]))
            // A branch that was opened is judged by the next pass.
            if status.state == .open || status.state == .ready { touched.models.insert(unit.model) }
        }
        if !draft.isEmpty || !requests.lost.isEmpty { requests.recordTip = .some(seen[requestStore.reference]) }
        requests.lost = []
    }
}
