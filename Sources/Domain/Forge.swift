/// A hosting service that shows requests as pull requests.
///
/// It is a window onto what Git says, and a door for people's reviews. It decides nothing, and one that is down stops nothing.
public protocol Forge: Plugin {
    /// The open pull requests from these branches of the repository itself, never of a fork, into `base`.
    func look(at branches: Set<String>, into base: String, using tools: Tools) async throws -> [PullRequest]
    /// Makes the forge show `picture`; gives the pull request as it is then, or `nil` where the picture has no page.
    ///
    /// Showing the same again writes nothing.
    func show(_ picture: RequestPicture, using tools: Tools) async throws -> PullRequest?
}
