import Domain

/// Writes verdicts on the heads of requests as notes: `git log --notes=martlet` shows them.
struct RequestNotes: Sendable {
    let reference: String

    /// - Parameter prefix: Where Martlet's references are: `refs/martlet` has its notes in `refs/notes/martlet`.
    init(prefix: String) { reference = "refs/notes/\(prefix.split(separator: "/").last ?? "martlet")" }

    /// A commit on top of the reference with a note for each head; an older note of the same head is replaced.
    func write(_ statuses: [RequestStatus], by author: Person, _ writer: any ObjectWriter) throws -> ReferenceUpdate? {
        let tip = try writer.resolve(reference)
        let base = try tip.map { try writer.commit($0).tree }
        let edits = try statuses.map { status in
            TreeEdit(set: Self.path(of: status.head), to: try writer.write(blob: Array(Self.text(status).utf8)))
        }
        let tree = try writer.write(tree: base, edits: edits)
        guard tree != base else { return nil }
        let message = "Notes on \(statuses.count) request\(statuses.count == 1 ? "" : "s")\n"
        let commit = try writer.write(
            CommitDraft(tree: tree, parents: tip.map { [$0] } ?? [], author: author, message: message))
        return ReferenceUpdate(reference, from: tip, to: commit)
    }

    /// Two digits make a folder, as Git itself does where there are many notes.
    private static func path(of commit: ObjectID) -> String {
        let digits = commit.description
        return "\(digits.prefix(2))/\(digits.dropFirst(2))"
    }

    private static func text(_ status: RequestStatus) -> String {
        let moves = status.moves.map { move in
            "\(move.model): \(move.old?.label ?? "nothing") -> \(move.new.label)"
        }
        let blockers = status.blockers.map { blocker in
            "- \(blocker.kind.rawValue) \(blocker.name): \(blocker.reason)\n  unblocked by: \(blocker.unblockedBy)"
        }
        let last = status.commit.map { "merged as \($0)" } ?? "judged with the branch at \(status.tip)"
        return ([status.summary] + moves + blockers + [last]).joined(separator: "\n") + "\n"
    }
}
