public import Domain

/// GitLab, hosted or one's own.
///
///     forge: {kind: gitlab, repository: acme/ml/models, token: {env: GITLAB_TOKEN}}
///
/// GitLab does not say which commit an approval is of. One counts only if it was given after the head was pushed (`approved_at`, which
/// GitLab tells since 2025), or if the project takes approvals back at every push, has no such work left, and lets the token see that
/// setting, which paid editions alone have.
public struct GitLab: Forge {
    public static let kind = "gitlab"
    public static let summary = "shows requests as merge requests on GitLab"

    let account: ForgeAccount
    let squash: Bool
    let memory = ForgeMemory()
    var patience = Patience()

    public init(_ fields: Fields) throws(FieldErrors) {
        account = try ForgeAccount(
            fields, url: "https://gitlab.com/api/v4", example: "https://gitlab.example.com/api/v4", mostParts: nil,
            address: { ForgeAccount.address($0, at: "/api/v4") })
        if account.token == nil { fields.complain(about: "token", "give one", hint: "token: {env: GITLAB_TOKEN}") }
        squash = fields.value("squash", default: false, "whether GitLab squashes where forge.merge is 'forge'")
    }

    public func look(for query: PullRequestQuery, using tools: Tools) async throws -> [PullRequest] {
        let api = try api(tools)
        let path = "\(place)/merge_requests"
        let open = try await api.list(
            path, [("state", "opened"), ("target_branch", query.base), ("per_page", "100")])
        let pipelines = open.isEmpty ? GitLabPipelines(place: place, api: api) : try await .newest(at: place, api)
        return try await api.pullRequests(
            query, among: open, at: path, number: "iid",
            read: { record in
                var request = try Self.pullRequest(record)
                if request.state == .open { request.pipeline = try await pipelines.pipeline(of: request) }
                return request
            },
            reviews: { try await GitLabReviews(place: place, api: api).reviews(of: $0, head: $1.head) })
    }

    public func show(_ presentation: RequestPresentation, using tools: Tools) async throws -> PullRequest? {
        if let known = await memory.result(of: presentation, at: tools.now()) { return known }
        let api = try api(tools)
        let page = try await presentation.showPage { try await show($0, of: presentation, api) }
        let pipeline = try await showStatuses(presentation, on: try? page.get(), api)
        var request = try page.get()
        if case .merge(let title, let message) = presentation.page?.wish, let open = request, open.state == .open {
            request = try await merge(open, presentation.head, title, message, api)
        }
        if presentation.page?.wish ?? .open == .open {
            // A pipeline that begins later has to have the statuses, too.
            let time: Duration = request == nil || pipeline != nil ? .seconds(3600) : .seconds(300)
            await memory.keep(request, of: presentation, at: tools.now(), for: time)
        }
        return request
    }

    // MARK: The merge request

    private func show(_ page: RequestPresentation.Page, of presentation: RequestPresentation, _ api: ForgeAPI)
        async throws
        -> PullRequest?
    {
        let me = try await login(api)
        let pages = RequestPage(
            words: words, api: api, presentation: presentation, me: me,
            find: { try await find("opened", presentation, api).first },
            findEnded: {
                try await find("all", presentation, api, pages: 1).filter { $0["state"]?.string != "opened" }
            })
        return try await pages.show(page).map { try Self.pullRequest($0) }
    }

    private func find(_ state: String, _ presentation: RequestPresentation, _ api: ForgeAPI, pages: Int? = nil)
        async throws
        -> [ForgeRecord]
    {
        let query = [
            ("state", state), ("source_branch", presentation.branch), ("target_branch", presentation.base),
            ("per_page", "100"),
        ]
        return try await api.list("\(place)/merge_requests", query, pages: pages).filter {
            Self.isOwn($0) && $0["source_branch"]?.string?.hasBytes(of: presentation.branch) == true
                && $0["target_branch"]?.string == presentation.base
        }
    }

    private var words: RequestPage.Words {
        let place = place
        return RequestPage.Words(
            requests: "\(place)/merge_requests", comments: { "\(place)/merge_requests/\($0)/notes" },
            comment: { "\(place)/merge_requests/\($0)/notes/\($1)" }, number: "iid", branch: "source_branch",
            base: "target_branch", body: "description", author: "author.username", head: "sha",
            commentAuthor: "author.username",
            change: "PUT", closing: ["state_event": "close"], taken: 409,
            pages: [("sort", "asc"), ("per_page", "100")],
            draft: ["draft:", "[draft]", "(draft)"])
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
        let answer = try await api.send("PUT", "\(path)/merge", .object(wish), again: false)
        // 401 is its word for "not allowed" here; a token that it does not know it would not have let in above.
        if [401, 406, 422].contains(answer.status) {
            let words = answer.message.map { ": \($0)" } ?? ""
            throw ForgeFailure(.unmergeable, "\(request.url): GitLab cannot merge it\(words)", .retry)
        }
        var record = try answer.record()
        // The commit may come later than the answer.
        for attempt in 0..<patience.attempts where Self.mergeCommit(record) == nil {
            try await patience.pause(patience.backOff(after: attempt))
            record = try await api.get(path)
        }
        return try Self.pullRequest(record)
    }

