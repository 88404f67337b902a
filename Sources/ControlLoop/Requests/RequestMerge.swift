import Domain

/// Builds the merge commit of a request: first the branch, second the head that was judged.
struct RequestMerge: Sendable {
    let request: JudgedRequest
    let promotion: PromotionCommit
    /// Heads that are merged below it already, which its own history may hold.
    let merged: Set<ObjectID>

    /// Writes the commit on top of `tip`; `nil` where the merge there is not what was judged.
    func write(on tip: ObjectID, _ writer: any ObjectWriter) throws -> ObjectID? {
        let (head, content) = (request.status.head, request.content)
        let base = content.commits.isDisjoint(with: merged) ? content.base : try writer.mergeBase(head, tip)
        guard let base else { return nil }
        let ours = try writer.commit(tip).tree
        guard
            let tree = try writer.merge(
                ours: ours, theirs: try writer.commit(head).tree, base: try writer.commit(base).tree
            ).tree
        else { return nil }
        let changes = try writer.changes(from: ours, to: tree, prefix: "")
        guard changes.count == content.files.count,
            changes.allSatisfy({ $0.new != nil && $0.new == content.files[$0.path] })
        else { return nil }
        return try writer.write(
            CommitDraft(tree: tree, parents: [tip, head], author: promotion.author, message: promotion.message))
    }
}
