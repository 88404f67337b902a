import Domain

/// Reads a branch's commits, the newest first, and finds out what each did.
struct HistoryWalk {
    typealias Event = BranchHistory.Event

    /// So many commits are compared together: what they did to a folder is then read at one go.
    private static let window = 8000
    /// Fewer where they are many bytes of text or many differences: people can write anything.
    private static let mostBytes = 1 << 24, mostChanges = 300_000

    private let reader: any ObjectReader
    private var files: DeploymentFiles
    /// Commits that were not yet compared with those before them.
    private var waiting: [Commit] = []
    private var waitingBytes = 0
    /// How far below the newest commit each one lies.
    private var line: [ObjectID: Int] = [:]
    /// By commit, the newest first.
    private var found: [[Event]] = []
    private var newest: Commit?
    private var oldest: Commit?
    /// Whether it could not be read what some commit did.
    private var hasGaps = false

    init(_ reader: any ObjectReader, _ language: any ManifestLanguage) {
        self.reader = reader
        files = DeploymentFiles(reader, language)
    }

    /// Goes on to a commit, which the branch was before it was the last one.
    mutating func take(_ commit: Commit) throws {
        if newest == nil { newest = commit }
        oldest = commit
        line[commit.id] = line.count
        waiting.append(commit)
        let texts = [
            commit.message, commit.author.name, commit.author.email, commit.committer.name, commit.committer.email,
        ]
        waitingBytes += texts.reduce(20 * commit.parents.count) { $0 + $1.utf8.count }
        guard waiting.count > Self.window || waitingBytes > Self.mostBytes else { return }
        try compare(toNothing: false)
        (waiting, waitingBytes) = ([commit], 0)
    }

    /// The events, the oldest first.
    ///
    /// - Parameter reachesRoot: Whether the last commit is the very first; else it only says what the one after it found.
    mutating func finish(reachesRoot: Bool) throws -> [Event] {
        try compare(toNothing: reachesRoot)
        return try found.reversed().flatMap(\.self).map(directed)
    }

    /// Throws where the newest commit has folders of deployments that cannot be read and are not those that the oldest had: what moved there
    /// would never be known. What any other commit says is known from those above it.
    func expectNewest() throws {
        guard hasGaps, let newest, let oldest else { return }
        let old = try? reader.entry(at: "environments", in: oldest.tree)
        guard let new = try reader.entry(at: "environments", in: newest.tree) else { return }
        try expect(new, insteadOf: old, at: "environments")
    }

    private func expect(_ new: TreeEntry, insteadOf old: TreeEntry?, at path: String) throws {
        // Nobody deploys anything deeper.
        guard new.id != old?.id || new.mode != old?.mode, path.utf8.count < 1024 else { return }
        guard new.mode == .tree else { return }
        let entries = try reader.tree(new.id)
        let before = old.flatMap { $0.mode == .tree ? try? reader.tree($0.id) : nil } ?? []
        let known = Dictionary(before.map { ($0.name, $0) }) { first, _ in first }
        for entry in entries { try expect(entry, insteadOf: known[entry.name], at: "\(path)/\(entry.name)") }
    }

    /// The moves of deployments, the newest first; whether one goes back is not looked up.
    mutating func transitions(reachesRoot: Bool) throws -> [Transition] {
        try compare(toNothing: reachesRoot)
        return found.joined().compactMap { event in
            if case .transition(let transition) = event { transition } else { nil }
        }
    }

    private mutating func compare(toNothing: Bool) throws {
        var trees = try environments()
        if toNothing { trees.append(nil) }
        // Where a folder cannot be read, each commit is looked at by itself.
        let together = try? reader.changes(along: trees, prefix: "environments/", atMost: Self.mostChanges)
        if together == nil { hasGaps = true }
        for index in trees.indices.dropLast() {
            let last = index + 1 < waiting.count ? waiting[index + 1].id : nil
            let changes =
                try together?[index]
                ?? reader.readableChanges(
                    from: trees[index + 1], to: trees[index], prefix: "environments/", before: last)
            let parent = index + 1 < waiting.count ? waiting[index + 1] : nil
            let done = try events(of: waiting[index], after: parent, changes)
            if !done.isEmpty { found.append(done) }
        }
    }

    /// The folder of environments at each commit. One that cannot be read says nothing: it counts as what the commit before had.
    private mutating func environments() throws -> [ObjectID?] {
        var trees: [ObjectID?] = []
        var older: ObjectID?, isKnown = false
        for commit in waiting.reversed() {
            do {
                let entry = try reader.entry(at: "environments", in: commit.tree)
                (older, isKnown) = (entry.flatMap { $0.mode == .tree ? $0.id : nil }, true)
            } catch {
                // Nothing would look as though all had been there from here on.
                guard isKnown else { throw error }
                hasGaps = true
            }
            trees.append(older)
        }
        return trees.reversed()
    }

