import Domain
import TestSupport
import Testing

@testable import Forges

/// What every forge promises, on each of them.
struct ForgeConformanceTests {
    static let kinds = ["github", "gitlab", "gitea"]

    @Test(arguments: kinds) func `shows a request as a pull request with a status and one comment`(kind: String)
        async throws
    {
        try await withForge(kind) { stage in
            let shown = try #require(try await stage.client().show(stage.presentation(), using: stage.tools))
            #expect(
                shown.number == 1 && shown.branch == ForgeStage.branch && shown.base == "main" && shown.state == .open)
            #expect(try shown.head == stage.head)
            let request = try #require(try await stage.state("requests").first)
            #expect(request["title"] == "Promote credit-risk v2")
            #expect(request["body"]?.string?.contains("credit-risk v2 passed staging") == true)
            let statuses = try await stage.state("statuses")
            #expect(statuses.count == 1 && statuses[0]["context"] == "martlet/production")
            #expect(statuses[0]["state"] == "pending" && statuses[0]["description"] == "2 of 7 checks are missing")
            #expect(try await stage.state("comments").count == 1)
        }
    }

    @Test(arguments: kinds) func `showing the same again writes nothing, even after a restart`(kind: String)
        async throws
    {
        try await withForge(kind) { stage in
            let presentation = try stage.presentation(), client = try stage.client()
            _ = try await client.show(presentation, using: stage.tools)
            let (writes, requests) = (try await stage.writes().count, try await stage.log().count)
            _ = try await client.show(presentation, using: stage.tools)
            #expect(try await stage.log().count == requests, "what was shown is remembered")
            _ = try await stage.client().show(presentation, using: stage.tools)
            #expect(try await stage.writes().count == writes)
        }
    }

    @Test(arguments: kinds) func `what has changed is changed in place`(kind: String) async throws {
        try await withForge(kind) { stage in
            let client = try stage.client()
            _ = try await client.show(stage.presentation(), using: stage.tools)
            let blocked = RequestReport(
                environment: "production",
                parts: [
                    .init(
                        model: "credit-risk", candidate: "v3",
                        blockers: [.init(.approval, "risk", "0 of 1", unblockedBy: "risk")])
                ])
            let next = try stage.presentation(
                statuses: [.init("martlet/production", .failure, "model.slices fails")],
                title: "Promote credit-risk v3",
                report: blocked)
            _ = try await client.show(next, using: stage.tools)
            let request = try #require(try await stage.state("requests").first)
            #expect(request["title"] == "Promote credit-risk v3")
            let comments = try await stage.state("comments")
            #expect(comments.count == 1 && comments[0]["body"]?.string?.contains("One thing is missing") == true)
            #expect(try await stage.state("requests").count == 1)
            #expect(try await stage.state("statuses").last?["description"] == "model.slices fails")
        }
    }

    @Test(arguments: kinds) func `a comment that only looks like ours is left alone`(kind: String) async throws {
        try await withForge(kind) { stage in
            let marker = OneComment.marker(for: ForgeStage.branch)
            try await stage.control(
                "requests", ["branch": .string(ForgeStage.branch), "base": "main", "title": "By hand"])
            try await stage.control("comments", ["author": "mallory", "body": .string(marker + "\nAll is well")])
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            let comments = try await stage.state("comments")
            #expect(comments.count == 2 && comments[0]["body"]?.string == marker + "\nAll is well")
        }
    }

    @Test(arguments: kinds) func `what a person wrote on the request stays`(kind: String) async throws {
        try await withForge(kind) { stage in
            try await stage.control(
                "requests",
                ["branch": .string(ForgeStage.branch), "base": "main", "title": "By hand", "body": "Please"])
            let shown = try await stage.client().show(stage.presentation(), using: stage.tools)
            #expect(shown?.title == "By hand" && shown?.author == "somebody")
            #expect(try await stage.state("requests").map { $0["body"] } == ["Please"])
        }
    }

    @Test(arguments: kinds) func `a fork's branch of the same name is nobody's request`(kind: String) async throws {
        try await withForge(kind) { stage in
            try await stage.control(
                "requests", ["branch": .string(ForgeStage.branch), "base": "main", "title": "Fork", "fork": true])
            let client = try stage.client()
            let found = try await client.look(for: ForgeStage.query, using: stage.tools)
            #expect(found.map(\.isFork) == [true])
            let shown = try await client.show(stage.presentation(), using: stage.tools)
            #expect(shown?.number == 2)
        }
    }

    @Test(arguments: kinds) func `reads all pages, and sends the token to no other host`(kind: String) async throws {
        try await withForge(kind, config: ["page": 2]) { stage in
            var branches: Set<String> = []
            for number in 1...5 {
                let branch = "promote/dev/m\(number)"
                try stage.repository.git("push", "--quiet", "origin", "HEAD:refs/heads/\(branch)")
                try await stage.control("requests", ["branch": .string(branch), "base": "main", "title": "x"])
                branches.insert(branch)
            }
            let found = try await stage.client().look(for: PullRequestQuery(into: "main"), using: stage.tools)
            #expect(Set(found.map(\.branch)) == branches && found.allSatisfy { $0.labels == ["promotion"] })
        }
    }

    @Test(arguments: kinds) func `merges at the head that was judged, and says which commit came of it`(kind: String)
        async throws
    {
        try await withForge(kind, config: ["undecided": 3]) { stage in
            let presentation = try stage.presentation(
                .merge(title: "Promote credit-risk v2", message: "Martlet-Action: promote"))
            let merged = try #require(try await stage.client().show(presentation, using: stage.tools))
            #expect(merged.state == .merged)
            try stage.repository.git("fetch", "--quiet", "origin")
            let tip = try stage.repository.git("rev-parse", "refs/remotes/origin/main")
            #expect(merged.merged?.description == tip)
            let message = try stage.repository.git("log", "-1", "--format=%B", tip)
            #expect(message.hasPrefix("Promote credit-risk v2\n\nMartlet-Action: promote"))
            #expect(!stage.pauses.all.isEmpty, "it waits until the forge knows")
        }
    }

    @Test(arguments: kinds) func `does not merge a head that moved after it was judged`(kind: String) async throws {
        try await withForge(kind) { stage in
            let presentation = try stage.presentation(.merge(title: "Promote", message: ""))
            _ = try stage.push("version: 3\n")
            let failure = await #expect(throws: ForgeFailure.self) {
                _ = try await stage.client().show(presentation, using: stage.tools)
            }
            #expect(failure?.reason == .moved && failure?.remedy == .retry)
        }
    }

    @Test(arguments: kinds) func `a squash leaves a branch that differs, and no second page is made for it`(
        kind: String
    )
        async throws
    {
        let setting: (String, JSON) = kind == "gitlab" ? ("squash", true) : ("method", "squash")
        try await withForge(kind) { stage in
            let client = try stage.client([setting.0: setting.1])
            let presentation = try stage.presentation(.merge(title: "Promote", message: "M"))
            // The forge merges, and the answer is lost.
            try await stage.control("faults", [["path": "/merge$", "status": 502, "after": true]])
            await #expect(throws: ForgeFailure.self) { _ = try await client.show(presentation, using: stage.tools) }
            let shown = try await client.show(presentation, using: stage.tools)
            #expect(shown?.state == .merged && shown?.number == 1)
            // Nor for one who has not heard of the merge.
            #expect(try await stage.client().show(stage.presentation(), using: stage.tools)?.state == .merged)
            #expect(try await stage.state("requests").count == 1)
            #expect(try stage.repository.git("rev-list", "--count", "origin/main..origin/\(ForgeStage.branch)") != "0")
        }
    }

    @Test(arguments: kinds) func `whoever closed a page is not given another one at the same head`(kind: String)
        async throws
    {
        try await withForge(kind) { stage in
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            try await stage.control("close", ["number": 1])
            #expect(try await stage.client().show(stage.presentation(), using: stage.tools)?.state == .closed)
            _ = try stage.push("version: 3\n")
            #expect(try await stage.client().show(stage.presentation(), using: stage.tools)?.number == 2)
        }
    }

    @Test(arguments: kinds) func `a draft is seen as one`(kind: String) async throws {
        try await withForge(kind) { stage in
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            #expect(try await stage.client().look(for: ForgeStage.query, using: stage.tools).map(\.isDraft) == [false])
            try await stage.control("change", ["number": 1, "draft": true])
            #expect(try await stage.client().look(for: ForgeStage.query, using: stage.tools).map(\.isDraft) == [true])
        }
    }

    @Test(arguments: zip(["gitlab", "gitea"], ["Draft:", "WIP:"]))
    func `whoever made a draft of it by its title is not overruled`(
        kind: String, mark: String
    ) async throws {
        try await withForge(kind) { stage in
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            try await stage.control("change", ["number": 1, "title": .string("\(mark) Promote credit-risk v2")])
            for title in ["Promote credit-risk v2", "Promote credit-risk v3"] {
                _ = try await stage.client().show(stage.presentation(title: title), using: stage.tools)
                #expect(try await stage.state("requests").first?["title"]?.string == "\(mark) \(title)")
                let seen = try await stage.client().look(for: ForgeStage.query, using: stage.tools)
                #expect(seen.map(\.isDraft) == [true])
            }
        }
    }

    @Test(arguments: kinds) func `a status of a fork's commit is put where the forge keeps it`(kind: String)
        async throws
    {
        try await withForge(kind) { stage in
            let tree = try stage.repository.git("rev-parse", "HEAD^{tree}")
            let head = try stage.repository.git("commit-tree", tree, "-m", "A fork's")
            try stage.repository.git("push", "--quiet", "origin", "\(head):refs/heads/fork")
            try await stage.control("requests", ["branch": "fork", "base": "main", "title": "x", "fork": true])
            try stage.repository.git("push", "--quiet", "origin", ":fork")
            let presentation = RequestPresentation(
                branch: "pull request 1", base: "main", head: try #require(ObjectID(head)),
                reference: kind == "gitlab" ? "refs/merge-requests/1/head" : "refs/pull/1/head",
                statuses: [.init("martlet", .success, "its manifests are valid")])
            #expect(try await stage.client().show(presentation, using: stage.tools) == nil)
            #expect(try await stage.state("statuses").count == 1)
        }
    }

    @Test(arguments: kinds) func `reviews that cannot be seen take nothing else along`(kind: String) async throws {
        try await withForge(kind) { stage in
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            try await stage.control(
                "faults", [["path": kind == "gitlab" ? "/approvals$" : "/reviews$", "status": 403, "body": "{}"]])
            let found = try await stage.client().look(for: ForgeStage.query, using: stage.tools)
            #expect(found.count == 1 && found[0].gap?.contains("403") == true && found[0].reviews.isEmpty)
        }
    }

    @Test(arguments: kinds) func `a request that conflicts is not merged`(kind: String) async throws {
        try await withForge(kind) { stage in
            let presentation = try stage.presentation(.merge(title: "Promote", message: ""))
            try stage.repository.git("switch", "--quiet", "main")
            try stage.repository.commit(["environments/production/credit-risk.yaml": "version: 9\n"])
            let failure = await #expect(throws: ForgeFailure.self) {
                _ = try await stage.client().show(presentation, using: stage.tools)
            }
            #expect(failure?.reason == .unmergeable)
        }
    }

    @Test(arguments: kinds) func `the comment says at last what became of the request, and nothing that is missing`(
        kind: String
    ) async throws {
        try await withForge(kind) { stage in
            let blocker = Blocker(.approval, "risk", "nobody has agreed", unblockedBy: "martlet approve")
            let evidence = Evidence(
                check: "infra.artifact", key: SHA256.digest(of: [1]), model: "credit-risk", revision: try stage.head,
                tree: try stage.head, outcome: Outcome(.pass, "it is there"), time: Timestamp(seconds: 0), inputs: [:])
            let report = RequestReport(
                environment: "production",
                parts: [
                    .init(
                        model: "credit-risk", candidate: "v2", running: "v1", blockers: [blocker], evidence: [evidence])
                ])
            let open = try await stage.client().show(stage.presentation(report: report), using: stage.tools)
            let said = { try await stage.state("comments").compactMap { $0["body"]?.string } }
            #expect(try await said().first?.contains("nobody has agreed") == true)
            var over = try stage.presentation(.close, report: nil)
            over.page?.number = open?.number
            over.page?.ending = .init(isMerged: true, reason: "merged: by <b>Martlet</b>")
            for _ in 0..<2 { _ = try await stage.client().show(over, using: stage.tools) }
            let last = try await said()
            #expect(last.count == 1)
            #expect(last[0].contains("\n### ✅ <code>merged&#58; by &#60;b&#62;Martlet&#60;&#47;b&#62;</code>\n"))
            #expect(!last[0].contains("nobody has agreed") && last[0].contains("infra&#46;artifact"))
            #expect(
                try await stage.writes().filter { $0.hasPrefix("P") && $0.contains("comments") || $0.contains("notes") }
                    .count == 2)
        }
    }

    @Test(arguments: kinds) func `closes what is to be closed, and opens nothing for it`(kind: String) async throws {
        try await withForge(kind) { stage in
            let client = try stage.client()
            #expect(try await client.show(stage.presentation(.close, statuses: []), using: stage.tools) == nil)
            _ = try await client.show(stage.presentation(), using: stage.tools)
            let closed = try await client.show(stage.presentation(.close), using: stage.tools)
            #expect(closed?.state == .closed)
            #expect(try await client.show(stage.presentation(.close), using: stage.tools) == nil)
        }
    }

    @Test(arguments: kinds) func `says what became of a request whose number is known`(kind: String) async throws {
        try await withForge(kind) { stage in
            let client = try stage.client()
            _ = try await client.show(stage.presentation(), using: stage.tools)
            try stage.repository.git("push", "--quiet", "origin", "HEAD:refs/heads/other")
            try await stage.control(
                "requests", ["branch": "other", "base": "main", "title": "Not Martlet's", "author": "ada"])
            _ = try await client.show(stage.presentation(.close), using: stage.tools)
            #expect(try await client.look(for: ForgeStage.query, using: stage.tools).map(\.number) == [2])
            let query = PullRequestQuery(into: "main", numbers: [1, 99])
            let found = try await client.look(for: query, using: stage.tools)
            #expect(found.map(\.number) == [2, 1] && found.map(\.state) == [.open, .closed])
            // Everybody can fetch what is proposed, also from a fork.
            try stage.repository.git("fetch", "--quiet", "origin", found[0].reference)
            #expect(try stage.repository.git("rev-parse", "FETCH_HEAD") == found[0].head.description)
        }
    }

    @Test(arguments: kinds) func `a merge queue's branch gets its statuses and nothing else`(kind: String) async throws
    {
        try await withForge(kind) { stage in
            let queue = "gh-readonly-queue/main/pr-1-\(try stage.head)"
            let presentation = RequestPresentation(
                branch: queue, base: "main", head: try stage.head,
                statuses: [.init("martlet/production", .success, "open")])
            #expect(try await stage.client().show(presentation, using: stage.tools) == nil)
            #expect(try await stage.writes().allSatisfy { $0.contains("status") })
            #expect(try await stage.state("statuses").count == 1)
        }
    }

    @Test(arguments: kinds) func `somebody who opens the same request first is found`(kind: String) async throws {
        try await withForge(kind) { stage in
            let presentation = try stage.presentation()
            // Two controllers at once: both look, both create, one of them is told that it is there.
            async let one = stage.client().show(presentation, using: stage.tools)
            async let two = stage.client().show(presentation, using: stage.tools)
            let numbers = try await [one, two].map { $0?.number }
            #expect(numbers == [1, 1])
            #expect(try await stage.state("requests").count == 1)
        }
    }

    @Test(arguments: kinds) func `a status of any length and content is taken`(kind: String) async throws {
        try await withForge(kind) { stage in
            let long = String(repeating: "slice ä=\u{202E}\n", count: 40)
            let client = try stage.client()
            _ = try await client.show(
                stage.presentation(statuses: [.init("martlet/x", .error, long)]), using: stage.tools)
            let text = try #require(try await stage.state("statuses").first?["description"]?.string)
            #expect(text.unicodeScalars.count == 140 && text.hasSuffix("…") && !text.contains("\n"))
        }
    }
}
