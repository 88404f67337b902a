import Domain

extension ForgeAPI {
    /// What a query asks for: the open ones, those of its numbers that are not among them, and the reviews that it wants.
    ///
    /// - Parameters:
    ///   - path: Where the repository's pull requests are.
    ///   - number: The name of the field with a pull request's number.
    func pullRequests(
        _ query: PullRequestQuery, among open: [ForgeRecord], at path: String, number: String = "number",
        read: (ForgeRecord) throws -> PullRequest,
        reviews: (ForgeRecord, PullRequest) async throws -> [PullRequest.Review]
    ) async throws -> [PullRequest] {
        var records = open
        for missing in query.numbers.subtracting(open.compactMap { $0[number]?.int }).sorted() {
            if let record = try await find("\(path)/\(missing)") { records.append(record) }
        }
        var found: [PullRequest] = []
        for record in records {
            var request = try read(record)
            // Each costs a request of its own.
            if !request.isFork, request.state == .open, query.reviewed.contains(request.branch) {
                request.reviews = try await reviews(record, request)
            }
            found.append(request)
        }
        return found
    }
}
