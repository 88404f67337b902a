import Domain

extension ObjectReader {
    /// Walks back through what the branch was, the newest first, until `visit` returns `false`.
    ///
    /// Those are the first parents, but where somebody has merged the branch into something else, as `git pull` does. That is asked only of
    /// merges whose sides differ in what is looked at.
    ///
    /// - Parameter sign: What is looked at in a commit.
    func branch<Sign: Equatable>(
        from start: ObjectID, _ tools: Subject.Tools, by sign: (Commit) throws -> Sign,
        _ visit: (Commit, Sign) throws -> Bool
    ) throws {
        func signed(_ id: ObjectID) throws -> (commit: Commit, sign: Sign) {
            let commit = try commit(id)
            return (commit, try sign(commit))
        }
        var now = try signed(start)
        while try visit(now.commit, now.sign), let first = now.commit.parents.first {
            var next = try signed(first)
            let others = now.commit.parents.dropFirst()
            if try others.contains(where: { try signed($0).sign != next.sign }),
                let before = try tools.branchBefore(now.commit, self), before != first
            {
                next = try signed(before)
            }
            now = next
        }
    }
}
