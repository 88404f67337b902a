import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

/// The loop and a forge: requests become pull requests, and what people do there counts.
struct ForgeLoopTests {
    static let kinds = ["github", "gitlab", "gitea"]

    @Test(arguments: kinds)
    func `a request is shown with its statuses and one comment, and is closed once it is merged`(
        kind: String
    ) async throws {
        try await withForgeScene(kind) { scene in
            let stage = scene.stage
            let version = try stage.push(score: 0.9)
            try await scene.go()
            let head = try #require(stage.head())
            let page = try #require(try await scene.pages().first)
            #expect(page["title"]?.string == "Promote tumor \(version.short) to production")
            #expect(page["branch"]?.string == "promote/production/tumor" && page["state"]?.string == "open")
            let waiting = try await scene.statuses(on: head)
            #expect(Set(waiting.keys) == ["martlet", "martlet/production"])
            #expect(waiting["martlet"]?.hasPrefix("pending: soak dev") == true)
            #expect(try await scene.comments().count == 1)
            let comment = try await scene.comments()[0]
            #expect(comment.contains("One thing is missing") && comment.contains("soak"), "\(comment)")
            #expect(comment.contains("<code>score 0.9, at least 0.5</code>"), "\(comment)")
            #expect(try stage.request().page?.number == 1)

            try await stage.wait(.seconds(3601), step: .seconds(1200))
            try await scene.go()
            #expect(try stage.pin("production") == version)
            stage.clock.advance(.seconds(61))
            try await scene.go()
            #expect(try await scene.pages().map { $0["state"]?.string } != ["open"])
            #expect(try stage.request().state == .merged)
            #expect(try await scene.statuses(on: head)["martlet"]?.hasPrefix("success") == true)
        }
    }

    @Test func `a restart finds everything shown and writes nothing again`() async throws {
        try await withForgeScene("github") { scene in
            try scene.stage.push(score: 0.9)
            try await scene.go()
            let before = try await scene.writes()
            let fresh = try await scene.restarted()
            #expect(await fresh.sight?.pulls.count == 1)
            #expect(try await scene.writes() == before)
        }
    }

