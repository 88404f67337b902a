public import Domain

/// What became of a request, at one head of its branch.
public struct RequestStatus: Hashable, Sendable {
    /// Users meet these words in `martlet request`, in notes and in notices.
    public enum State: String, Sendable, CaseIterable {
        /// It waits for what the blockers say.
        case open
        /// Nothing is in its way.
        case ready
        /// The branch has it, by Martlet's push, the forge's or a person's.
        case merged
        /// The branch and the request changed the same lines.
        case conflicting
        /// It changes nothing any more, or proposes what is older than what runs.
        case stale
        /// A newer version may enter.
        case superseded
        /// Somebody closed its page or deleted its branch.
        case closed
        /// It does what a request may not do.
        case refused
    }

    /// A deployment that it moves.
    public struct Move: Hashable, Sendable {
        public var model: String
        public var old: Pin?
        public var new: Pin

        public init(model: String, old: Pin?, new: Pin) {
            self.model = model
            self.old = old
            self.new = new
        }

        /// `credit-risk v1.4.0 (c0fb87b)`, or with the short revision alone.
        public var title: String { "\(model) \(new.fullLabel)" }

        /// From which version to which.
        public var summary: String { "\(old?.fullLabel ?? "nothing") → \(new.fullLabel)" }
    }

    public var unit: Unit
    /// The commit that was judged; a verdict on one says nothing of the next.
    public var head: ObjectID
    /// The commit of the protected branch whose policy judged it.
    public var tip: ObjectID
    public var state: State
    public var since: Timestamp
    public var reason: String
    public var blockers: [Blocker]
    public var moves: [Move]
    /// Who made the head, as Git names people.
    public var author: String
    /// Whether the head is a commit of Martlet's own, which it may replace.
    public var isOwn: Bool
    /// The merge commit on the branch.
    public var commit: ObjectID?
    /// Where a forge shows it.
    public var page: Page?

    /// A pull request by number.
    public struct Page: Hashable, Sendable {
        public var number: Int
        public var url: String

        public init(number: Int, url: String) {
            self.number = number
            self.url = url
        }
    }

    public init(
        unit: Unit, head: ObjectID, tip: ObjectID, state: State, since: Timestamp, reason: String,
        blockers: [Blocker] = [], moves: [Move] = [], author: String = "", isOwn: Bool = false, commit: ObjectID? = nil
    ) {
        self.unit = unit
        self.head = head
        self.tip = tip
        self.state = state
        self.since = since
        self.reason = reason
        self.blockers = blockers
        self.moves = moves
        self.author = author
        self.isOwn = isOwn
        self.commit = commit
    }

    /// Whether it brings something, and could have been merged.
    var isPending: Bool { (state == .open || state == .ready) && !moves.isEmpty }

    public var isOver: Bool { state == .merged || state == .closed }

    /// Whether it is Martlet's own and can lead nowhere: its branch is taken back.
    var isWithdrawn: Bool {
        isOwn && [.stale, .superseded, .refused, .conflicting, .closed].contains(state) && !isRefusedByRemote
    }

    static let remoteRefusal = "the remote refused the merge: "
    static let branchRefusal = "the remote refused its branch: "

    /// Whether there is a branch that it is about: not where the remote let none be opened.
    public var hasHead: Bool { head != .zero }

    /// Whether a hook of the remote refused it, and not Martlet: that can change without anything that Martlet sees.
    var isRefusedByRemote: Bool { state == .refused && reason.hasPrefix(Self.remoteRefusal) }

    /// `promote/production/tumor is open: waits for approval production`.
    public var summary: String { "\(unit.request) is \(state.rawValue): \(reason)" }

    /// The same with foreign texts short and on one line: the record can be read back, and no text looks like more than one.
    var bounded: RequestStatus {
        var status = self
        status.author = Excerpt.line(author, limit: 200)
        status.reason = Excerpt.line(reason, limit: 2000)
        status.blockers = blockers.prefix(100).map { blocker in
            var blocker = blocker
            blocker.name = Excerpt.line(blocker.name, limit: 200)
            blocker.reason = Excerpt.line(blocker.reason, limit: 4000)
            blocker.unblockedBy = Excerpt.line(blocker.unblockedBy, limit: 1000)
            return blocker
        }
        for index in moves.indices {
            status.moves[index].old?.version = moves[index].old?.version.map { Excerpt.line($0) }
            status.moves[index].new.version = moves[index].new.version.map { Excerpt.line($0) }
        }
        return status
    }

