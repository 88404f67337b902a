import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

/// Which notices each happening gives, as they arrive at a real server.
struct NoticeEventTests {
    @Test func `a failure, the way back and what comes of it`() async throws {
        try await withNoticeSender([.dev]) { scene in
            let good = try scene.stage.push(score: 0.8)
            try await scene.settle()
            let bad = try scene.stage.push(score: 0.9)
            try scene.stage.answer("dev", "\(bad) fail too slow\n")
            try await scene.settle()
            #expect(try scene.stage.pin("dev") == good)
            let events = try scene.inbox.events().dropFirst(2)
            #expect(Array(events) == ["promoted dev", "failed dev", "rolled-back dev", "verified dev"])
            let back = try #require(try scene.inbox.taken().first { $0["event"] == "rolled-back" }?["headline"]?.string)
            #expect(back.hasPrefix("dev/tumor went back to \(good.short) from \(bad.short): "), "\(back)")
            #expect(back.contains("too slow"))
        }
    }

    @Test func `what no rollback helps calls a person`() async throws {
        try await withNoticeSender([.dev]) { scene in
            let bad = try scene.stage.push(score: 0.9)
            try scene.stage.answer("dev", "\(bad) fail ill\n")
            try await scene.settle()
            #expect(try scene.inbox.events() == ["promoted dev", "failed dev", "needs-person dev"])
            let words = try scene.inbox.taken().last?["headline"]?.string ?? ""
            #expect(words.contains("needs a person: no earlier version counts as verified here"), "\(words)")
            scene.stage.clock.advance(.seconds(3600))
            try await scene.settle()
            #expect(
                try scene.inbox.events().filter { $0.hasPrefix("needs-person") }.count == 1)
        }
    }

    @Test func `a gate that stays closed is told with the checks, and no secret way round it`() async throws {
        try await withNoticeSender { scene in
            let weak = try scene.stage.push(score: 0.3)
            try await scene.settle()
            #expect(try scene.inbox.events() == ["gate-closed dev+staging"])
            let notice = try #require(try scene.inbox.taken().first)
            #expect(notice["headline"]?.string?.hasPrefix("tumor \(weak.short) does not pass test.score") == true)
            #expect(notice["details"]?.array?.first?.string?.contains("score 0.3, at least 0.5") == true)
        }
    }

    @Test func `what the remote does not take calls a person, once, also over a restart`() async throws {
        let failing = FailingRemote.Switch()
        try await withNoticeSender(
            [.dev],
            hooks: { surroundings in
                surroundings.remote = FailingRemote(
                    remote: surroundings.remote, isFailing: failing, only: "refs/heads/main")
            },
            { scene in
                failing.set(true)
                let version = try scene.stage.push(score: 0.8)
                try await scene.settle()
                #expect(try scene.inbox.events() == ["needs-person dev"])
                let words = try scene.inbox.taken().last?["headline"]?.string ?? ""
                #expect(
                    words.contains("the remote refuses the promotion of tumor \(version.short) to dev: no space left"),
                    "\(words)")
                scene.restart()
                scene.stage.clock.advance(.seconds(3600))
                try await scene.settle()
                #expect(try scene.inbox.events().count == 1)
                failing.set(false)
                scene.stage.clock.advance(.seconds(3600))
                try await scene.settle()
                #expect(try scene.inbox.events().dropFirst() == ["promoted dev", "verified dev"])
            })
    }

    @Test func `holds by hand, and their end`() async throws {
        try await withNoticeSender([.dev]) { scene in
            let version = try scene.stage.push(score: 0.8)
            try await scene.settle()
            let unit = Unit(environment: "dev", model: "tumor")
            _ = try await scene.stage.controller.hold(unit, revision: version, reason: "looks odd", lift: false)
            try await scene.settle()
            _ = try await scene.stage.controller.hold(unit, revision: version, reason: "fine", lift: true)
            try await scene.settle()
            #expect(try scene.inbox.events().suffix(2) == ["held dev", "lifted dev"])
            let words = try scene.inbox.taken().compactMap { $0["headline"]?.string }
            #expect(words.contains { $0.contains("looks odd") })
        }
    }

    @Test func `a monitor that only alerts is heard, and its end too`() async throws {
        try await withNoticeSender([.dev]) { scene in
            try scene.stage.set(MonitorTests().room("alert", in: scene.stage))
            let version = try scene.stage.push(score: 0.8)
            try await scene.settle()
            try scene.stage.answer("watch", "* fail too many errors\n")
            try await scene.stage.wait(.seconds(60), step: .seconds(10))
            try await scene.settle()
            try scene.stage.answer("watch", "* pass\n")
            try await scene.stage.wait(.seconds(60), step: .seconds(10))
            try await scene.settle()
            #expect(try scene.stage.pin("dev") == version)
            #expect(try scene.inbox.events() == ["promoted dev", "verified dev", "alert dev", "recovered dev"])
            #expect(try scene.inbox.taken()[2]["headline"]?.string?.contains("monitor errors: too many errors") == true)
        }
    }

    @Test func `a monitor that can tell nothing is heard once, and its end too`() async throws {
        try await withNoticeSender([.dev]) { scene in
            try scene.stage.set(MonitorTests().room("rollback", in: scene.stage))
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            for answer in ["* error no answer\n", "* error no answer at all\n", "* pass\n"] {
                try scene.stage.answer("watch", answer)
                try await scene.stage.wait(.seconds(60), step: .seconds(10))
                try await scene.settle()
            }
            #expect(try scene.inbox.events() == ["promoted dev", "verified dev", "stalled dev", "recovered dev"])
            #expect(
                try scene.inbox.taken()[2]["headline"]?.string?.hasSuffix("monitor errors cannot tell: no answer")
                    == true)
        }
    }

    @Test func `a request, its opening and its merge`() async throws {
        let room = EnvironmentText.dev.with("promotion: {mode: pull-request}")
        try await withNoticeSender([room]) { scene in
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            #expect(
                try scene.inbox.events() == [
                    "request-opened dev", "request-merged dev", "promoted dev", "verified dev",
                ])
            let opened = try #require(try scene.inbox.taken().first)
            #expect(opened["headline"]?.string?.hasPrefix("promote/dev/tumor is ") == true)
            #expect(opened["details"]?.array?.first?.string?.hasPrefix("tumor: nothing → ") == true)
        }
    }

    @Test func `a branch that is rewritten calls a person, once, also over a restart`() async throws {
        try await withNoticeSender([.dev]) { scene in
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            try scene.stage.repository.git("fetch", "--quiet", "origin")
            try scene.stage.repository.git("reset", "--quiet", "--hard", "HEAD~1")
            try scene.stage.repository.commit(["README.md": "another history"], push: false)
            try scene.stage.repository.git("push", "--quiet", "--force", "origin", "HEAD:main")
            for _ in 1...3 {
                try await scene.settle()
                scene.restart()
            }
            let calls = try scene.inbox.taken().filter { $0["event"] == "needs-person" }
            #expect(calls.count == 1)
            #expect(calls.first?["headline"]?.string?.contains("martlet reconcile --accept-rewrite") == true)
        }
    }

    @Test func `a target that cannot be reached is told when it stalls`() async throws {
        try await withNoticeSender([.dev]) { scene in
            try scene.stage.write("no\u{1B}[31m disk", to: "targets/dev/refuses")
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            #expect(try scene.inbox.events() == ["promoted dev", "stalled dev"])
            let words = try scene.inbox.taken().last?["headline"]?.string ?? ""
            #expect(words.contains("disk") && !words.contains("\u{1B}"))
        }
    }
}
