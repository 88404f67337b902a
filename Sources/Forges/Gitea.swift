public import Domain

/// Gitea and Forgejo.
///
///     forge: {kind: gitea, url: https://codeberg.org/api/v1, repository: acme/models, token: {env: GITEA_TOKEN}}
public struct Gitea: Forge {
    public static let kind = "gitea"
    public static let summary = "shows requests as pull requests on Gitea or Forgejo"

    let account: ForgeAccount
    let method: Method
    let memory = ForgeMemory()
    var patience = Patience()

    enum Method: String, FieldChoice {
        case merge, squash, rebase
        case rebaseMerge = "rebase-merge"
        case fastForwardOnly = "fast-forward-only"
    }

    public init(_ fields: Fields) throws(FieldErrors) {
        account = try ForgeAccount(
            fields, url: nil, example: "https://codeberg.org/api/v1",
            address: { ForgeAccount.address($0, at: "/api/v1") })
        method = fields.value("method", default: .merge, "how the forge merges where forge.merge is 'forge'")
    }

    public func look(for query: PullRequestQuery, using tools: Tools) async throws -> [PullRequest] {
        let api = try api(tools)
        let open = try await open(into: query.base, api)
        return try await api.pullRequests(
            query, among: open, at: "\(place)/pulls", read: { try await withLastHead(Self.pullRequest($0), api) }
        ) {
            try await api.list("\(place)/pulls/\($1.number)/reviews", Self.page).compactMap(Self.review)
        }
    }

