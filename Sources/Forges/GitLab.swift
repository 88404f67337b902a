public import Domain

/// GitLab, hosted or one's own.
///
///     forge: {kind: gitlab, repository: acme/ml/models, token: {env: GITLAB_TOKEN}}
///
/// GitLab does not say which commit an approval is of. One counts only if it was given after the head was pushed, or if the project takes
/// approvals back at every push and has no such work left. Needs no paid edition.
public struct GitLab: Forge {
    public static let kind = "gitlab"
    public static let summary = "shows requests as merge requests on GitLab"

    let account: ForgeAccount
    let squash: Bool
    let memory = ForgeMemory()
    var patience = Patience()

    public init(_ fields: Fields) throws(FieldErrors) {
        account = try ForgeAccount(
            fields, url: "https://gitlab.com/api/v4", example: "https://gitlab.example.com/api/v4")
        squash = fields.value("squash", default: false, "whether GitLab squashes where forge.merge is 'forge'")
    }

    public func look(for query: PullRequestQuery, using tools: Tools) async throws -> [PullRequest] {
        let api = try api(tools)
        let path = "\(place)/merge_requests"
        let open = try await api.list(
            path, [("state", "opened"), ("target_branch", query.base), ("per_page", "100")])
        return try await api.pullRequests(query, among: open, at: path, number: "iid", read: Self.pullRequest) {
            try await GitLabReviews(place: place, api: api).reviews(of: $0, head: $1.head)
        }
    }

    public func show(_ picture: RequestPicture, using tools: Tools) async throws -> PullRequest? {
        if let known = await memory.result(of: picture, at: tools.now()) { return known }
        let api = try api(tools)
        var request = try await picture.page.asyncFlatMap { try await show($0, of: picture, api) }
        try await showStatuses(picture, api)
        if case .merge(let title, let message) = picture.page?.wish, let open = request {
            request = try await merge(open, picture.head, title, message, api)
        }
        if picture.page?.wish ?? .open == .open { await memory.keep(request, of: picture, at: tools.now()) }
        return request
    }

    // MARK: The merge request

    private func show(_ page: RequestPicture.Page, of picture: RequestPicture, _ api: ForgeAPI) async throws
        -> PullRequest?
    {
        let me = try await login(api)
        let pages = RequestPage(words: words, api: api, picture: picture, me: me) { try await find(picture, api) }
        return try await pages.show(page).map { try Self.pullRequest($0) }
    }

    private func find(_ picture: RequestPicture, _ api: ForgeAPI) async throws -> ForgeRecord? {
        let query = [
            ("state", "opened"), ("source_branch", picture.branch), ("target_branch", picture.base),
            ("per_page", "100"),
        ]
        return try await api.list("\(place)/merge_requests", query).first {
            Self.isOwn($0) && $0["source_branch"]?.string == picture.branch
                && $0["target_branch"]?.string == picture.base
        }
    }

    private var words: RequestPage.Words {
        let place = place
        return RequestPage.Words(
            requests: "\(place)/merge_requests", comments: { "\(place)/merge_requests/\($0)/notes" },
            comment: { "\(place)/merge_requests/\($0)/notes/\($1)" }, number: "iid", branch: "source_branch",
            base: "target_branch", body: "description", author: "author.username", commentAuthor: "author.username",
            change: "PUT", closing: ["state_event": "close"], taken: 409, pages: [("sort", "asc"), ("per_page", "100")])
    }

    /// Words that GitLab has for "ask again soon". A word that is not known here means "not yet", too.
    static let undecided: Set = ["unchecked", "checking", "preparing", "approvals_syncing"]

