/// A pull request (merge request) as a forge tells of it.
public struct PullRequest: Hashable, Sendable {
    public var number: Int
    public var url: String
    public var branch: String
    public var base: String
    public var head: ObjectID
    /// Where the head can be fetched in the repository of `base`, also where the branch is a fork's: `refs/pull/7/head`.
    public var reference: String
    /// Whether the branch is in another repository, where its name says nothing.
    public var isFork: Bool
    public var author: String
    public var title: String
    public var state: State
    /// The commit that merging made, where the forge has said.
    public var merged: ObjectID?
    public var labels: [String]
    /// Whether its author says that it is not to be merged yet.
    public var isDraft: Bool
    /// Why what people said of it cannot be known, where that is so.
    public var gap: String?
    /// What people said, oldest first.
    public var reviews: [Review]
    /// Where the forge looks for statuses, where that is not the head alone.
    public var pipeline: Pipeline?

    public enum State: String, Sendable { case open, merged, closed }

    public init(
        number: Int, url: String, branch: String, base: String, head: ObjectID, reference: String = "",
        isFork: Bool = false, author: String, title: String = "",
        state: State = .open, merged: ObjectID? = nil, labels: [String] = [],
        isDraft: Bool = false, reviews: [Review] = []
    ) {
        self.number = number
        self.url = url
        self.branch = branch
        self.base = base
        self.head = head
        self.reference = reference
        self.isFork = isFork
        self.author = author
        self.title = title
        self.state = state
        self.merged = merged
        self.labels = labels
        self.isDraft = isDraft
        self.reviews = reviews
    }

    /// A run of the forge's own CI that statuses become a part of, as GitLab has it.
    public struct Pipeline: Hashable, Sendable {
        public var number: Int
        /// What it runs on: the head, or what merging the head would give.
        public var commit: ObjectID
        /// The reference that it runs for, in the forge's own words.
        public var reference: String?

        public init(number: Int, commit: ObjectID, reference: String?) {
            self.number = number
            self.commit = commit
            self.reference = reference
        }
    }

    /// What one person said of one commit.
    public struct Review: Hashable, Sendable {
        public enum Opinion: String, Sendable { case approves, objects, withdrawn, comments }

        public var person: String
        public var opinion: Opinion
        /// The commit that was looked at; `nil` where the forge does not say, which counts for no commit.
        public var commit: ObjectID?
        public var time: Timestamp?

        public init(_ person: String, _ opinion: Opinion, of commit: ObjectID?, at time: Timestamp? = nil) {
            self.person = person
            self.opinion = opinion
            self.commit = commit
            self.time = time
        }
    }

    /// Each person's last word; a comment is none.
    public var lastWords: [Review] {
        var last: [String: Review] = [:]
        var order: [String] = []
        for review in reviews where review.opinion != .comments {
            if last.updateValue(review, forKey: review.person) == nil { order.append(review.person) }
        }
        return order.compactMap { last[$0] }
    }

    /// Who agrees to `commit`. The author of the page does not count, nor an approval of any other commit.
    public func approvals(of commit: ObjectID) -> [Review] {
        lastWords.filter { $0.opinion == .approves && $0.commit == commit && $0.person != author }
    }

    /// Who has asked for changes and not taken that back, whatever was pushed since.
    public var objections: [Review] { lastWords.filter { $0.opinion == .objects } }
}
