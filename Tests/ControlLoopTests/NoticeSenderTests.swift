import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

struct NoticeSenderTests {
    @Test func `what happens to a version is told once, in order, with a hint`() async throws {
        try await withNoticeSender { scene in
            let version = try scene.stage.push(score: 0.8)
            try await scene.settle()
            #expect(
                try scene.inbox.events() == ["promoted dev", "verified dev", "promoted staging", "verified staging"])
            let first = try #require(try scene.inbox.taken().first)
            #expect(first["headline"]?.string == "dev/tumor gets \(version.short)")
            #expect(first["hint"] == "martlet why tumor dev" && first["model"] == "tumor")
            #expect(Set(try scene.inbox.taken().map { $0["id"]?.string }).count == 4)
            try await scene.settle()
            #expect(try scene.inbox.taken().count == 4)
        }
    }

    @Test func `a restart repeats nothing, and forgets nothing`() async throws {
        try await withNoticeSender([.dev]) { scene in
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            #expect(try scene.inbox.taken().count == 2)
            for _ in 1...3 {
                scene.restart()
                try await scene.settle()
            }
            #expect(try scene.inbox.taken().count == 2, "no history is told again")
            // It dies after the push, before anybody is told.
            try scene.stage.push(score: 0.9)
            try await scene.stage.settle()
            scene.stage.clock.advance(.seconds(7200))
            scene.restart()
            try await scene.settle()
            #expect(try scene.inbox.events() == ["promoted dev", "verified dev", "promoted dev", "verified dev"])
        }
    }

    @Test func `dying between telling and writing it down repeats it under the same id`() async throws {
        struct Death: Error {}
        var remote: MeddlingRemote?
        try await withNoticeSender(
            [.dev],
            hooks: { surroundings in
                let meddling = MeddlingRemote(surroundings.remote)
                (remote, surroundings.remote) = (meddling, meddling)
            }
        ) { scene in
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            try scene.stage.push(score: 0.9)
            try await scene.stage.settle()
            remote?.before(push: { throw Death() })
            _ = await scene.noticeSender.round()
            #expect(try scene.inbox.taken().count == 4)
            scene.restart()
            try await scene.settle()
            let ids = try scene.inbox.taken().compactMap { $0["id"]?.string }
            #expect(ids.count == 6 && Set(ids).count == 4 && ids[2...3] == ids[4...5])
        }
    }

    @Test func `what was told is in Git, and no address is`() async throws {
        try await withNoticeSender([.dev]) { scene in
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            let record = try scene.record()
            #expect(record["told"]?.array?.count == 2)
            #expect(try record["position"]?["status"]?.string == scene.stage.tip("refs/martlet/status").description)
            let all = try git("log", "-p", "refs/martlet/notices", in: scene.stage.repository.origin)
            #expect(!all.contains("127.0.0.1") && !all.contains("http:"))
            let commits = try scene.commits
            try scene.stage.commit(["README.md": "hello"])
            try await scene.settle()
            #expect(try scene.commits == commits, "nothing is written where nothing happens")
        }
    }

    @Test func `a server that is dead stops nothing, and hears everything when it is back`() async throws {
        try await withNoticeSender { scene in
            try scene.inbox.behave("503")
            let version = try scene.stage.push(score: 0.8)
            try await scene.settle()
            #expect(try scene.stage.pin("staging") == version)
            #expect(try scene.inbox.taken().isEmpty && scene.inbox.asked() == 1)
            try await scene.settle()
            #expect(scene.inbox.asked() == 1, "it is left alone for a while")
            for _ in 0..<60 {
                scene.stage.clock.advance(.seconds(60))
                try await scene.settle()
            }
            #expect((5...15).contains(scene.inbox.asked()), "asked \(scene.inbox.asked()) times in an hour")
            try scene.inbox.behave(nil)
            scene.stage.clock.advance(.seconds(600))
            try await scene.settle()
            #expect(
                try scene.inbox.events() == ["promoted dev", "verified dev", "promoted staging", "verified staging"])
            #expect(
                scene.stage.told.contains {
                    $0.hasPrefix("warning: cannot tell webhook: 127.0.0.1:") && $0.contains("answered 503")
                })
        }
    }

    @Test func `a clock that is set back makes nobody wait longer`() async throws {
        try await withNoticeSender([.dev]) { scene in
            try scene.inbox.behave("503")
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            #expect(scene.inbox.asked() == 1)
            try scene.inbox.behave(nil)
            scene.stage.clock.advance(.seconds(-3600))
            scene.stage.clock.advance(.seconds(5))
            try await scene.settle()
            #expect(try scene.inbox.events() == ["promoted dev", "verified dev"])
        }
    }

    @Test func `an answer 500, then 200`() async throws {
        try await withNoticeSender([.dev]) { scene in
            try scene.inbox.behave("500")
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            try scene.inbox.behave(nil)
            scene.stage.clock.advance(.seconds(5))
            try await scene.settle()
            #expect(try scene.inbox.events() == ["promoted dev", "verified dev"])
        }
    }

    @Test func `a notice that is refused holds up no other`() async throws {
        try await withNoticeSender([.dev]) { scene in
            try scene.inbox.behave("400")
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            #expect(scene.inbox.asked() == 2, "each was tried")
            try scene.inbox.behave(nil)
            try scene.stage.push(score: 0.9)
            try await scene.settle()
            #expect(try scene.inbox.events() == ["promoted dev", "verified dev"], "the new ones")
            scene.stage.clock.advance(.seconds(60))
            try await scene.settle()
            #expect(try scene.inbox.taken().count == 4)
        }
    }

    @Test func `what nobody takes for a day is given up, and that is said and written down`() async throws {
        try await withNoticeSender([.dev]) { scene in
            try scene.inbox.behave("500")
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            scene.stage.clock.advance(.seconds(86_401))
            try await scene.settle()
            #expect(scene.stage.told.filter { $0.hasPrefix("error: webhook did not take this for a day") }.count == 2)
            #expect(try scene.record()["lost"]?.array?.count == 2)
            try scene.inbox.behave(nil)
            scene.restart()
            scene.stage.clock.advance(.seconds(3600))
            try await scene.settle()
            #expect(try scene.inbox.taken().isEmpty)
        }
    }

    @Test func `each notifier has its own pace and its own filter`() async throws {
        let notifications: (Inbox) -> [String] = { inbox in
            [
                "kind: webhook, name: dead, url: \"http://127.0.0.1:1/\"",
                "kind: webhook, name: some, url: \"\(inbox.url("some"))\", on: [verified], environments: [staging]",
                "kind: chat-webhook, url: \"\(inbox.url("chat"))\", models: [tumor], on: [promoted], link: \"https://git/{commit}\"",
                "kind: webhook, name: none, url: \"\(inbox.url("none"))\", models: [other]",
            ]
        }
        try await withNoticeSender([.dev, .staging], notifications) { scene in
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            #expect(try scene.inbox.events("some") == ["verified staging"])
            let texts = try scene.inbox.taken("chat").compactMap { $0["text"]?.string }
            #expect(
                texts.count == 2 && texts[0].contains("dev/tumor gets")
                    && texts[0].contains("more: martlet why tumor dev"))
            #expect(texts[0].contains("https://git/"))
            #expect(try scene.inbox.taken("none").isEmpty)
            #expect(scene.stage.told.contains { $0.hasPrefix("warning: cannot tell dead: 127.0.0.1:1 gave no answer") })
        }
    }

    @Test func `a notifier that is new does not hear old stories`() async throws {
        try await withNoticeSender([.dev]) { scene in
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            scene.stage.clock.advance(.seconds(3600))
            let url = scene.inbox.url("new")
            try scene.configure(["kind: webhook, name: new, url: \"\(url)\""])
            try await scene.settle()
            #expect(try scene.inbox.taken("new").isEmpty)
            try scene.stage.push(score: 0.9)
            try await scene.settle()
            #expect(try scene.inbox.events("new") == ["promoted dev", "verified dev"])
        }
    }

    @Test func `many of one sort at once are one message`() async throws {
        let models = (1...15).map { "m\($0)" }
        try await withNoticeSender([.dev], models: models) { scene in
            for model in models { try scene.stage.push(model, score: 0.8) }
            try await scene.settle()
            let taken = try scene.inbox.taken()
            let headlines = taken.compactMap { $0["headline"]?.string }
            #expect(
                headlines.contains("15 times promoted in dev") && headlines.contains("15 times verified in dev"),
                "\(headlines)")
            #expect(taken.count == 2 && taken[0]["details"]?.array?.count == 15)
            #expect(try scene.record()["told"]?.array?.count == 30)
        }
    }
}
