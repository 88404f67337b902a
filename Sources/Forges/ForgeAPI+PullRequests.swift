import Domain

extension ForgeAPI {
    /// What a query asks for: the open ones, those of its numbers that are not among them, and the reviews that it wants.
    ///
    /// - Parameters:
    ///   - path: Where the repository's pull requests are.
    ///   - number: The name of the field with a pull request's number.
    func pullRequests(
        _ query: PullRequestQuery, among open: [ForgeRecord], at path: String, number: String = "number",
        read: (ForgeRecord) async throws -> PullRequest,
        reviews: (ForgeRecord, PullRequest) async throws -> [PullRequest.Review]
    ) async throws -> [PullRequest] {
        var records = open
        for missing in query.numbers.subtracting(open.compactMap { $0[number]?.int }).sorted() {
            if let record = try await find("\(path)/\(missing)") { records.append(record) }
        }
        var found: [PullRequest] = []
        for record in records {
            var request = try await read(record)
            // Each costs a request of its own.
            if !request.isFork, request.state == .open, request.gap == nil, query.reviewed.contains(request.branch) {
                do {
                    request.reviews = try await reviews(record, request)
                } catch let failure as ForgeFailure where [.forbidden, .missing, .unreadable].contains(failure.reason) {
                    // One that cannot be seen whole does not take the others along.
                    request.gap = failure.description
                }
            }
            found.append(request)
        }
        return found
    }
}