    /// The same request in another state.
    func entering(_ state: State, at now: Timestamp, _ reason: String) -> RequestStatus {
        var status = self
        if state != self.state { status.since = now }
        status.state = state
        status.reason = reason
        if state != .open { status.blockers = [] }
        return status.bounded
    }

    /// The same request as one that could not be opened.
    func withoutBranch(_ reason: String) -> RequestStatus {
        var status = self
        status.head = .zero
        (status.state, status.reason, status.blockers) = (.refused, reason, [])
        return status.bounded
    }

    /// The same request with a head that goes on from `old`, for remotes that let no branch be rewritten.
    func following(_ old: ObjectID, _ surroundings: Surroundings) async throws -> RequestStatus {
        let head = head
        let bare = try await surroundings.store.write { writer in
            let commit = try writer.commit(head)
            return try writer.write(
                CommitDraft(
                    tree: commit.tree, parents: commit.parents + [old], author: commit.author,
                    committer: commit.committer,
                    message: commit.message))
        }
        var status = self
        status.head = try await (isOwn ? surroundings.sign : surroundings.signByHand)(bare, tip)
        return status
    }

    /// Whether nothing happened between the two that is worth writing down: measured values and times may differ, what people
    /// did may not.
    func isSame(as other: RequestStatus) -> Bool {
        let names = { (status: RequestStatus) in
            status.blockers.map { "\($0.kind.rawValue) \($0.name) \($0.kind == .approval ? $0.reason : "")" }
        }
        return head == other.head && state == other.state && reason == other.reason && names(self) == names(other)
            && moves == other.moves && isOwn == other.isOwn && commit == other.commit && page == other.page
    }
}

extension RequestStatus {
    public var json: JSON {
        [
            "request": .string(unit.request), "environment": .string(unit.environment), "model": .string(unit.model),
            "head": .string(head.description), "tip": .string(tip.description), "state": .string(state.rawValue),
            "since": .string(since.description), "reason": .string(reason),
            "blockers": .array(blockers.map(\.json)),
            "moves": .array(
                moves.map { ["model": .string($0.model), "old": $0.old?.json ?? .null, "new": $0.new.json] }),
            "author": .string(author), "own": .bool(isOwn), "commit": JSON(commit?.description),
            "page": page.map { ["number": .int($0.number), "url": .string($0.url)] } ?? .null,
        ]
    }

    /// Reads what ``json`` wrote; `nil` where something is missing.
    public init?(json: JSON) {
        guard let environment = json["environment"]?.string, let model = json["model"]?.string,
            let head = json["head"]?.string.flatMap({ ObjectID($0) }),
            let tip = json["tip"]?.string.flatMap({ ObjectID($0) }),
            let state = json["state"]?.string.flatMap({ State(rawValue: $0) }),
            let since = json["since"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(
            unit: Unit(environment: environment, model: model), head: head, tip: tip, state: state, since: since,
            reason: json["reason"]?.string ?? "",
            blockers: (json["blockers"]?.array ?? []).compactMap { Blocker(json: $0) },
            moves: (json["moves"]?.array ?? []).compactMap { Move(json: $0) }, author: json["author"]?.string ?? "",
            isOwn: json["own"]?.bool ?? false, commit: json["commit"]?.string.flatMap { ObjectID($0) })
        page = json["page"].flatMap { Page(json: $0) }
    }
}

extension RequestStatus.Page {
    fileprivate init?(json: JSON) {
        guard let number = json["number"]?.int, let url = json["url"]?.string else { return nil }
        self.init(number: number, url: url)
    }
}

extension RequestStatus.Move {
    fileprivate init?(json: JSON) {
        guard let model = json["model"]?.string, let new = json["new"].flatMap({ Pin(json: $0) }) else { return nil }
        self.init(model: model, old: json["old"].flatMap { Pin(json: $0) }, new: new)
    }
}

extension Blocker {
    fileprivate init?(json: JSON) {
        guard let first = json.members?.first, let kind = Kind(rawValue: first.key), let name = first.value.string,
            let reason = json["reason"]?.string
        else { return nil }
        self.init(
            kind, name, reason, value: json["value"]?.double, threshold: json["threshold"]?.double,
            unblockedBy: json["unblockedBy"]?.string ?? "",
            nextLook: json["nextLook"]?.string.flatMap { Timestamp($0) },
            since: json["since"]?.string.flatMap { Timestamp($0) })
    }
}

extension Person? {
    /// Who proposed a request, in words; an empty text where its head cannot be read.
    var words: String { map { "\($0.name) <\($0.email)>" } ?? "" }
}
