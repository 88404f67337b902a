import Domain

/// Speaks JSON over HTTP with one forge: paging, limits, repeats, and answers that have not changed.
struct ForgeAPI: Sendable {
    /// No list that Martlet reads is longer; a forge that says otherwise goes round in circles.
    private static let pageLimit = 100

    let base: String
    let headers: [String: String]
    /// What no message may hold.
    let secrets: [String]
    let tools: Tools
    let memory: ForgeMemory
    let patience: Patience
    /// How far writes lie apart after the first few.
    var writePause = Duration.zero

    /// The object at `path`.
    func get(_ path: String, _ query: [(String, String)] = []) async throws -> ForgeRecord {
        try await answer("GET", path, query).record()
    }

    /// The object at `path`; `nil` where there is none, or where one of these other statuses says that it is not to be seen.
    func find(_ path: String, or statuses: Set<Int> = []) async throws -> ForgeRecord? {
        let answer = try await answer("GET", path)
        return answer.status == 404 || statuses.contains(answer.status) ? nil : try answer.record()
    }

    /// All objects of a list, page by page; those under `key` where each page is an object.
    ///
    /// - Parameter most: How many pages are wanted, where the first ones are enough.
    func list(
        _ path: String, _ query: [(String, String)] = [], under key: String? = nil, pages most: Int? = nil
    ) async throws -> [ForgeRecord] {
        var found: [ForgeRecord] = []
        var query = query
        for number in 1...(most ?? Self.pageLimit) {
            let answer = try await answer("GET", path, query)
            let page = try answer.record()
            guard let items = (key.map { page[$0] } ?? page.json)?.array else {
                throw ForgeFailure(.unreadable, "\(page.request): the answer is no list", .askHuman)
            }
            found += items.map { ForgeRecord(json: $0, request: page.request) }
            let next = try Paging.next(
                after: answer.reply.headers, query, page: number, found: found.count, isEmpty: items.isEmpty)
            guard let next else {
                // What comes onto a page behind this one does not change this one, so that its tag would hide it.
                let size = query.first { $0.0 == "per_page" || $0.0 == "limit" }.flatMap { Int($0.1) }
                if size.map({ items.count >= $0 }) ?? true { await memory.forget(base + path + Paging.text(query)) }
                return found
            }
            query = next
        }
        if most != nil { return found }
        throw ForgeFailure(
            .unreadable, "GET \(path): the list has more than \(Self.pageLimit) pages", .askHuman)
    }

    /// Sends `body`. `again` says that doing it twice is the same as once, so that it may be repeated when no answer came.
    func send(_ method: String, _ path: String, _ body: JSON = .empty, again: Bool = true) async throws -> ForgeAnswer {
        try await answer(method, path, [], body: body, again: again)
    }

    private func answer(
        _ method: String, _ path: String, _ query: [(String, String)] = [], body: JSON? = nil, again: Bool = true
    ) async throws -> ForgeAnswer {
        let url = base + path + Paging.text(query)
        var call = Tools.Call(method, url, headers: headers, body: body.map { Array($0.text().utf8) } ?? [])
        if body != nil { call.headers["Content-Type"] = "application/json" }
        let known = method == "GET" ? await memory.reply(to: url) : nil
        if method != "GET" {
            let pause = await memory.pauseBeforeWriting(at: tools.now(), apart: writePause)
            if pause > .zero { try await patience.pause(pause) }
        }
        call.headers["If-None-Match"] = known?.headers["etag"]
        let reply = try await reply(to: call, "\(method) \(path)", again: again)
        if reply.status == 304, let known {
            let headers = known.headers.merging(reply.headers.filter { $0.key != "content-length" }) { $1 }
            return ForgeAnswer(
                reply: Tools.Reply(status: known.status, headers: headers, body: known.body),
                request: "\(method) \(path)", secrets: secrets)
        }
        if reply.status == 200, method == "GET" { await memory.keep(reply, to: url) }
        if reply.status == 401 { await memory.forgetTokens() }
        return ForgeAnswer(reply: reply, request: "\(method) \(path)", secrets: secrets)
    }

    /// Repeats while the forge is busy or away, a few times.
    private func reply(to call: Tools.Call, _ request: String, again: Bool) async throws -> Tools.Reply {
        for attempt in 0... {
            let isLast = attempt + 1 >= patience.attempts
            let wait: Duration
            do {
                let reply = try await tools.send(call)
                if let limit = Patience.limit(reply, now: tools.now()) {
                    guard !isLast, limit <= patience.longest else {
                        throw ForgeFailure(
                            .limited,
                            "\(request): the forge answered \(reply.status) and wants to be left alone for \(limit.text)",
                            .wait(limit))
                    }
                    wait = limit
                } else {
                    guard [500, 502, 503, 504].contains(reply.status) else { return reply }
                    guard again, !isLast else {
                        throw ForgeFailure(.unreachable, "\(request): the forge answered \(reply.status)", .retry)
                    }
                    wait = patience.backOff(after: attempt)
                }
            } catch let failure as ForgeFailure {
                throw failure
            } catch let failure as any Failure {
                guard failure.remedy == .retry, again, !isLast else {
                    throw ForgeFailure(.unreachable, "\(request): \(failure)".hiding(secrets), failure.remedy)
                }
                wait = patience.backOff(after: attempt)
            }
            try await patience.pause(wait)
        }
        throw ForgeFailure(.unreachable, "\(request): no answer", .retry)
    }
}