    private func merge(
        _ request: PullRequest, _ head: ObjectID, _ title: String, _ message: String, _ api: ForgeAPI
    ) async throws -> PullRequest {
        let path = "\(place)/merge_requests/\(request.number)"
        for attempt in 0..<patience.attempts {
            let word = try await api.get(path)["detailed_merge_status"]?.string ?? "mergeable"
            if word == "mergeable" { break }
            guard Self.undecided.contains(word) else {
                throw ForgeFailure(
                    .unmergeable, "\(request.url): GitLab does not merge it yet: \(Excerpt.line(word))", .retry)
            }
            try await patience.pause(patience.backOff(after: attempt))
        }
        let text = "\(title)\n\n\(message)"
        let wish: [(String, JSON)] = [
            ("sha", .string(head.description)), ("squash", .bool(squash)),
            (squash ? "squash_commit_message" : "merge_commit_message", .string(text)),
        ]
        var record = try await api.send("PUT", "\(path)/merge", .object(wish), again: false).record()
        // The commit may come later than the answer.
        for attempt in 0..<patience.attempts where Self.mergeCommit(record) == nil {
            try await patience.pause(patience.backOff(after: attempt))
            record = try await api.get(path)
        }
        return try Self.pullRequest(record)
    }

    // MARK: Statuses

    private func showStatuses(_ picture: RequestPicture, _ api: ForgeAPI) async throws {
        let missing = try await missing(picture, api)
        for status in missing {
            let answer = try await api.send("POST", "\(place)/statuses/\(picture.head)", Self.json(status))
            // 400 also says that it is in that state already.
            if answer.status == 400, try await !self.missing(picture, api).contains(where: { $0.name == status.name }) {
                continue
            }
            try answer.check()
        }
    }

    private func missing(_ picture: RequestPicture, _ api: ForgeAPI) async throws -> [RequestPicture.Status] {
        guard !picture.statuses.isEmpty else { return [] }
        let path = "\(place)/repository/commits/\(picture.head)/statuses"
        let shown = try await api.list(path, [("per_page", "100")]).map {
            StatusLine.Shown(
                name: $0["name"]?.string ?? "", state: $0["status"]?.string ?? "",
                summary: $0["description"]?.string ?? "")
        }
        return StatusLine.missing(picture.statuses, among: shown, word: Self.word)
    }

    private static func word(_ state: RequestPicture.Status.State) -> String {
        switch state {
        case .pending: "pending"
        case .success: "success"
        case .failure, .error: "failed"
        }
    }

    private static func json(_ status: RequestPicture.Status) -> JSON {
        let link = status.url.map { [("target_url", JSON.string($0))] } ?? []
        return .object(
            [
                ("state", .string(word(status.state))), ("name", .string(status.name)),
                ("description", .string(StatusLine.text(status.summary))),
            ] + link)
    }

    // MARK: Reading

    private static func isOwn(_ record: ForgeRecord) -> Bool {
        record["source_project_id"]?.int != nil
            && record["source_project_id"]?.int == record["target_project_id"]?.int
    }

    static func pullRequest(_ record: ForgeRecord) throws -> PullRequest {
        let state: PullRequest.State =
            switch try record.text("state") {
            case "merged": .merged
            case "closed": .closed
            default: .open
            }
        return PullRequest(
            number: try record.number("iid"), url: try record.text("web_url"), branch: try record.text("source_branch"),
            base: try record.text("target_branch"),
            // It forgets the head of some that are over.
            head: state == .open ? try record.commit("sha") : record["sha"]?.string.flatMap { ObjectID($0) } ?? .zero,
            reference: "refs/merge-requests/\(try record.number("iid"))/head", isFork: !isOwn(record),
            author: record["author.username"]?.string ?? "", title: try record.text("title"), state: state,
            merged: state == .merged ? mergeCommit(record) : nil,
            labels: (record["labels"]?.array ?? []).compactMap(\.string))
    }

    private static func mergeCommit(_ record: ForgeRecord) -> ObjectID? {
        (record["merge_commit_sha"] ?? record["squash_commit_sha"])?.string.flatMap { ObjectID($0) }
    }

    // MARK: Access

    private var place: String { "/projects/\(Paging.segment(account.repository))" }

    private func api(_ tools: Tools) throws -> ForgeAPI {
        let token = try account.readToken(tools)
        return ForgeAPI(
            base: account.url, headers: ["Accept": "application/json", "Authorization": "Bearer \(token)"],
            secrets: [token], tools: tools, memory: memory, patience: patience)
    }

    private func login(_ api: ForgeAPI) async throws -> String {
        if let login = account.login { return login }
        return try await memory.fact("login") { try await api.get("/user").text("username") }
    }
}