    // MARK: Statuses

    /// Returns the pipeline that has them.
    private func showStatuses(_ presentation: RequestPresentation, on request: PullRequest?, _ api: ForgeAPI)
        async throws
        -> PullRequest.Pipeline?
    {
        guard !presentation.statuses.isEmpty else { return nil }
        var pipeline = presentation.pipeline
        if pipeline == nil, let request {
            pipeline = try await GitLabPipelines(place: place, api: api).pipeline(
                awaitedBy: request, at: presentation.head)
        }
        do {
            try await send(presentation, into: pipeline, api)
        } catch let failure as ForgeFailure
            where pipeline != nil && [.forbidden, .missing].contains(failure.reason)
        {
            // It is gone, or nothing for this token to change: at least the commit has them.
            try await send(presentation, into: nil, api)
            if failure.reason == .forbidden { throw failure }
        }
        return pipeline
    }

    private func send(
        _ presentation: RequestPresentation, into pipeline: PullRequest.Pipeline?, _ api: ForgeAPI
    ) async throws {
        let commit = pipeline?.commit ?? presentation.head
        let shown = try await statuses(of: commit, in: pipeline, api)
        for status in StatusLine.missing(presentation.statuses, among: shown, word: Self.word) {
            let answer = try await api.send(
                "POST", "\(place)/statuses/\(commit)", Self.json(status, of: presentation, in: pipeline))
            switch answer.status {
            // It is in that state already, and GitLab keeps the words that it has ("Cannot transition status via :enqueue").
            case 400
            where try await statuses(of: commit, in: pipeline, api).contains(where: {
                $0.name == status.name && $0.state == Self.word(status.state)
            }): continue
            default: try answer.check()
            }
        }
    }

    private func statuses(of commit: ObjectID, in pipeline: PullRequest.Pipeline?, _ api: ForgeAPI) async throws
        -> [StatusLine.Shown]
    {
        let one = pipeline.map { [("pipeline_id", "\($0.number)")] } ?? []
        return try await api.list(
            "\(place)/repository/commits/\(commit)/statuses", [("per_page", "100")] + one
        ).map(Self.shown)
    }

    static func shown(_ record: ForgeRecord) -> StatusLine.Shown {
        StatusLine.Shown(record, name: "name", state: "status")
    }

    private static func word(_ state: RequestPresentation.Status.State) -> String {
        switch state {
        case .pending: "pending"
        case .success: "success"
        case .failure, .error: "failed"
        }
    }

    /// Without the pipeline's number and reference GitLab looks for one of the branch, and takes none that runs for merge requests: the
    /// status would be in a pipeline that nobody waits for.
    private static func json(
        _ status: RequestPresentation.Status, of presentation: RequestPresentation, in pipeline: PullRequest.Pipeline?
    ) -> JSON {
        let reference = pipeline == nil ? presentation.reference : pipeline?.reference
        let more = [
            pipeline.map { ("pipeline_id", JSON.int($0.number)) }, reference.map { ("ref", .string($0)) },
            status.url.map { ("target_url", .string($0)) },
        ]
        return .object(
            [
                ("state", .string(word(status.state))), ("name", .string(status.name)),
                ("description", .string(StatusLine.text(status.summary))),
            ] + more.compactMap(\.self))
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
        // It knows the head of a new one only after a while, and forgets that of some that are over.
        let head = record["sha"]?.string.flatMap { ObjectID($0) }
        var request = PullRequest(
            number: try record.number("iid"), url: try record.text("web_url"), branch: try record.text("source_branch"),
            base: try record.text("target_branch"), head: head ?? .zero,
            reference: "refs/merge-requests/\(try record.number("iid"))/head", isFork: !isOwn(record),
            author: record["author.username"]?.string ?? "", title: try record.text("title"), state: state,
            merged: state == .merged ? mergeCommit(record) : nil,
            labels: (record["labels"]?.array ?? []).compactMap(\.string),
            isDraft: (record["draft"] ?? record["work_in_progress"])?.bool == true)
        if state == .open, head == nil { request.gap = "GitLab has not said yet which commit \(request.url) proposes" }
        return request
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
        try await account.login(api, field: "username")
    }
}
