import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

/// How pull requests end, and what does not go as planned.
struct ForgeEndingsTests {
    @Test(arguments: ForgeLoopTests.kinds, [true, false])
    func `a person's squash merges the request, whether Git or the forge is seen first`(
        kind: String, isForgeFirst: Bool
    ) async throws {
        try await withForgeScene(kind) { scene in
            let stage = scene.stage
            let version = try stage.push(score: 0.9)
            try await scene.go()
            try await scene.control("squash", ["number": 1])
            if isForgeFirst { await scene.lookAgain() }
            try await stage.settle()
            try await scene.forgeSync.work()
            try await scene.go()
            stage.clock.advance(.seconds(61))
            try await scene.go()
            #expect(try stage.pin("production") == version)
            #expect(try stage.request().state == .merged)
            #expect(try await scene.pages().map { $0["state"]?.string } == ["merged"])
            #expect(stage.head() == nil)
        }
    }

    @Test(arguments: ForgeLoopTests.kinds) func `a request that is taken back takes its page along`(kind: String)
        async throws
    {
        try await withForgeScene(kind) { scene in
            let stage = scene.stage
            try stage.push(score: 0.9)
            try await scene.go()
            #expect(try await scene.pages().map { $0["state"]?.string } == ["open"])
            let unit = Unit(environment: "production", model: "tumor")
            _ = try await stage.controller.hold(unit, revision: nil, reason: "ill", lift: false)
            for _ in 0..<3 { try await scene.go() }
            #expect(stage.head() == nil)
            #expect(try await scene.pages().map { $0["state"]?.string } == ["closed"])
            #expect(!stage.told.contains { $0.contains("promote/production/tumor: ") }, "\(stage.told)")
        }
    }

    @Test(arguments: ForgeLoopTests.kinds) func `a draft is not merged`(kind: String) async throws {
        try await withForgeScene(kind, gate: "  soakFor: 10s") { scene in
            let stage = scene.stage
            let version = try stage.push(score: 0.9)
            try await scene.go()
            try await scene.control("change", ["number": 1, "draft": true])
            try await scene.go()
            stage.clock.advance(.seconds(60))
            try await scene.go()
            #expect(try stage.pin("production") == nil)
            #expect(try stage.request().blockers.map(\.name) == ["draft"])
            try await scene.control("change", ["number": 1, "draft": false])
            try await scene.go()
            #expect(try stage.pin("production") == version)
        }
    }

    @Test func `a forge that wants to be left alone is`() async throws {
        try await withForgeScene("github") { scene in
            let stage = scene.stage
            try stage.push(score: 0.9)
            try await stage.settle()
            let fault: JSON = ["status": 403, "body": "{}", "headers": ["retry-after": "300"]]
            try await scene.control("faults", [fault])
            stage.clock.advance(.seconds(3))
            try await scene.forgeSync.work()
            let asked = try await scene.control("log").array?.count
            for _ in 0..<4 {
                stage.clock.advance(.seconds(60))
                try await scene.forgeSync.lookNow()
                try await scene.forgeSync.work()
            }
            #expect(try await scene.control("log").array?.count == asked)
            stage.clock.advance(.seconds(61))
            try await scene.go()
            #expect(try await scene.pages().count == 1)
        }
    }

    @Test func `a pull request that was turned to another branch speaks for nothing`() async throws {
        try await withForgeScene("github", gate: "", settings: ", reviews: true, people: {}") { scene in
            let stage = scene.stage
            try stage.push(score: 0.9)
            try await stage.settle()
            try git("branch", "elsewhere", "main", in: stage.repository.origin)
            try await scene.control(
                "requests",
                ["branch": "promote/production/tumor", "base": "elsewhere", "title": "x", "author": "eve"])
            try await scene.go()
            #expect(try await scene.pages().map { $0["base"]?.string } == ["elsewhere", "main"])
            #expect(try stage.request().page?.number == 2)
        }
    }

