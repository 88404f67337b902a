import Domain

/// A pull request that is no promotion by request, or a merge queue's branch: what would come onto the branch with it.
struct Proposal: Hashable, Sendable {
    /// The name by which the sync knows it.
    let name: String
    let head: ObjectID
    /// Where its head can be fetched; `nil` where it was fetched with the branches.
    let reference: String?
    /// What holds the head in the repository: a branch, or what the forge keeps of a fork's.
    let branch: String
    /// Whether a merge queue made it.
    let isQueued: Bool

    /// A merge queue's branch.
    init(queued branch: String, head: ObjectID) {
        (name, self.head, reference, self.branch, isQueued) = (branch, head, nil, branch, true)
    }

    /// A commit that somebody asks about.
    init(commit head: ObjectID) {
        (name, self.head, reference, branch, isQueued) = (head.short, head, nil, head.short, false)
    }

    init(_ pull: PullRequest) {
        (name, head, reference) = ("pull request \(pull.number)", pull.head, pull.reference)
        (branch, isQueued) = (pull.isFork ? pull.reference : pull.branch, false)
    }

    /// What is shown of it.
    func presentation(into base: String, _ status: RequestPresentation.Status) -> RequestPresentation {
        RequestPresentation(branch: name, base: base, head: head, reference: branch, statuses: [status])
    }
}

/// Which proposal was judged: by this branch, and for these deployments.
struct JudgedProposal: Sendable {
    let head: ObjectID
    let tip: ObjectID
    let units: Set<Unit>
    /// What would be wrong between manifests; `nil` where nobody has looked.
    var errors: [String]?
}

/// What a proposal would change on the branch; everything in it may be hostile.
struct ProposalContent: Sendable {
    /// Why it must not come in at all.
    private(set) var objections: [String] = []
    private(set) var moves: [(unit: Unit, old: Pin?, new: Pin)] = []
    /// Deployments that would run nothing any more.
    private(set) var removals: [(unit: Unit, old: Pin)] = []
    /// What else it changes that decides what enters and who counts, the latter first.
    private(set) var settings: [PolicyFile] = []
    private(set) var changes = 0
    /// The commits that only it has.
    private(set) var commits: Set<ObjectID> = []
    /// What the branch would become; `nil` where it cannot become that.
    private(set) var merge: ObjectID?
    /// What would be wrong between manifests that is not so already; `nil` where nobody has looked.
    private(set) var errors: [String]?
    /// What would lie at each path that it changes.
    private(set) var files: [String: TreeEntry] = [:]

    /// What is no more than a reason why it must not come in.
    init(objection: String) { objections = [objection] }

    /// - Parameter guardian: Judges what is pushed to the branch.
    init(
        of head: ObjectID, tip: ObjectID, branch: String, author: Person, guardian: PushGuard,
        _ writer: any ObjectWriter, _ language: any ManifestLanguage
    ) throws {
        // First of all: nothing else is to read commits that are too many or too large.
        let new = try NewCommits(of: head, notOn: tip, writer)
        commits = Set(new.commits.map(\.id))
        if let objection = new.objection {
            objections = [objection]
            return
        }
        guard let base = try writer.mergeBase(head, tip) else {
            objections = ["its history has nothing in common with \(branch)"]
            return
        }
        guard base != head else { return }
        let (ours, theirs) = (try writer.commit(tip).tree, try writer.commit(head).tree)
        switch try writer.merge(ours: ours, theirs: theirs, base: try writer.commit(base).tree) {
        case .conflicts(let paths):
            objections = ["it conflicts with \(branch) in \(RequestContent.names(paths))"]
        case .merged(let tree):
            // Nothing ever names this commit: it stands for what the branch would become.
            let merge = try writer.write(
                CommitDraft(tree: tree, parents: [tip, head], author: author, message: "What would come of it\n"))
            objections = try guardian.objections(
                to: [ReferenceUpdate("refs/heads/\(branch)", from: tip, to: merge)], writer)
            objections += try new.commits.sorted { $0.id < $1.id }.compactMap { commit in
                try Self.order(in: commit) ?? RequestCommits.lie(in: commit, writer, language)
            }
            self.merge = merge
            let found = try writer.changes(from: ours, to: tree, prefix: "")
            changes = found.count
            for change in found {
                files[change.path] = change.new
                try add(change, writer, language)
            }
            settings.sort()
        }
    }

    /// Adds what is wrong between manifests of the ``merge``.
    mutating func add(errors: [String]) {
        self.errors = errors
        objections += errors
    }

    /// A commit that would hold or lift something as soon as it is on the branch, whatever its files look like.
    private static func order(in commit: Commit) -> String? {
        guard let action = Trailer.action.value(in: commit.message), ["hold", "lift", "rollback"].contains(action)
        else { return nil }
        return "\(commit.id.short): Martlet-Action: \(action) is an order to Martlet, which comes by martlet "
            + "\(action == "lift" ? "hold --lift" : action), not with other changes; reword the commit"
    }

    private mutating func add(_ change: Change, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws {
        if change.new?.mode == .symlink, ManifestPlace(path: change.path) != nil {
            objections.append("\(change.path) would be a symbolic link")
        }
        if let place = ManifestPlace(path: change.path), place.kind == Deployment.kind,
            let environment = place.environment
        {
            let unit = Unit(environment: environment, model: place.name)
            let old = try ParsedFile.read(place, change.old, reader, language).deployment?.pin
            let new = try ParsedFile.read(place, change.new, reader, language).deployment?.pin
            if let new, new != old { return moves.append((unit, old, new)) }
            if let old, new == nil { return removals.append((unit, old)) }
        }
        if let file = PolicyFile(change.path, isNew: change.old == nil) { settings.append(file) }
    }

    /// Why it changes too much at once: whoever reviews a promotion must not overlook that its own rules go with it.
    var mixture: String? {
        let rules = settings.filter(\.isRule).map(\.path)
        guard let move = moves.first, !rules.isEmpty else { return nil }
        return "it moves \(move.unit)\(moves.count > 1 ? " and \(moves.count - 1) more" : "") and changes "
            + "\(RequestContent.names(rules)) at once: propose the one after the other, or let \(RepositorySettings.file) of the branch "
            + "allow it (spec.policyWithVersions)"
    }
}
