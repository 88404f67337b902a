import Domain

extension PullRequestQuery {
    /// Whether people's reviews of that page are wanted: each costs a request of its own.
    func asksReviews(of request: PullRequest) -> Bool {
        !request.isFork && request.state == .open && reviewed.contains(request.branch)
    }
}
