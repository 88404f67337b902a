/// What a forge is to show of one request: all of it, at the head that was judged.
public struct RequestPresentation: Hashable, Sendable {
    public var branch: String
    public var base: String
    public var head: ObjectID
    /// What holds the head in the repository: a branch, or of a fork's what the forge keeps of it, such as `refs/pull/7/head`.
    public var reference: String?
    /// One for each gate or check that people look for.
    public var statuses: [Status]
    /// Which pipeline the statuses belong into, where the forge has told.
    public var pipeline: PullRequest.Pipeline?
    /// The pull request; `nil` where only statuses are wanted, as on a merge queue's branch.
    public var page: Page?

    public init(
        branch: String, base: String, head: ObjectID, reference: String? = nil, statuses: [Status], page: Page? = nil
    ) {
        self.branch = branch
        self.base = base
        self.head = head
        self.reference = reference
        self.statuses = statuses
        self.page = page
    }

    /// One line beside the head. Its name is what a branch rule requires, so it must stay the same.
    public struct Status: Hashable, Sendable {
        public enum State: String, Sendable { case pending, success, failure, error }

        public var name: String
        public var state: State
        public var summary: String
        public var url: String?

        public init(_ name: String, _ state: State, _ summary: String, url: String? = nil) {
            self.name = name
            self.state = state
            self.summary = summary
            self.url = url
        }
    }

    public struct Page: Hashable, Sendable {
        /// The pull request's number, where it is known already.
        public var number: Int?
        public var title: String
        /// Why, in plain words; forges get it with nothing in it that they could take for markup.
        public var about: String
        public var report: RequestReport?
        /// What became of it, where it is over: the last word on the page.
        public var ending: Ending?
        public var wish: Wish

        public init(
            number: Int? = nil, title: String, about: String, report: RequestReport? = nil, ending: Ending? = nil,
            wish: Wish = .open
        ) {
            self.number = number
            self.title = title
            self.about = about
            self.report = report
            self.ending = ending
            self.wish = wish
        }
    }

    public struct Ending: Hashable, Sendable {
        public var isMerged: Bool
        public var reason: String

        public init(isMerged: Bool, reason: String) {
            self.isMerged = isMerged
            self.reason = reason
        }
    }

    /// What shall become of it.
    public enum Wish: Hashable, Sendable {
        case open
        /// The forge merges, and only the head of the presentation.
        case merge(title: String, message: String)
        case close
    }
}