    @Test func `nobody pushes an old verdict out of sight by opening many others`() async throws {
        try await withForgeScene("github") { scene in
            let stage = scene.stage
            func open(_ branch: String, isFork: Bool) async throws {
                try await scene.control(
                    "requests", ["branch": .string(branch), "base": "main", "title": "x", "fork": .bool(isFork)])
            }
            let own = try stage.propose(["models/tumor/README.md": "Own\n"], as: "own")
            let first = try stage.propose(["models/tumor/README.md": "Better words\n"], as: "first")
            let many = try stage.propose(["models/tumor/README.md": "Worse words\n"], as: "many")
            try await open("own", isFork: false)
            try await open("first", isFork: true)
            try await scene.go()
            #expect(try await scene.statuses(on: first)["martlet"]?.hasPrefix("success") == true)
            for number in 0..<99 {
                try git("branch", "many\(number)", "\(many)", in: stage.repository.origin)
                try await open("many\(number)", isFork: true)
            }
            try await scene.go()
            #expect(
                try await scene.statuses(on: first)["martlet"]
                    == "pending: not judged: more than 100 pull requests are open")
            #expect(try await scene.statuses(on: own)["martlet"]?.hasPrefix("success") == true)
        }
    }

    @Test(arguments: ForgeLoopTests.kinds)
    func `what was only just proposed is merged by no forge before it is judged`(kind: String) async throws {
        try await withForgeScene(kind, gate: "", settings: ", merge: forge") { scene in
            let stage = scene.stage
            for score in [0.8, 0.9] {
                let version = try stage.push(score: score)
                // Loop and sync by turns, as they work in a controller.
                for _ in 0..<40 where try stage.pin("production") != version {
                    stage.clock.advance(.seconds(3))
                    _ = try await stage.controller.pass()
                    try await scene.forgeSync.work()
                }
                #expect(try stage.pin("production") == version)
                let message = try stage.message()
                #expect(Trailer.action.value(in: message) == "promote", "\(message)")
                #expect(Trailer.model.value(in: message)?.hasPrefix("tumor@\(version)") == true, "\(message)")
                let head = try #require(try stage.parents().last)
                #expect(Trailer.request.value(in: message) == "promote/production/tumor@\(head)")
            }
        }
    }

    @Test func `a merge queue that squashes is told what was said of the request`() async throws {
        try await withForgeScene(
            "github", gate: "  approvals: {count: 1}",
            settings: ", merge: forge, reviews: true, people: {gh: grace@example.com}"
        ) { scene in
            let stage = scene.stage
            var dev = EnvironmentText.dev
            dev.gate = false
            try stage.set(dev)
            try stage.push(score: 0.9)
            try await scene.go()
            let head = try #require(stage.head())
            try await scene.review("gh", approves: true, of: head)
            await scene.lookAgain()
            try await stage.settle()
            #expect(try stage.request().state == .ready)
            func queue(_ tree: String, as name: String) throws -> ObjectID {
                let id = try git("commit-tree", tree, "-p", "main", "-m", "Squashed", in: stage.repository.origin)
                try git("update-ref", "refs/heads/gh-readonly-queue/main/\(name)", id, in: stage.repository.origin)
                return try #require(ObjectID(id))
            }
            let same = try queue("\(head)^{tree}", as: "pr-1-abc")
            let other = try stage.propose(
                [
                    "environments/production/tumor.yaml": stage.pinned(
                        try #require(stage.request().moves.first).new.revision)
                ],
                as: "gh-readonly-queue/main/pr-2-def")
            try await stage.settle()
            try await scene.forgeSync.work()
            #expect(try await scene.statuses(on: same)["martlet"]?.hasPrefix("success") == true)
            let words = try await scene.statuses(on: other)["martlet"] ?? ""
            #expect(words.hasPrefix("pending: waits for production/tumor: approval"), "\(words)")
        }
    }
}
