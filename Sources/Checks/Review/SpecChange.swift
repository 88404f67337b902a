import Domain

/// A commit on the branch that changed a model's specification.
struct SpecChange: Sendable {
    let commit: Commit
    /// Of the repository.
    let paths: [String]
    /// Who wrote it: of a merge, the author of the merged tip.
    let author: Person
    /// The commits that a merge brought; none where there are too many to look at.
    let brought: [Commit]?
    /// Who owned files as it stood before; of a first commit, by itself.
    let owners: CodeOwners?

    var isMerge: Bool { commit.parents.count > 1 }

    static let mostBrought = 1000

    /// How many commits are looked at where something runs.
    private static let mostSince = 100_000

    /// Those since the version that runs now, or among the last commits.
    static func all(
        of subject: Subject, atMost most: Int, where isPart: @escaping @Sendable (_ path: String) -> Bool
    ) async throws -> [SpecChange] {
        let (folder, revision) = ("models/\(subject.version.model)", subject.version.revision)
        let base = subject.deployed?.version.revision
        let tools = subject.tools, most = base == nil ? most : mostSince
        return try await tools.store.read { reader in
            var changes: [SpecChange] = [], looked = 0, known: [ObjectID: CodeOwners] = [:]
            func owners(in tree: ObjectID) throws -> CodeOwners? {
                guard let place = try CodeOwners.place(in: tree, reader) else { return nil }
                if let same = known[place.blob], same.path == place.path { return same }
                let found = try CodeOwners(at: place, reader)
                known[place.blob] = found
                return found
            }
            func look(at now: (commit: Commit, folder: ObjectID?), over before: (commit: Commit, folder: ObjectID?)?)
                throws
            {
                guard let after = now.folder, after != before?.folder else { return }
                let changed = try reader.changes(from: before?.folder, to: after, prefix: "").map(\.path).filter(isPart)
                guard !changed.isEmpty else { return }
                let commit = now.commit, others = commit.parents.filter { $0 != before?.commit.id }
                let merged = try others.first.map { try reader.commit($0) } ?? commit
                changes.append(
                    SpecChange(
                        commit: commit, paths: changed.map { "\(folder)/\($0)" }, author: merged.author,
                        brought: try before.map { try brought(others, over: $0.commit.id, reader) } ?? [],
                        owners: try owners(in: (before?.commit ?? commit).tree)))
            }
            var newer: (commit: Commit, folder: ObjectID?)?
            try reader.branch(from: revision, tools, by: { try reader.entry(at: folder, in: $0.tree)?.id }) {
                commit, entry in
                if let newer { try look(at: newer, over: (commit, entry)) }
                newer = nil
                guard commit.id != base, looked < most else { return false }
                looked += 1
                newer = (commit, entry)
                return true
            }
            // The branch's first.
            if let newer { try look(at: newer, over: nil) }
            return changes
        }
    }

    /// The commits that a merge's other parents brought to what the branch was, or `nil` where they are too many.
    private static func brought(
        _ others: [ObjectID], over base: ObjectID, _ reader: any ObjectReader
    ) throws -> [Commit]? {
        var commits: [Commit] = []
        var waiting = others, known = Set(waiting)
        while let id = waiting.popLast() {
            if try reader.reaches(id, from: base) { continue }
            guard commits.count < mostBrought else { return nil }
            let commit = try reader.commit(id)
            commits.append(commit)
            waiting += commit.parents.filter { known.insert($0).inserted }
        }
        return commits
    }
}

extension SpecChange {
    /// The files of which no owner is among the people who reviewed it: one finding for each rule.
    func lackingOwners(_ people: Set<String>, _ names: OwnerNames) -> [Finding] {
        guard let owners else { return [] }
        var found: [(rule: CodeOwners.Rule, paths: [String])] = []
        for path in paths {
            guard let rule = owners.rule(for: path), !rule.owners.isEmpty else { continue }
            if let index = found.firstIndex(where: { $0.rule.line == rule.line }) {
                found[index].paths.append(path)
            } else {
                found.append((rule, [path]))
            }
        }
        return found.compactMap { rule, paths in
            let known = rule.owners.map { ($0, names.people(of: $0)) }
            guard !known.contains(where: { !people.isDisjoint(with: $0.1 ?? []) }) else { return nil }
            let words =
                "\(paths.listed(3)) changed in \(commit.id.short) without an approval by an owner "
                + "(\(rule.owners.listed(4)), \(owners.path):\(rule.line))"
            let strangers = known.filter { $0.1 == nil }.map(\.0)
            guard !strangers.isEmpty else { return Finding(.fail, words, file: paths.first) }
            return Finding(
                .inconclusive,
                "\(words) that is known: martlet.yaml does not say who \(strangers.listed(4)) is; add teams to spec.teams and "
                    + "logins to spec.forge.people", file: paths.first)
        }
    }

    /// Lines of CODEOWNERS that GitHub passes over, and so does the check.
    static func unreadOwners(of changes: [SpecChange]) -> [Finding] {
        guard let owners = changes.first(where: { $0.owners?.unread.isEmpty == false })?.owners else { return [] }
        return [
            Finding(
                .warn,
                "\(owners.path): line \(owners.unread.map(String.init).listed(5)) is not in GitHub's grammar and was passed over, "
                    + "as GitHub does", file: owners.path, line: owners.unread.first)
        ]
    }
}
