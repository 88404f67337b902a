/// A hosting service that shows requests as pull requests.
///
/// It is a window onto what Git says, and a door for people's reviews. It decides nothing, and one that is down stops nothing.
public protocol Forge: Plugin {
    /// The pull requests that a query asks for.
    func look(for query: PullRequestQuery, using tools: Tools) async throws -> [PullRequest]
    /// Makes the forge show `presentation`; gives the pull request as it is then, or `nil` where the presentation has no page.
    ///
    /// Showing the same again writes nothing.
    func show(_ presentation: RequestPresentation, using tools: Tools) async throws -> PullRequest?
}

/// A failure of a forge.
public protocol ForgeTrouble: Failure {
    /// Whether nothing else would go better there now: it is down, wants to be left alone, or does not know us.
    var isGeneral: Bool { get }
}

/// Which pull requests are asked for: all that are open into a branch, and some more by number.
public struct PullRequestQuery: Hashable, Sendable {
    /// The branch that they lead into.
    public var base: String
    /// The branches of the repository itself whose reviews are wanted. Those of others are not read.
    public var reviewed: Set<String>
    /// These are given whatever became of them; one that is not there is left out.
    public var numbers: Set<Int>

    public init(into base: String, reviewed: Set<String> = [], numbers: Set<Int> = []) {
        self.base = base
        self.reviewed = reviewed
        self.numbers = numbers
    }
}
