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
    /// Whether there was no such file before.
    var isAddition = false
    /// Whether `new` is an older version than `old`, or none: a rollback, whoever made it.
    var movesBack = false
    /// The tree of the model at `old`, where the move goes back.
    var oldTree: ObjectID?
    /// Where the deployment is new: those of the same model and version that the same commit removed, as whoever renames an environment does.
    var origins: [Unit] = []
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

    /// Reads what the branch was from `tip` down to `start`, which it was once, or to the very first commit.
    init(
        from start: ObjectID?, to tip: ObjectID, of branch: String, _ reader: any ObjectReader,
        _ language: any ManifestLanguage
    ) throws {
        if start == tip { return }
        if let start, try !reader.reaches(start, from: tip) {
            reachesStart = false
            return
        }
        var walk = HistoryWalk(reader, language)
        try reader.line(from: tip, through: start, of: branch) { commit in
            try walk.take(commit)
            return commit.id != start
        }
        events = try walk.finish(reachesRoot: start == nil)
        // Without a start nothing was known before that what cannot be read could contradict.
        if start != nil { try walk.expectNewest() }
    }

    /// What one commit did.
    static func events(
        of commit: Commit, after parent: Commit?, _ reader: any ObjectReader, _ language: any ManifestLanguage
    ) throws -> [Event] {
        var walk = HistoryWalk(reader, language)
        try walk.take(commit)
        if let parent { try walk.take(parent) }
        return try walk.finish(reachesRoot: parent == nil)
    }
}
