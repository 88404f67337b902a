import Domain

/// The way back through what a branch was: from its tip to what the tip was before, and so on.
///
/// Those are the first parents where whoever merges stands on the branch. After a `git pull` that merges, and whose result is pushed, what
/// the branch was is the second parent. Where it is known what the branch was once, the way leads there. Else it leads to what Martlet wrote
/// on the branch; and where there is no such thing either, git's own title of the merge tells.
struct BranchLine {
    /// What lies below a commit.
    private struct Node {
        var level = 0
        /// The newest commit that only the branch has, as far as history was read.
        var mark: (id: ObjectID, level: Int)?
        /// Whether what the branch once was is among them.
        var leadsBack = false
    }

    private let reader: any ObjectReader
    private let start: ObjectID?
    private let leadsToStart: Bool
    private let branch: String?
    private var nodes: [ObjectID: Node] = [:]
    /// Whether somebody who does not know what the branch was could take another way; said only where ``looksAside``.
    private(set) var isDoubtful = false
    /// Whether sides are looked at also where they do not matter for the way.
    var looksAside = false

    /// - Parameters:
    ///   - start: A commit below which nothing is to be told apart.
    ///   - leadsToStart: Whether the branch's tip was there once.
    init(_ reader: any ObjectReader, over start: ObjectID?, leadsToStart: Bool = true, of branch: String?) {
        self.reader = reader
        self.start = start
        self.leadsToStart = leadsToStart && start != nil
        self.branch = branch
    }

    /// What the branch was before it was this commit. Costs nothing where it is no merge; at the first merge, what lies above the start is read.
    mutating func parent(of commit: Commit) throws -> ObjectID? {
        guard commit.parents.count > 1, let first = commit.parents.first else { return commit.parents.first }
        let isThere = leadsToStart && first == start
        if isThere, !looksAside { return first }
        // Martlet merges on top of the branch: where nothing else is known, that decides.
        if !leadsToStart, !looksAside, Trailer.action.value(in: commit.message) != nil { return first }
        try read(below: commit)
        let chosen = isThere ? first : try choose(for: commit)
        let isMarkedAside = commit.parents.contains { $0 != first && nodes[$0]?.mark != nil }
        if chosen != first || isMarkedAside { isDoubtful = true }
        return chosen
    }

    private func choose(for commit: Commit) throws -> ObjectID {
        let leading = commit.parents.filter { nodes[$0]?.leadsBack == true }
        let parents = leadsToStart && !leading.isEmpty ? leading : commit.parents
        // Martlet merges on top of the branch.
        guard parents.count > 1, Trailer.action.value(in: commit.message) == nil else { return parents[0] }
        var chosen = parents[0]
        for other in parents.dropFirst() where try isMarked(other, andNot: chosen) { chosen = other }
        guard chosen == parents[0], parents == commit.parents else { return chosen }
        if leading.count == 1, parents.allSatisfy({ nodes[$0]?.mark == nil }) { return leading[0] }
        let isUndecided = nodes[parents[0]]?.mark?.id == nodes[parents[1]]?.mark?.id
        return isUndecided && branch.map(commit.mergesWhatWas) == true ? parents[1] : chosen
    }

    /// Whether only one of two has a mark that the other lacks.
    private func isMarked(_ one: ObjectID, andNot other: ObjectID) throws -> Bool {
        guard let mark = nodes[one]?.mark, try reader.commit(mark.id).movesDeployments(reader) else { return false }
        guard let known = nodes[other]?.mark else { return true }
        return try mark.level > known.level && reader.reaches(known.id, from: one)
            && !reader.reaches(mark.id, from: other)
    }

    /// Reads what lies below a commit, down to the start.
    private mutating func read(below commit: Commit) throws {
        guard nodes[commit.id] == nil else { return }
        var path = [(id: commit.id, parents: commit.parents, isMark: commit.isOnlyOnBranch)]
        while let last = path.last {
            guard let unknown = last.parents.first(where: { nodes[$0] == nil }) else {
                nodes[last.id] = node(last.id, last.parents, last.isMark)
                path.removeLast()
                continue
            }
            if let start, try reader.reaches(unknown, from: start) {
                nodes[unknown] = Node(leadsBack: unknown == start)
            } else {
                let next = try reader.commit(unknown)
                path.append((unknown, next.parents, next.isOnlyOnBranch))
            }
        }
    }

    private func node(_ id: ObjectID, _ parents: [ObjectID], _ isMark: Bool) -> Node {
        var node = Node()
        for parent in parents {
            guard let below = nodes[parent] else { continue }
            node.level = max(node.level, below.level + 1)
            node.leadsBack = node.leadsBack || below.leadsBack
            if let mark = below.mark, mark.level > node.mark?.level ?? -1 { node.mark = mark }
        }
        if isMark { node.mark = (id, node.level) }
        return node
    }
}