    private mutating func events(of commit: Commit, after parent: Commit?, _ changes: [Change]) throws -> [Event] {
        var events = holds(in: commit).map(Event.hold)
        for change in changes {
            guard let place = ManifestPlace(path: change.path), place.kind == Deployment.kind,
                let environment = place.environment,
                let transition = try transition(
                    Unit(environment: environment, model: place.name), change, commit, parent)
            else { continue }
            events.append(.transition(transition))
        }
        return Self.withOrigins(events)
    }

    /// The events, those of new files with the deployments of the same model and version that went in the same commit.
    private static func withOrigins(_ events: [Event]) -> [Event] {
        var gone: [Content: [Unit]] = [:]
        for case .transition(let old) in events where old.isRemoval {
            gone[Content(model: old.unit.model, revision: old.old?.revision), default: []].append(old.unit)
        }
        guard !gone.isEmpty else { return events }
        return events.map { event in
            guard case .transition(var new) = event, new.isAddition else { return event }
            new.origins = gone[Content(model: new.unit.model, revision: new.new?.revision)] ?? []
            return .transition(new)
        }
    }

    /// What a deployment names; none, where it has no version yet.
    private struct Content: Hashable {
        let model: String
        let revision: ObjectID?
    }

    private mutating func transition(_ unit: Unit, _ change: Change, _ commit: Commit, _ parent: Commit?) throws
        -> Transition?
    {
        var old = try files.old(change.old, change.path)
        if old == nil, change.old != nil, let parent, let place = ManifestPlace(path: change.path) {
            old = try ParsedFile.lastValid(place, before: parent.id, reader, files.language)?.deployment
        }
        let new = try files.new(change.new, change.path)
        // A file that cannot be read says nothing: the deployment stays as it was.
        if change.new != nil, new == nil { return nil }
        guard old?.pin != new?.pin || (old == nil) != (new == nil) else { return nil }
        return Transition(
            unit: unit, commit: commit.id, time: commit.committer.time, old: old?.pin, new: new?.pin,
            isRemoval: change.new == nil, isAddition: change.old == nil,
            cause: Trailer.cause.value(in: commit.message) ?? commit.subject)
    }

    /// The event with the answer whether it goes back.
    private func directed(_ event: Event) throws -> Event {
        guard case .transition(var transition) = event, let old = transition.old else { return event }
        if let new = transition.new {
            transition.movesBack = try isOlder(new.revision, than: old.revision)
        } else {
            transition.movesBack = !transition.isRemoval
        }
        if transition.movesBack { transition.oldTree = tree(of: transition.unit.model, at: old.revision) }
        return .transition(transition)
    }

    /// Whether `revision` lies before `other`. Commits that are not there, which people may have named, lie nowhere.
    private func isOlder(_ revision: ObjectID, than other: ObjectID) throws -> Bool {
        if let one = line[revision], let other = line[other] { return one > other }
        guard revision != other, (try? reader.commit(revision)) != nil, (try? reader.commit(other)) != nil else {
            return false
        }
        return try reader.reaches(revision, from: other)
    }

    private func holds(in commit: Commit) -> [HoldEvent] {
        guard let action = Trailer.action.value(in: commit.message), action == "hold" || action == "lift",
            let environment = Trailer.environment.value(in: commit.message)
        else { return [] }
        let isLift = action == "lift"
        // Anybody may write a trailer: only what could be a deployment is believed.
        let names = (isLift ? Trailer.lifts : .rejects).values(in: commit.message).compactMap { VersionName($0) }.filter
        {
            let place = ManifestPlace(path: Snapshot.path(ofDeployment: $0.model, in: environment))
            return place?.kind == Deployment.kind && place?.environment == environment && place?.name == $0.model
        }
        return names.map { name in
            HoldEvent(
                unit: Unit(environment: environment, model: name.model), revision: name.revision,
                tree: tree(of: name.model, at: name.revision), isLift: isLift, commit: commit.id,
                time: commit.committer.time, cause: Trailer.cause.value(in: commit.message) ?? commit.subject)
        }
    }

    /// The model's tree at a commit that a manifest or trailer names; `nil` where there is none: people can write anything.
    private func tree(of model: String, at revision: ObjectID) -> ObjectID? {
        guard let commit = try? reader.commit(revision) else { return nil }
        return try? reader.entry(at: "models/\(model)", in: commit.tree)?.id
    }
}