    public func show(_ presentation: RequestPresentation, using tools: Tools) async throws -> PullRequest? {
        if let known = await memory.result(of: presentation, at: tools.now()) { return known }
        let api = try api(tools)
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
            find: { try await find(page, presentation, api) },
            findEnded: { try await ended(presentation, api) })
        return try await pages.show(page).map { try Self.pullRequest($0) }
    }

    /// By its number where that is known: a list has all requests of the repository.
    private func find(_ page: RequestPresentation.Page, _ presentation: RequestPresentation, _ api: ForgeAPI)
        async throws
        -> ForgeRecord?
    {
        if let number = page.number, let known = try await api.find("\(place)/pulls/\(number)"),
            known["state"]?.string == "open", Self.isOf(presentation, known)
        {
            return known
        }
        return try await open(into: presentation.base, api).first { Self.isOf(presentation, $0) }
    }

    private func ended(_ presentation: RequestPresentation, _ api: ForgeAPI) async throws -> [ForgeRecord] {
        let query = [("state", "closed"), ("sort", "recentupdate")] + Self.page
        let ended = try await api.list("\(place)/pulls", query, pages: 1).filter { Self.isOf(presentation, $0) }
        for record in ended.prefix(5) where try await lastHead(of: record.number("number"), api) == presentation.head {
            return [record]
        }
        return []
    }

    /// Of a request that is over, the forge tells where a branch of that name is now, though it may be another one.
    private func withLastHead(_ request: PullRequest, _ api: ForgeAPI) async throws -> PullRequest {
        guard request.state != .open, !request.isFork else { return request }
        var request = request
        request.head = try await lastHead(of: request.number, api) ?? .zero
        return request
    }

    private func lastHead(of number: Int, _ api: ForgeAPI) async throws -> ObjectID? {
        guard let answer = try await api.find("\(place)/git/refs/pull/\(number)/head") else { return nil }
        // A name may be the beginning of others: then it is a list.
        let list = answer.json.array.map { $0.map { ForgeRecord(json: $0, request: answer.request) } } ?? [answer]
        return try list.first { $0["ref"]?.string == "refs/pull/\(number)/head" }?.commit("object.sha")
    }

    private static func isOf(_ presentation: RequestPresentation, _ record: ForgeRecord) -> Bool {
        isOwn(record) && record["head.ref"]?.string?.hasBytes(of: presentation.branch) == true
            && record["base.ref"]?.string == presentation.base
    }

    /// There is no filter by branch that all versions have.
    private func open(into base: String, _ api: ForgeAPI) async throws -> [ForgeRecord] {
        try await api.list("\(place)/pulls", [("state", "open")] + Self.page).filter {
            $0["base.ref"]?.string == base
        }
    }

    private var words: RequestPage.Words {
        let place = place
        return RequestPage.Words(
            requests: "\(place)/pulls", comments: { "\(place)/issues/\($0)/comments" },
            comment: { "\(place)/issues/comments/\($1)" }, number: "number", branch: "head", base: "base", body: "body",
            author: "user.login", head: "head.sha", commentAuthor: "user.login", change: "PATCH",
            closing: ["state": "closed"],
            taken: 409, pages: [], draft: Self.draftMarks)
    }

    /// The answer has no body, so the merge commit is asked for. `mergeable` is false while it is being found out, too.
    private func merge(
        _ request: PullRequest, _ head: ObjectID, _ title: String, _ message: String, _ api: ForgeAPI
    ) async throws -> PullRequest {
        let path = "\(place)/pulls/\(request.number)"
        for attempt in 0..<patience.attempts {
            if try await api.get(path)["mergeable"]?.bool == true { break }
            try await patience.pause(patience.backOff(after: attempt))
        }
        // Newer versions call the fields do, merge_title_field …, and read these too; Forgejo and older ones know only these.
        let wish: JSON = [
            "Do": .string(method.rawValue), "head_commit_id": .string(head.description),
            "MergeTitleField": .string(title),
            "MergeMessageField": .string(message),
        ]
        try await api.send("POST", "\(path)/merge", wish, again: false).check()
        return try Self.pullRequest(try await api.get(path))
    }

    // MARK: Statuses

    private func showStatuses(_ presentation: RequestPresentation, _ api: ForgeAPI) async throws {
        guard !presentation.statuses.isEmpty else { return }
        var newest: [String: (id: Int, shown: StatusLine.Shown)] = [:]
        for record in try await api.list("\(place)/statuses/\(presentation.head)", Self.page) {
            let id = try record.number("id"), shown = Self.shown(record)
            if newest[shown.name].map({ $0.id < id }) ?? true { newest[shown.name] = (id, shown) }
        }
        for status in StatusLine.missing(presentation.statuses, among: newest.values.map(\.shown), word: \.rawValue) {
            try await api.send("POST", "\(place)/statuses/\(presentation.head)", StatusLine.json(status)).check()
        }
    }

    /// Written as `state`, read as `status`.
    static func shown(_ record: ForgeRecord) -> StatusLine.Shown {
        StatusLine.Shown(record, name: "context", state: "status")
    }

    // MARK: Reading

    private static func isOwn(_ record: ForgeRecord) -> Bool {
        record["head.repo_id"]?.int != nil && record["head.repo_id"]?.int == record["base.repo_id"]?.int
    }

    static func pullRequest(_ record: ForgeRecord) throws -> PullRequest {
        let isMerged = record["merged"]?.bool == true
        let isOpen = try record.text("state") == "open"
        // It is empty where Gitea cannot find the branch.
        let head = record["head.sha"]?.string == "" ? .zero : try record.commit("head.sha")
        var request = PullRequest(
            number: try record.number("number"), url: try record.text("html_url"), branch: try record.text("head.ref"),
            base: try record.text("base.ref"), head: head,
            reference: "refs/pull/\(try record.number("number"))/head", isFork: !isOwn(record),
            author: record["user.login"]?.string ?? "", title: try record.text("title"),
            state: isMerged ? .merged : isOpen ? .open : .closed,
            merged: isMerged ? record["merge_commit_sha"]?.string.flatMap { ObjectID($0) } : nil,
            labels: record.records("labels").compactMap { $0["name"]?.string }, isDraft: isDraft(record))
        if isOpen, head == .zero { request.gap = "the forge cannot find the branch of \(request.url)" }
        return request
    }

    /// Versions that do not say so know a draft by its title alone.
    private static func isDraft(_ record: ForgeRecord) -> Bool {
        let title = record["title"]?.string?.lowercased() ?? ""
        return record["draft"]?.bool ?? draftMarks.contains { title.hasPrefix($0) }
    }

    private static let draftMarks = ["wip:", "[wip]"]

    /// One that the forge calls stale counts for no commit.
    static func review(_ record: ForgeRecord) -> PullRequest.Review? {
        guard let person = record["user.login"]?.string, let word = record["state"]?.string else { return nil }
        let isDismissed = record["dismissed"]?.bool == true
        let opinion: PullRequest.Review.Opinion =
            switch word.uppercased() {
            case "APPROVED": isDismissed ? .withdrawn : .approves
            case "REQUEST_CHANGES": isDismissed ? .withdrawn : .objects
            default: .comments
            }
        let commit = record["stale"]?.bool == true ? nil : record["commit_id"]?.string.flatMap { ObjectID($0) }
        return PullRequest.Review(person, opinion, of: commit, at: record.time("submitted_at"))
    }

    // MARK: Access

    /// Some lists take a limit only beside a page.
    private static let page = [("page", "1"), ("limit", "50")]

    private var place: String { "/repos/\(account.path)" }

    private func api(_ tools: Tools) throws -> ForgeAPI {
        let token = try account.readToken(tools)
        return ForgeAPI(
            base: account.url, headers: ["Accept": "application/json", "Authorization": "token \(token)"],
            secrets: [token],
            tools: tools, memory: memory, patience: patience)
    }

    private func login(_ api: ForgeAPI) async throws -> String {
        try await account.login(api, field: "login")
    }
}
