public import Domain

/// GitHub, and GitHub Enterprise Server.
///
///     forge: {kind: github, repository: acme/models, token: {env: GITHUB_TOKEN}}
///     forge: {kind: github, repository: acme/models, app: {id: Iv23li…, key: {file: /run/secrets/app.pem}}}
///
/// REST API version 2022-11-28; nothing is read that version 2026-03-10 drops. A token sets commit statuses, an app check runs.
public struct GitHub: Forge {
    public static let kind = "github"
    public static let summary = "shows requests as pull requests on GitHub, by a token or as a GitHub App"

    let account: ForgeAccount
    let app: GitHubApp?
    let method: Method
    let memory = ForgeMemory()
    var patience = Patience()

    enum Method: String, FieldChoice { case merge, squash, rebase }

    public init(_ fields: Fields) throws(FieldErrors) {
        account = try ForgeAccount(
            fields, url: "https://api.github.com", example: "https://github.example.com/api/v3", address: Self.address)
        app = fields.optional("app", "the GitHub App to act as, in place of a token")
        method = fields.value("method", default: .merge, "how GitHub merges where forge.merge is 'forge'")
        if app == nil, account.token == nil {
            fields.complain(about: "token", "give a token or an app", hint: "token: {env: GITHUB_TOKEN}")
        }
        if app != nil, account.token != nil { fields.complain(about: "app", "give 'token' or 'app', not both") }
    }

    public func look(for query: PullRequestQuery, using tools: Tools) async throws -> [PullRequest] {
        let api = try await api(tools)
        let open = try await api.list("\(place)/pulls", [("state", "open"), ("base", query.base), ("per_page", "100")])
        return try await api.pullRequests(query, among: open, at: "\(place)/pulls", read: Self.pullRequest) {
            try await api.list("\(place)/pulls/\($1.number)/reviews", [("per_page", "100")]).compactMap(Self.review)
        }
    }

    public func show(_ presentation: RequestPresentation, using tools: Tools) async throws -> PullRequest? {
        if let known = await memory.result(of: presentation, at: tools.now()) { return known }
        let api = try await api(tools)
        let page = try await presentation.showPage { try await show($0, of: presentation, api) }
        try await showStatuses(presentation, api)
        var request = try page.get()
        if case .merge(let title, let message) = presentation.page?.wish, let open = request, open.state == .open {
            request = try await merge(open, presentation.head, title, message, api)
        }
        if presentation.page?.wish ?? .open == .open { await memory.keep(request, of: presentation, at: tools.now()) }
        return request
    }

    // MARK: The pull request

    private func show(_ page: RequestPresentation.Page, of presentation: RequestPresentation, _ api: ForgeAPI)
        async throws
        -> PullRequest?
    {
        let me = try await login(api)
        let pages = RequestPage(
            words: words, api: api, presentation: presentation, me: me,
            find: { try await find("open", presentation, api).first },
            findEnded: { try await find("closed", presentation, api, pages: 1) })
        return try await pages.show(page).map { try Self.pullRequest($0) }
    }

    private func find(_ state: String, _ presentation: RequestPresentation, _ api: ForgeAPI, pages: Int? = nil)
        async throws
        -> [ForgeRecord]
    {
        let query = [
            ("state", state), ("head", "\(account.owner):\(presentation.branch)"), ("base", presentation.base),
            ("per_page", "100"),
        ]
        return try await api.list("\(place)/pulls", query, pages: pages).filter {
            Self.isOwn($0) && $0["head.ref"]?.string?.hasBytes(of: presentation.branch) == true
                && $0["base.ref"]?.string == presentation.base
        }
    }

    private var words: RequestPage.Words {
        let place = place
        return RequestPage.Words(
            requests: "\(place)/pulls", comments: { "\(place)/issues/\($0)/comments" },
            comment: { "\(place)/issues/comments/\($1)" }, number: "number", branch: "head", base: "base", body: "body",
            author: "user.login", head: "head.sha", commentAuthor: "user.login", change: "PATCH",
            closing: ["state": "closed"],
            taken: 422, pages: [("per_page", "100")])
    }

    /// GitHub computes whether it can be merged after it was asked: `mergeable` is null until then.
    private func merge(
        _ request: PullRequest, _ head: ObjectID, _ title: String, _ message: String, _ api: ForgeAPI
    ) async throws -> PullRequest {
        let path = "\(place)/pulls/\(request.number)"
        for attempt in 0..<patience.attempts {
            let now = try await api.get(path)
            if now["mergeable"]?.bool == false {
                throw ForgeFailure(.unmergeable, "\(request.url): it conflicts with \(request.base)", .askHuman)
            }
            if now["mergeable"] != nil { break }
            try await patience.pause(patience.backOff(after: attempt))
        }
        let wish: JSON = [
            "sha": .string(head.description), "merge_method": .string(method.rawValue), "commit_title": .string(title),
            "commit_message": .string(message),
        ]
        let answer = try await api.send("PUT", "\(path)/merge", wish, again: false)
        if answer.status == 405,
            let obstacle = await GitHubMergeRules(place: place, api: api).obstacle(to: method, request)
        {
            throw ForgeFailure(.unmergeable, "\(request.url): \(obstacle)", .askHuman)
        }
        var merged = request
        merged.state = .merged
        merged.merged = try answer.record().commit("sha")
        return merged
    }