    @Test func `a restart takes back nothing of what reviews have decided`() async throws {
        try await withForgeScene(
            "github", gate: "  approvals: {count: 2}", settings: ", reviews: true, people: {gh: grace@example.com}"
        ) { scene in
            var dev = EnvironmentText.dev
            dev.gate = false
            try scene.stage.set(dev)
            try scene.stage.push(score: 0.9)
            try await scene.go()
            try await scene.review("gh", approves: true, of: try #require(scene.stage.head()))
            try await scene.go()
            let before = try await scene.writes()
            _ = try await scene.restarted()
            #expect(try await scene.writes() == before)
        }
    }

    @Test func `why the forge does not merge is said of the request, and is over when it does`() async throws {
        try await withForgeScene(
            "github", gate: "", settings: ", merge: forge", config: ["rules": ["merge_queue"]]
        ) { scene in
            let stage = scene.stage
            try stage.push(score: 0.9)
            try await scene.go()
            let status = try stage.request()
            #expect(status.state == .ready)
            #expect(status.reason.hasPrefix("the gate is open, but the forge does not merge it: "), "\(status.reason)")
            let told = stage.told.filter { $0.contains("promote/production/tumor: ") }
            #expect(Set(told).count == told.count, "\(told)")
        }
    }

    @Test(arguments: kinds) func `a newer version moves the same pull request on`(kind: String) async throws {
        try await withForgeScene(kind) { scene in
            try scene.stage.push(score: 0.8)
            try await scene.go()
            let newer = try scene.stage.push(score: 0.9)
            try await scene.go()
            let pages = try await scene.pages()
            #expect(pages.count == 1)
            #expect(pages[0]["title"]?.string?.contains(newer.short) == true)
            #expect(try await scene.comments().count == 1)
        }
    }

    @Test(arguments: kinds) func `reviews count for the head, by people whom the settings name, and never by an author`(
        kind: String
    ) async throws {
        try await withForgeScene(
            kind, gate: "  approvals: {count: 1}",
            settings: ", reviews: true, people: {ada-l: t@example.com, gh: grace@example.com}"
        ) { scene in
            let stage = scene.stage
            var dev = EnvironmentText.dev
            dev.gate = false
            try stage.set(dev)
            let author = try git("log", "-1", "--format=%ae", "main", in: stage.repository.origin)
            try scene.use(", reviews: true, people: {ada-l: \"\(author)\", gh: grace@example.com}")
            let version = try stage.push(score: 0.9)
            try await scene.go()
            let head = try #require(stage.head())
            #expect(try stage.request().blockers.map(\.kind) == [.approval])

            try await scene.review("eve", approves: true, of: head)
            try await scene.review("ada-l", approves: true, of: head)
            try await scene.go()
            #expect(try stage.pin("production") == nil)
            let words = try #require(try stage.request().blockers.first?.reason)
            #expect(words.contains("the review of eve does not count: martlet.yaml does not say who eve is"))
            #expect(words.contains("\(author) has a part in what is approved"))

            try await scene.review("GH", approves: true, of: head)
            try await scene.go()
            #expect(try stage.pin("production") == version)
            #expect(try stage.parents().last == head)
            let message = try git("log", "-1", "--format=%B", "main", in: stage.repository.origin)
            #expect(Trailer.approved.values(in: message) == ["grace@example.com \(head)"])
        }
    }

    @Test(arguments: kinds) func `who asks for changes holds a request back`(kind: String) async throws {
        try await withForgeScene(
            kind, gate: "  soakFor: 10s", settings: ", reviews: true, people: {cleo: cleo@example.com}"
        ) {
            scene in
            let stage = scene.stage
            try stage.push(score: 0.9)
            try await scene.go()
            for person in ["cleo", "a-stranger"] {
                try await scene.review(person, approves: false, of: try #require(stage.head()))
            }
            try await scene.go()
            stage.clock.advance(.seconds(60))
            try await scene.go()
            #expect(try stage.pin("production") == nil)
            #expect(try stage.request().blockers.map(\.name) == ["cleo"])
            #expect(try stage.request().reason == "waits for person cleo")
        }
    }

    @Test func `nobody is passed over while the forge does not answer`() async throws {
        try await withForgeScene("github", gate: "", settings: nil) { scene in
            try scene.use(", reviews: true", url: "http://127.0.0.1:9")
            try scene.stage.push(score: 0.9)
            try await scene.go()
            #expect(try scene.stage.pin("production") == nil)
            #expect(try scene.stage.request().blockers.map(\.name) == ["forge"])
        }
    }

    @Test func `a forge that is down stops nothing where it has no say, and is told of once`() async throws {
        try await withForgeScene("github", gate: "", settings: nil) { scene in
            try scene.use(url: "http://127.0.0.1:9")
            let version = try scene.stage.push(score: 0.9)
            try await scene.go()
            try await scene.go()
            #expect(try scene.stage.pin("production") == version)
            let warnings = scene.stage.told.filter { $0.hasPrefix("warning") && $0.contains("127.0.0.1") }
            #expect(warnings.count == 1)
            #expect(!scene.stage.told.contains { $0.contains(EmulatedForge.token) })
        }
    }

    @Test(arguments: kinds) func `a person who closes the pull request closes the request`(kind: String) async throws {
        try await withForgeScene(kind) { scene in
            let stage = scene.stage
            try stage.push(score: 0.9)
            try await scene.go()
            try await scene.control("close", ["number": 1])
            try await scene.go()
            #expect(try stage.request().state == .closed)
            #expect(try stage.request().reason.hasPrefix("closed on http"))
            #expect(stage.head() == nil)
            try await stage.wait(.seconds(3601), step: .seconds(1200))
            try await scene.go()
            #expect(try stage.pin("production") == nil)
            #expect(try await scene.pages().count == 1)
            let newer = try stage.push(score: 0.95)
            try await scene.go()
            #expect(try await scene.pages().map { $0["state"]?.string } == ["closed", "open"])
            #expect(try stage.request().moves.map(\.new.revision) == [newer])
        }
    }

    @Test(arguments: kinds) func `the forge merges where the settings say so, at the head that was judged`(kind: String)
        async throws
    {
        try await withForgeScene(kind, gate: "", settings: ", merge: forge") { scene in
            let stage = scene.stage
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            let (head, before) = (try #require(stage.head()), try stage.tip())
            try await scene.go()
            #expect(try stage.pin("production") == version)
            #expect(try stage.parents() == [before, head])
            #expect(try Trailer.action.value(in: stage.message()) == "promote")
            #expect(try Trailer.request.value(in: stage.message()) == "promote/production/tumor@\(head)")
            #expect(try stage.request().state == .merged)
            #expect(stage.head() == nil)
            #expect(stage.running("production") == version)
        }
    }

    @Test func `the forge is not asked to merge on a verdict that has grown old`() async throws {
        try await withForgeScene("github", gate: "", settings: ", merge: forge") { scene in
            let stage = scene.stage
            try stage.push(score: 0.9)
            try await stage.settle()
            stage.clock.advance(.seconds(200))
            try await scene.forgeSync.work()
            try await scene.forgeSync.work()
            #expect(try stage.pin("production") == nil)
            try await scene.go()
            stage.clock.advance(.seconds(60))
            try await scene.go()
            #expect(try stage.pin("production") != nil)
        }
    }

    @Test func `a verdict is recorded again when the policy has changed, and not when only the branch has`()
        async throws
    {
        try await withForgeScene("github", gate: "", settings: ", merge: forge") { scene in
            let stage = scene.stage
            try stage.push(score: 0.9)
            try await stage.settle()
            let first = try stage.request()
            #expect(first.state == .ready)
            try stage.commit(["README.md": "unrelated"])
            try await stage.settle()
            #expect(try stage.request().tip == first.tip)
            try stage.commit(["gates/g.yaml": stage.gate(least: 0.6)])
            try await stage.settle()
            #expect(try stage.request().tip == stage.tip())
            #expect(try stage.request().state == .ready)
        }
    }

    @Test(arguments: kinds) func `every other pull request is told whether the branch may become that`(kind: String)
        async throws
    {
        try await withForgeScene(kind) { scene in
            let stage = scene.stage
            let version = try stage.push(score: 0.9)
            try await scene.go()
            let good = try stage.propose(["models/tumor/README.md": "Better words\n"], as: "words")
            let bad = try stage.propose(
                ["gates/g.yaml": stage.gate().replacing("checks", with: "cheks")], as: "typo")
            let sneaky = try stage.propose(
                ["environments/production/tumor.yaml": stage.pinned(version)], as: "around-the-gate")
            for (branch, isFork) in [("words", false), ("typo", true), ("around-the-gate", false)] {
                try await scene.control(
                    "requests",
                    [
                        "branch": .string(branch), "base": "main", "title": .string(branch), "author": "eve",
                        "fork": .bool(isFork),
                    ])
            }
            try await scene.go()
            #expect(
                try await scene.statuses(on: good) == [
                    "martlet": "success: its manifests are valid (1 file), no environment changes"
                ])
            #expect(try await scene.statuses(on: bad)["martlet"]?.contains("gates/g.yaml:") == true)
            let wait = try #require(try await scene.statuses(on: sneaky)["martlet"])
            #expect(wait.hasPrefix("pending: waits for production/tumor: soak dev"))

            try await stage.wait(.seconds(3601), step: .seconds(1200))
            try await scene.go()
            let words = try #require(try await scene.statuses(on: sneaky)["martlet"])
            #expect(words.hasSuffix(": it conflicts with main in environments/production/tumor.yaml"))
            #expect(words.hasPrefix("fail"))
        }
    }

    @Test func `a merge queue's branch gets the required status on its own head`() async throws {
        try await withForgeScene("github") { scene in
            let stage = scene.stage
            try stage.push(score: 0.9)
            try await scene.go()
            let queued = try stage.propose(
                ["models/tumor/README.md": "Better words\n"], as: "gh-readonly-queue/main/pr-7-abc")
            try await scene.go()
            #expect(try await scene.statuses(on: queued)["martlet"]?.hasPrefix("success") == true)
            let head = try #require(stage.head())
            try git(
                "update-ref", "refs/heads/gh-readonly-queue/main/pr-8-def", "\(head)", in: stage.repository.origin)
            try await scene.go()
            #expect(try await scene.statuses(on: head)["martlet"]?.hasPrefix("pending") == true)
        }
    }
}
