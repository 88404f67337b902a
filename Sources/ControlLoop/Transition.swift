import Domain

/// A commit that changed which version one deployment runs.
struct Transition: Hashable, Sendable {
    let unit: Unit
    let commit: ObjectID
    let time: Timestamp
    let old: Pin?
    let new: Pin?
    /// Whether the deployment's file is gone.
    let isRemoval: Bool
    /// Whether `new` is an older version than `old`, or none: a rollback, whoever made it.
    let movesBack: Bool
    /// The tree of the model at `old`.
    let oldTree: ObjectID?
    let cause: String
}

/// A version that a commit's trailers hold back, or let go again.
struct HoldEvent: Hashable, Sendable {
    let unit: Unit
    let revision: ObjectID
    let tree: ObjectID?
    let isLift: Bool
    let commit: ObjectID
    let time: Timestamp
    let cause: String
}

/// What the branch's history says between two commits.
struct BranchHistory: Sendable {
    enum Event: Hashable, Sendable {
        case transition(Transition)
        case hold(HoldEvent)

        var unit: Unit {
            switch self {
            case .transition(let transition): transition.unit
            case .hold(let hold): hold.unit
            }
        }
    }

    /// Oldest first.
    private(set) var events: [Event] = []
    /// Whether `start` was found; otherwise the branch was rewritten.
    private(set) var reachesStart = true

    /// Reads the first parents of `tip` down to `start`, or to the very first commit.
    init(from start: ObjectID?, to tip: ObjectID, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws {
        if start == tip { return }
        if let start, try !reader.reaches(start, from: tip) {
            reachesStart = false
            return
        }
        let base = try start.flatMap { try reader.base(of: tip, over: $0) }
        var newer: Commit?
        var collected: [[Event]] = []
        try reader.firstParents(from: tip) { commit in
            if let newer { collected.append(try Self.events(of: newer, after: commit, reader, language)) }
            newer = nil
            if commit.id == base { return false }
            newer = commit
            return true
        }
        if let oldest = newer { collected.append(try Self.events(of: oldest, after: nil, reader, language)) }
        events = collected.reversed().flatMap(\.self)
    }

    static func events(
        of commit: Commit, after parent: Commit?, _ reader: any ObjectReader, _ language: any ManifestLanguage
    ) throws -> [Event] {
        var events: [Event] = try holds(in: commit, reader).map(Event.hold)
        let new = try reader.entry(at: "environments", in: commit.tree)?.id
        let old = try parent.flatMap { try reader.entry(at: "environments", in: $0.tree)?.id }
        guard new != old else { return events }
        for change in try reader.changes(from: old, to: new, prefix: "environments/") {
            guard let place = ManifestPlace(path: change.path), place.kind == Deployment.kind,
                let environment = place.environment,
                let transition = try transition(
                    Unit(environment: environment, model: place.name), change, commit, parent, reader, language)
            else { continue }
            events.append(.transition(transition))
        }
        return events
    }

    private static func transition(
        _ unit: Unit, _ change: Change, _ commit: Commit, _ parent: Commit?, _ reader: any ObjectReader,
        _ language: any ManifestLanguage
    ) throws -> Transition? {
        var old = try deployment(change.old, change.path, reader, language)
        if old == nil, change.old != nil, let parent, let place = ManifestPlace(path: change.path) {
            old = try ParsedFile.lastValid(place, before: parent.id, reader, language)?.deployment
        }
        let new = try deployment(change.new, change.path, reader, language)
        // A file that cannot be read says nothing: the deployment stays as it was.
        if change.new != nil, new == nil { return nil }
        guard old?.pin != new?.pin || (old == nil) != (new == nil) else { return nil }
        var movesBack = false
        if let before = old?.pin {
            if let after = new?.pin {
                movesBack = try isOlder(after.revision, than: before.revision, reader)
            } else {
                movesBack = change.new != nil
            }
        }
        return Transition(
            unit: unit, commit: commit.id, time: commit.committer.time, old: old?.pin, new: new?.pin,
            isRemoval: change.new == nil,
            movesBack: movesBack, oldTree: try old?.pin.flatMap { try tree(of: unit.model, at: $0.revision, reader) },
            cause: Trailer.cause.value(in: commit.message) ?? commit.subject)
    }

    /// Whether `revision` lies before `other`. Commits that are not there, which people may have named, lie nowhere.
    private static func isOlder(_ revision: ObjectID, than other: ObjectID, _ reader: any ObjectReader) throws -> Bool {
        guard revision != other, (try? reader.commit(revision)) != nil, (try? reader.commit(other)) != nil else {
            return false
        }
        return try reader.reaches(revision, from: other)
    }

    private static func deployment(
        _ entry: TreeEntry?, _ path: String, _ reader: any ObjectReader, _ language: any ManifestLanguage
    ) throws -> Deployment? {
        guard let entry, entry.mode == .file || entry.mode == .executable else { return nil }
        guard let place = ManifestPlace(path: path) else { return nil }
        let file = try ParsedFile.read(place, entry, reader, language)
        return file.hasErrors ? nil : file.deployment
    }

    private static func holds(in commit: Commit, _ reader: any ObjectReader) throws -> [HoldEvent] {
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
        return try names.map { name in
            HoldEvent(
                unit: Unit(environment: environment, model: name.model), revision: name.revision,
                tree: try tree(of: name.model, at: name.revision, reader), isLift: isLift, commit: commit.id,
                time: commit.committer.time, cause: Trailer.cause.value(in: commit.message) ?? commit.subject)
        }
    }

    /// The model's tree at a commit that a manifest or trailer names; `nil` where there is none: people can write anything.
    private static func tree(of model: String, at revision: ObjectID, _ reader: any ObjectReader) throws -> ObjectID? {
        guard let commit = try? reader.commit(revision) else { return nil }
        return try? reader.entry(at: "models/\(model)", in: commit.tree)?.id
    }
}