    // MARK: Statuses

    private func showStatuses(_ presentation: RequestPresentation, _ api: ForgeAPI) async throws {
        guard !presentation.statuses.isEmpty else { return }
        let commit = "\(place)/commits/\(presentation.head)"
        if let app {
            // What is "latest" goes by when runs ended, and says nothing of those that have not.
            let runs = try await api.list(
                "\(commit)/check-runs", [("filter", "all"), ("per_page", "100")], under: "check_runs")
            for call in try GitHubCheckRun.changes(presentation, among: runs, app: app.id) {
                try await api.send(
                    call.method, "\(place)/check-runs\(call.path)", call.body, again: call.method == "PATCH"
                ).check()
            }
            return
        }
        let shown = try await api.list("\(commit)/status", [("per_page", "100")], under: "statuses").map(Self.shown)
        for status in StatusLine.missing(presentation.statuses, among: shown, word: \.rawValue) {
            try await api.send("POST", "\(place)/statuses/\(presentation.head)", StatusLine.json(status)).check()
        }
    }

    static func shown(_ record: ForgeRecord) -> StatusLine.Shown {
        StatusLine.Shown(record, name: "context", state: "state")
    }

    // MARK: Reading

    /// A fork may have a branch of the same name.
    private static func isOwn(_ record: ForgeRecord) -> Bool {
        record["head.repo.id"]?.int != nil && record["head.repo.id"]?.int == record["base.repo.id"]?.int
    }

    static func pullRequest(_ record: ForgeRecord) throws -> PullRequest {
        let isOpen = try record.text("state") == "open"
        return PullRequest(
            number: try record.number("number"), url: try record.text("html_url"), branch: try record.text("head.ref"),
            base: try record.text("base.ref"), head: try record.commit("head.sha"),
            reference: "refs/pull/\(try record.number("number"))/head", isFork: !isOwn(record),
            author: record["user.login"]?.string ?? "", title: try record.text("title"),
            state: isOpen ? .open : record["merged_at"] == nil ? .closed : .merged,
            labels: record.records("labels").compactMap { $0["name"]?.string },
            isDraft: record["draft"]?.bool == true)
    }

    /// Not by `author_association`: of members who do not show that they are, it tells an app nothing. The words are in upper case here and in lower case in webhooks.
    static func review(_ record: ForgeRecord) -> PullRequest.Review? {
        guard let person = record["user.login"]?.string, let word = record["state"]?.string else { return nil }
        let opinion: PullRequest.Review.Opinion =
            switch word.uppercased() {
            case "APPROVED": .approves
            case "CHANGES_REQUESTED": .objects
            case "DISMISSED": .withdrawn
            default: .comments
            }
        return PullRequest.Review(
            person, opinion, of: record["commit_id"]?.string.flatMap { ObjectID($0) }, at: record.time("submitted_at"))
    }

    // MARK: Access

    /// Where the API is, where the address of the site was given: GitHub has it on a host of its own, an Enterprise Server at a path.
    private static func address(_ url: String) -> String {
        let parts = url.pathParts(most: 4)
        guard parts.count == 2, parts[0].hasSuffix(":"), let host = parts.last?.lowercased(), !host.hasPrefix("api.")
        else { return url }
        if ["github.com", "www.github.com"].contains(host) { return "https://api.github.com" }
        return host.hasSuffix(".ghe.com") ? "\(parts[0])//api.\(host)" : "\(url)/api/v3"
    }

    private var place: String { "/repos/\(account.path)" }

    static let headers = ["Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"]

    private func api(_ tools: Tools) async throws -> ForgeAPI {
        let token = try await app?.token(for: account, patience, memory, tools) ?? account.readToken(tools)
        return ForgeAPI(
            base: account.url, headers: Self.headers.merging(["Authorization": "Bearer \(token)"]) { $1 },
            secrets: [token], tools: tools, memory: memory, patience: patience,
            // "Best practices for using the REST API": a second between many requests that write.
            writePause: .seconds(1))
    }

    private func login(_ api: ForgeAPI) async throws -> String {
        if account.login == nil, let app { return try await app.login(account, patience, memory, api.tools) }
        return try await account.login(api, field: "login")
    }
}
