import Domain

/// Writes verdicts on the heads of requests as notes: `git log --notes=martlet` shows them.
struct RequestNotes: Sendable {
    let reference: String
    var belief = Belief.all

    /// - Parameter prefix: Where Martlet's references are: `refs/martlet` has its notes in `refs/notes/martlet`.
    init(prefix: String) { reference = "refs/notes/\(prefix.pathParts().last ?? "martlet")" }

    /// A commit on top of the reference with a note for each head; an older note of the same head is replaced.
    func write(_ statuses: [RequestStatus], by author: Person, _ writer: any ObjectWriter) throws -> ReferenceUpdate? {
        guard !statuses.isEmpty else { return nil }
        let last = try writer.base(of: reference, belief)
        let (tip, base) = (last?.id, last?.tree)
        let blobs = try writer.write(blobs: statuses.map { Array(Self.text($0.bounded).utf8) })
        let edits = zip(statuses, blobs).map { TreeEdit(set: Self.path(of: $0.head), to: $1) }
        let tree = try writer.write(tree: base, edits: edits)
        guard tree != base else { return nil }
        let message =
            "Notes on \(statuses.count) request\(statuses.count == 1 ? "" : "s")\n\n\(Trailer.record.line(reference))\n"
        let commit = try writer.write(
            CommitDraft(tree: tree, parents: tip.map { [$0] } ?? [], author: author, message: message))
        return ReferenceUpdate(reference, from: tip, to: commit)
    }

    /// The newest verdict for each deployment, as far as notes tell.
    func read(_ reader: any ObjectReader) throws -> [Unit: RequestStatus] {
        guard let last = try reader.record(at: reference, belief) else { return [:] }
        var statuses: [Unit: RequestStatus] = [:]
        try reader.files(in: last.tree, prefix: "") { path, entry in
            guard entry.mode == .file, let bytes = try reader.readableBlob(entry.id, atMost: 1 << 20),
                let status = Self.status(String(decoding: bytes, as: UTF8.self)), path == Self.path(of: status.head),
                statuses[status.unit].map({ $0.since < status.since }) ?? true
            else { return }
            statuses[status.unit] = status
        }
        return statuses
    }

    /// What ``text(_:)`` wrote: facts from the trailers, and the reason for people from the first line.
    private static func status(_ text: String) -> RequestStatus? {
        let name = Trailer.request.value(in: text)?.split(separator: "@") ?? []
        let state = Trailer.state.value(in: text)?.split(separator: " ") ?? []
        guard name.count == 2, let unit = RequestName.unit(of: "refs/heads/\(name[0])"),
            let head = ObjectID(String(name[1])), state.count == 3,
            let word = RequestStatus.State(rawValue: String(state[0])), let since = Timestamp(String(state[2]))
        else { return nil }
        var status = RequestStatus(unit: unit, head: head, tip: .zero, state: word, since: since, reason: "")
        let line = text.split(separator: "\n").first ?? ""
        if line.hasPrefix(status.summary) { status.reason = String(line.dropFirst(status.summary.count)) }
        status.moves = Trailer.model.values(in: text).compactMap { VersionName($0) }.map {
            RequestStatus.Move(model: $0.model, old: nil, new: Pin(revision: $0.revision))
        }
        return status
    }

    /// Two digits make a folder, as Git itself does where there are many notes.
    private static func path(of commit: ObjectID) -> String {
        let digits = commit.description
        return "\(digits.prefix(2))/\(digits.dropFirst(2))"
    }

    private static func text(_ status: RequestStatus) -> String {
        let moves = status.moves.map { move in
            "\(move.model): \(move.old?.fullLabel ?? "nothing") -> \(move.new.fullLabel)"
        }
        let blockers = status.blockers.map { blocker in
            "- \(blocker.kind.rawValue) \(blocker.name): \(blocker.reason)\n  unblocked by: \(blocker.unblockedBy)"
        }
        let last = status.commit.map { "merged as \($0)" } ?? "judged with the branch at \(status.tip)"
        let facts =
            [
                Trailer.request.line("\(status.unit.request)@\(status.head)"),
                Trailer.state.line("\(status.state.rawValue) since \(status.since)"),
            ]
            + status.moves.map { move in
                Trailer.model.line(VersionName(model: move.model, revision: move.new.revision).description)
            }
        return ([status.summary] + moves + blockers + [last, ""] + facts).joined(separator: "\n") + "\n"
    }
}
