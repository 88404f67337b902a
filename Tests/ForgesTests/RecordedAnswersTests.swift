import Domain
import Foundation
import Testing

@testable import Forges

/// Answers that real forges gave; `Recorded/README.md` says whence they are.
struct RecordedAnswersTests {
    private static func json(_ name: String) throws -> JSON {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recorded/\(name).json")
        return try JSON(parsing: Array(Data(contentsOf: file)))
    }

    private func answers(_ forge: String) throws -> [ForgeRecord] {
        try #require(try Self.json("pull-requests")[forge]?.array).map {
            ForgeRecord(json: $0["answer"] ?? .null, request: "GET recorded")
        }
    }

    struct Recorded: CustomTestStringConvertible {
        let kind: String
        let json: JSON

        var method: String { json["method"]?.string ?? "" }
        var path: String { json["path"]?.string ?? "" }
        var status: Int { json["status"]?.int ?? 0 }
        var isGood: Bool { (200..<300).contains(status) }
        var request: String { "\(method) \(path)" }
        var testDescription: String { "\(kind): \(status) to \(request)" }

        var answer: ForgeAnswer {
            let headers = (json["headers"]?.members ?? []).map { ($0.key, $0.value.string ?? "") }
            return ForgeAnswer(
                reply: Tools.Reply(
                    status: status, headers: Dictionary(headers) { $1 },
                    body: Array((json["answer"] ?? .null).text().utf8)), request: request, secrets: [])
        }

        /// The items of a list, or the one object.
        var records: [ForgeRecord] {
            get throws {
                let record = try answer.record()
                let list = record.json.array ?? (record["statuses"] ?? record["check_runs"])?.array
                return list.map { $0.map { ForgeRecord(json: $0, request: request) } } ?? [record]
            }
        }

        static let all: [Recorded] = ["github", "gitlab", "forgejo"].flatMap { name in
            ((try? RecordedAnswersTests.json(name))?.array ?? []).map {
                Recorded(kind: name == "forgejo" ? "gitea" : name, json: $0)
            }
        }
    }

    @Test(arguments: ForgeConformanceTests.kinds)
    func `what the emulator is held to, real answers keep`(kind: String) async throws {
        try await withForge(kind) { stage in
            let good = Recorded.all.filter { $0.kind == kind && $0.isGood }
            #expect(good.count > 15)
            for one in good {
                let answer = one.json["answer"] ?? .null
                let found = try await stage.control(
                    "check", ["method": .string(one.method), "path": .string(one.path), "answer": answer])
                // The description does not say that the repository of a fork can be gone.
                let known = "answer[0].head.repo: expected ['object'], found None"
                #expect((found.array ?? []).filter { $0.string != known } == [], "\(one.testDescription)")
            }
        }
    }

    /// By the end of the path, what a client makes of an answer.
    private func read(_ one: Recorded) throws -> Int {
        let hub = one.kind == "gitea" ? (Gitea.pullRequest, Gitea.shown) : (GitHub.pullRequest, GitHub.shown)
        let author = one.kind == "gitlab" ? "author.username" : "user.login"
        let records = try one.records
        let parts = one.path.split(separator: "/").filter { !$0.allSatisfy(\.isHexDigit) }
        switch parts.last {
        case "pulls": return try records.map(hub.0).filter { !$0.branch.isEmpty }.count
        // Gitea's answer is empty: what became of it is asked for.
        case "merge" where one.kind == "gitea":
            #expect(one.json["answer"] == .null)
            return 1
        case "head": return try records.map { try $0.commit("object.sha") }.count
        case "merge_requests", "merge":
            return try records.map(GitLab.pullRequest).filter { !$0.branch.isEmpty }.count
        case "comments", "notes":
            return try records.map { try OneComment.Comment($0, author: author) }.filter { !$0.author.isEmpty }.count
        case "status", "statuses":
            let shown = records.map(one.kind == "gitlab" ? GitLab.shown : hub.1)
            return shown.filter { !$0.name.isEmpty && !$0.state.isEmpty }.count
        case "check-runs":
            return try records.filter { record in
                _ = try record.number("id")
                return record["name"] != nil && record["status"] != nil && record["app.id"]?.int != nil
            }.count
        case "reviews":
            return records.compactMap(GitHub.review).filter { $0.commit != nil && $0.time != nil }.count
        case "user": return try records.map { try $0.text(one.kind == "gitlab" ? "username" : "login") }.count
        case "installation": return try records.map { try $0.number("id") }.count
        case "access_tokens":
            return try records.filter { try !$0.text("token").isEmpty && $0.time("expires_at") != nil }.count
        default:
            Issue.record("nobody reads \(one.testDescription)")
            return -1
        }
    }

    @Test(arguments: Recorded.all.filter(\.isGood)) func `every answer is read whole`(one: Recorded) throws {
        #expect(try read(one) == one.records.count)
    }

    @Test(arguments: Recorded.all.filter { !$0.isGood }) func `every refusal is told in the forge's words`(
        one: Recorded
    )
        throws
    {
        let failure = one.answer.failure()
        let reason: [Int: ForgeFailure.Reason] = [
            301: .missing, 400: .refused, 401: .unauthorized, 403: .forbidden, 404: .missing, 405: .unmergeable,
            409: .moved, 410: .missing, 422: .refused, 500: .refused,
        ]
        #expect(failure.reason == reason[one.status])
        let said = one.json["answer"]?["message"]
        let words = said?.string ?? said?.array?.first?.string ?? said?["name"]?.array?.first?.string ?? ""
        #expect(words.isEmpty || failure.description.contains(words.prefix { $0 != "\n" }), "\(failure)")
        let isLimit = words.contains("rate limit exceeded")
        #expect((Patience.limit(one.answer.reply, now: Timestamp(seconds: 1_488_063_000)) != nil) == isLimit)
        if isLimit {
            #expect(Patience.limit(one.answer.reply, now: Timestamp(seconds: 1_488_063_000)) == .seconds(54))
        }
    }

    @Test func `GitLab does not know the head of a request that it has just made`() throws {
        let new = try #require(
            Recorded.all.first {
                $0.kind == "gitlab" && $0.method == "POST" && $0.status == 201 && $0.path.hasSuffix("merge_requests")
            })
        let request = try GitLab.pullRequest(try new.answer.record())
        #expect(request.state == .open && request.head == .zero && request.gap != nil)
    }

    @Test func `links to further pages are understood`() throws {
        let linked = Recorded.all.filter {
            $0.answer.reply.headers["link"] != nil || $0.answer.reply.headers["x-next-page"] != nil
        }
        for one in linked {
            let headers = one.answer.reply.headers
            let next = try Paging.next(after: headers, [("per_page", "100")], page: 1, found: 3, isEmpty: false)
            let isMore = headers["link"]?.contains(#"rel="next""#) ?? (headers["x-next-page"]?.isEmpty == false)
            #expect((next != nil) == isMore, "\(one.testDescription)")
        }
        #expect(linked.count > 5)
    }

    @Test func `reads what GitHub answered`() throws {
        let found = try answers("github").map { try GitHub.pullRequest($0) }
        #expect(found.map(\.number) == [4, 9, 72])
        #expect(found.map(\.state) == [.closed, .merged, .open])
        #expect(found.map(\.author) == ["nikromen", "lachmanfrantisek", "mfocko"])
        #expect(found[2].branch == "test_source" && found[2].base == "master")
        #expect(found[2].head.description == "7cf6d0cbeca285ecbeb19a0067cb243783b3c768")
    }

    @Test func `reads what Forgejo answered`() throws {
        let found = try answers("forgejo").map { try Gitea.pullRequest($0) }
        #expect(found.map(\.number) == [209, 119, 4])
        #expect(found.map(\.state) == [.open, .merged, .closed])
        #expect(found.map(\.merged?.description) == [nil, "101a42bbbe174d04b465d49caf274dc3b4defeca", nil])
        #expect(found[0].labels == ["test_lb1", "test_lb2"] && found[0].branch == "test-branch1")
    }

    @Test func `reads what GitLab answered, also without the head of what is over`() throws {
        let answers = try answers("gitlab")
        let found = try answers.prefix(2).map { try GitLab.pullRequest($0) }
        #expect(found.map(\.number) == [1149, 3] && found.map(\.state) == [.open, .merged])
        #expect(found[1].merged?.description == "1050fc5e57a5d145ebaadb0e1748fbc1d94e7b4c")
        // GitLab forgot the head of this closed request of a fork.
        let forgotten = try GitLab.pullRequest(answers[2])
        #expect(forgotten.state == .closed && forgotten.head == .zero && forgotten.isFork)
    }
}