extension ObjectReader {
    /// Walks back through what a branch was, the newest first, until `visit` returns `false`.
    ///
    /// - Parameter start: What the branch is known to have been once.
    func line(
        from tip: ObjectID, through start: ObjectID?, of branch: String?, _ visit: (Commit) throws -> Bool
    ) throws {
        var line = BranchLine(self, over: start, of: branch)
        try walk(from: tip, &line, visit)
    }

    /// What the branch was before it was this merge, found from what its sides do not have in common: for those who ask of one merge alone.
    func branch(_ branch: String?, before merge: Commit) throws -> ObjectID? {
        guard merge.parents.count > 1 else { return merge.parents.first }
        let base = try mergeBase(merge.parents[0], merge.parents[1])
        var line = BranchLine(self, over: base, leadsToStart: false, of: branch)
        return try line.parent(of: merge)
    }

    /// The same where it is not known what the branch was once: of each merge, only what its sides do not have in common is read.
    func line(from tip: ObjectID, of branch: String?, _ visit: (Commit) throws -> Bool) throws {
        var next: ObjectID? = tip
        while let id = next {
            let commit = try commit(id)
            guard try visit(commit) else { return }
            next = try self.branch(branch, before: commit)
        }
    }

    func walk(from tip: ObjectID, _ line: inout BranchLine, _ visit: (Commit) throws -> Bool) throws {
        var next: ObjectID? = tip
        while let id = next {
            let commit = try commit(id)
            guard try visit(commit) else { return }
            next = try line.parent(of: commit)
        }
    }

    /// The newest of what a branch was that `start` already holds: above it, all is new since `start`. `nil` where there is none.
    ///
    /// Nearly always it is `start` itself, a few commits away; else the history below `start` is read.
    func base(of tip: ObjectID, over start: ObjectID) throws -> ObjectID? {
        var left = 1000
        let near = try newest(on: tip, over: start) { id in
            left -= 1
            return id == start ? true : left > 0 ? false : nil
        }
        if let near { return near }
        let held = try ancestors(of: start)
        return try newest(on: tip, over: start) { held.contains($0) }
    }

    /// - Parameter isIt: Gives up where it returns `nil`.
    private func newest(on tip: ObjectID, over start: ObjectID, where isIt: (ObjectID) -> Bool?) throws -> ObjectID? {
        var line = BranchLine(self, over: start, leadsToStart: false, of: nil)
        var found: ObjectID?
        try walk(from: tip, &line) { commit in
            guard let answer = isIt(commit.id) else { return false }
            if answer { found = commit.id }
            return !answer
        }
        return found
    }

    private func ancestors(of start: ObjectID) throws -> Set<ObjectID> {
        var held: Set<ObjectID> = [start], waiting = [start]
        while let next = waiting.popLast() {
            for parent in try commit(next).parents where held.insert(parent).inserted { waiting.append(parent) }
        }
        return held
    }
}

extension Commit {
    /// Whether it says to be a promotion or rollback as Martlet writes them on the branch alone: what a request proposes has fewer trailers, and
    /// is a proposal.
    var isOnlyOnBranch: Bool {
        switch Trailer.action.value(in: message) {
        case "rollback": true
        case "promote":
            !PromotionCommit.isProposal(message)
                || Trailer.allCases.contains { !RequestCommits.allowed.contains($0) && $0.value(in: message) != nil }
        default: false
        }
    }

    /// Whether it does at all what a promotion or rollback does: anybody may write a trailer.
    fileprivate func movesDeployments(_ reader: any ObjectReader) throws -> Bool {
        let before = try parents.first.flatMap { try reader.entry(at: "environments", in: reader.commit($0).tree) }
        return try reader.entry(at: "environments", in: tree) != before
    }

    /// Whether git says that this merge brought the branch itself into something else, as `git pull` does.
    ///
    /// Git writes `Merge branch 'main' of URL`, `Merge branch 'main' into topic` or `Merge remote-tracking branch 'origin/main'`. A forge that
    /// merges a fork's branch of the same name writes the name of where it goes in quotes, too.
    fileprivate func mergesWhatWas(_ branch: String) -> Bool {
        guard parents.count == 2 else { return false }
        if subject.hasPrefix("Merge branch '\(branch)'") { return !subject.contains("' into '") }
        let remote = "Merge remote-tracking branch '"
        guard subject.hasPrefix(remote) else { return false }
        return subject.dropFirst(remote.count).prefix { $0 != "'" }.hasSuffix("/\(branch)")
    }
}
