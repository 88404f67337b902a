import ControlLoop
import Domain
import Foundation
import Manifests
import Synchronization
import TestSupport
import Testing

/// A version is proposed on a branch, judged, merged or said why not.
struct RequestTests {
    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `a version is proposed on a branch, waits, is merged, and the branch is gone`(_ way: Stage.Way) async throws {
        try await withRequests(way: way) { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            let head = try #require(stage.head())
            #expect(try stage.pin("production") == nil)
            let open = try stage.request()
            #expect(open.state == .open)
            #expect(open.head == head)
            #expect(open.isOwn)
            #expect(open.blockers.map(\.kind) == [.soak])
            #expect(open.reason == "waits for soak dev")
            #expect(try stage.note(on: head).hasPrefix("promote/production/tumor is open: waits for soak dev"))
            #expect(try stage.log(of: "\(head)")[0] == "Propose tumor \(version.short) for production")

            let before = try stage.tip()
            try await stage.wait(.seconds(3601), step: .seconds(1200))
            #expect(try stage.pin("production") == version)
            #expect(stage.running("production") == version)
            #expect(stage.head() == nil)
            #expect(try stage.parents() == [before, head])
            let message = try stage.message()
            #expect(message.hasPrefix("Promote tumor \(version.short) to production\n"))
            #expect(Trailer.action.value(in: message) == "promote")
            #expect(Trailer.request.value(in: message) == "promote/production/tumor@\(head)")
            #expect(Trailer.model.values(in: message) == ["tumor@\(version)"])
            #expect(Trailer.evidence.values(in: message).count == 1)
            let merged = try stage.request()
            #expect(merged.state == .merged)
            #expect(try merged.commit == stage.tip())
            #expect(try stage.note(on: head).contains("merged as \(stage.tip())"))
            try git("fsck", "--strict", in: stage.repository.origin)
        }
    }

    @Test func `the evidence that a merge names is there`() async throws {
        try await withRequests { stage in
            try stage.push(score: 0.9)
            try await stage.settle()
            try await stage.wait(.seconds(3601), step: .seconds(1200))
            let named = try #require(Trailer.evidence.value(in: stage.message()))
            let kept = try git("ls-tree", "-r", "refs/martlet/evidence", in: stage.repository.origin)
            #expect(kept.contains(named))
        }
    }

    @Test func `a person's edit is merged where the gate is open, also in an environment without requests`()
        async throws
    {
        let rooms = [EnvironmentText.dev, .init(name: "production", from: ["dev"]).with("promotion: {mode: manual}")]
        try await withStage(rooms) { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(stage.head() == nil)
            let head = try stage.proposePin(version)
            try await stage.settle()
            #expect(try stage.pin("production") == version)
            #expect(try stage.parents()[1] == head)
            #expect(try stage.request().author == "Ada <ada@example.com>")
            #expect(stage.head() == nil)
        }
    }

    @Test func `what fails after a merge is reverted as git revert -m 1 does, and not proposed again`() async throws {
        try await withRequests(gate: "") { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("production") == second)
            let merge = try stage.tip()
            try stage.answer("production", "\(second) fail ill\n")
            try await stage.wait(.seconds(31), step: .seconds(31))
            #expect(try stage.pin("production") == first)
            #expect(stage.head() == nil)
            let words = try stage.message()
            #expect(words.hasPrefix("Revert \"Promote tumor \(second.short) to production\""))
            #expect(
                try words.contains(
                    "This reverts commit \(merge), reversing\nchanges made to \(stage.parents("\(merge)")[0])."))
            try stage.onSide {
                try stage.repository.git("fetch", "--quiet", "origin")
                try stage.repository.git("checkout", "--quiet", "--detach", "\(merge)")
                try stage.repository.git("revert", "--no-edit", "-m", "1", "\(merge)")
                let expected = try stage.repository.git("rev-parse", "HEAD^{tree}")
                #expect(try git("rev-parse", "main^{tree}", in: stage.repository.origin) == expected)
            }
            #expect(await stage.status("production")?.rejected.map(\.revision) == [second])
        }
    }

    @Test func `a newer version takes the place of Martlet's own proposal`() async throws {
        try await withRequests { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let old = try #require(stage.head())
            let newer = try stage.push(score: 0.9)
            try await stage.settle()
            let head = try #require(stage.head())
            #expect(head != old)
            #expect(try stage.request().moves.map(\.new.revision) == [newer])
            #expect(try stage.note(on: old).contains("is superseded"))
            try await stage.wait(.seconds(3601), step: .seconds(1200))
            #expect(try stage.pin("production") == newer)
        }
    }

    @Test func `a person's request is never overwritten, but said to be superseded`() async throws {
        try await withRequests { stage in
            let version = try stage.push(score: 0.8)
            let head = try stage.proposePin(version)
            try await stage.settle()
            #expect(try stage.request().state == .open)
            #expect(stage.head() == head)
            let newer = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(stage.head() == head)
            #expect(try stage.request().state == .superseded)
            #expect(try stage.request().reason == "tumor \(newer.short) is newer, and may enter")
            try await stage.wait(.seconds(3601), step: .seconds(1200))
            #expect(try stage.pin("production") == nil)
            try git("update-ref", "-d", "refs/heads/promote/production/tumor", in: stage.repository.origin)
            try await stage.settle()
            #expect(try stage.pin("production") == newer)
        }
    }

    @Test func `a request that does not merge is conflicting until it is rebased`() async throws {
        try await withRequests { stage in
            let version = try stage.push(score: 0.8)
            try stage.proposePin(version)
            let text = stage.deployment("tumor", pin: "  rollout: {kind: none}")
            try stage.commit(["environments/production/tumor.yaml": text], message: "rollout")
            try await stage.settle()
            #expect(try stage.request().state == .conflicting)
            let reason = try stage.request().reason
            #expect(reason.contains("environments/production/tumor.yaml"))
            #expect(reason.contains("make it anew: martlet promote tumor --to production"), "\(reason)")
            try stage.propose([
                "environments/production/tumor.yaml": stage.deployment(
                    "tumor", pin: "  rollout: {kind: none}\n  revision: \"\(version)\"")
            ])
            try await stage.settle()
            #expect(try stage.request().state == .open)
        }
    }

    @Test func `what runs already, and what is older, is stale`() async throws {
        try await withRequests(gate: "") { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("production") == second)
            try stage.proposePin(first)
            try await stage.settle()
            #expect(try stage.request().state == .stale)
            #expect(try stage.request().reason.contains("is older than"))
            try stage.propose([:])
            try await stage.settle()
            #expect(try stage.request().state == .stale)
            #expect(try stage.pin("production") == second)
        }
    }

    @Test func `a proposal whose branch a person deletes is closed, and comes back only for a newer version`()
        async throws
    {
        try await withRequests { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            try git("update-ref", "-d", "refs/heads/promote/production/tumor", in: stage.repository.origin)
            try await stage.settle()
            stage.restart()
            try await stage.wait(.seconds(3601), step: .seconds(1200))
            #expect(stage.head() == nil)
            #expect(try stage.request().state == .closed)
            #expect(try stage.pin("production") == nil)
            let newer = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.request().moves.map(\.new.revision) == [newer])
            #expect(stage.head() != nil)
        }
    }

    @Test func `a request that a person merges by hand is merged`() async throws {
        try await withRequests { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            let head = try #require(stage.head())
            try stage.pull()
            try stage.repository.git("fetch", "--quiet", "origin", "promote/production/tumor")
            try stage.repository.git("merge", "--quiet", "--no-ff", "-m", "by hand", "\(head)")
            try stage.repository.git("push", "--quiet", "origin", "main")
            try await stage.settle()
            #expect(try stage.request().state == .merged)
            #expect(stage.head() == nil)
            #expect(stage.running("production") == version)
        }
    }

    @Test func `what another request brought as well was not merged by hand`() async throws {
        let production = EnvironmentText(name: "production", from: ["dev"]).with("promotion: {mode: manual}")
        try await withStage([.dev, production], models: ["a", "b"]) { stage in
            let one = try stage.push("a", score: 0.9), two = try stage.push("b", score: 0.9)
            try await stage.settle()
            try stage.propose(
                [
                    "environments/production/a.yaml": stage.pinned(one, "a"),
                    "environments/production/b.yaml": stage.pinned(two, "b"),
                ], as: "promote/production/a")
            try stage.proposePin(two, of: "b")
            try await stage.settle()
            #expect(try stage.request("production", "a").reason == "merged by Martlet")
            #expect(
                try stage.request("production", "b").summary.hasSuffix("is merged: merged with promote/production/a"))
            #expect(stage.head("production", "b") == nil)
        }
    }

    @Test func `a branch that brings nothing is closed when it is deleted, not merged`() async throws {
        try await withRequests(gate: "") { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(try stage.pin("production") == version)
            for (files, message) in [([:], "nothing"), (["README.md": "x"], "something else")]
                as [([String: String], String)]
            {
                try stage.propose(files, message: message)
                try git("update-ref", "refs/heads/promote/dev/tumor", "main", in: stage.repository.origin)
                try await stage.settle()
                #expect(try [.stale, .refused].contains(stage.request().state))
                #expect(try stage.request("dev").state == .stale)
                for environment in ["dev", "production"] {
                    try git("update-ref", "-d", "refs/heads/promote/\(environment)/tumor", in: stage.repository.origin)
                }
                try await stage.settle()
                for environment in ["dev", "production"] {
                    #expect(try stage.request(environment).summary.hasSuffix("is closed: its branch was deleted"))
                }
            }
        }
    }

    @Test func `an unchanged request is not judged again`() async throws {
        let judged = Mutex(0)
        try await withRequests(hooks: { $0.step = { if $0 == "before-judge" { judged.withLock { $0 += 1 } } } }) {
            stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let before = judged.withLock { $0 }
            try stage.commit(["README.md": "unrelated"])
            try stage.push("other", score: 0.3)
            try await stage.settle()
            #expect(judged.withLock { $0 } == before)
            let record = try stage.tip("refs/martlet/requests")
            stage.restart()
            try await stage.settle()
            #expect(try stage.tip("refs/martlet/requests") == record)
        }
    }

    @Test func `why and the plans name the request and what it waits for`() async throws {
        try await withRequests { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let plan = try await stage.why("production")
            #expect(plan.blockers.map(\.kind) == [.soak, .mode])
            #expect(plan.blockers.last?.reason == "promote/production/tumor is open: waits for soak dev")
            let status = try await StatusReport.read(stage.store, YAMLManifests(), branch: "main")
            #expect(status.lines.last?.reason == "no version yet; promote/production/tumor is open: waits for soak dev")
        }
    }

    @Test func `a request that was taken back is no word on what runs`() async throws {
        try await withRequests { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            let unit = Unit(environment: "production", model: "tumor")
            for lift in [false, true] {
                _ = try await stage.controller.hold(unit, revision: version, reason: "legal review", lift: lift)
                try await stage.settle()
                if !lift { #expect(try stage.request().state == .refused && stage.head() == nil) }
                let status = try await StatusReport.read(stage.store, YAMLManifests(), branch: "main")
                let reason = try #require(status.lines.last?.reason)
                #expect(!reason.contains("is refused"), "\(lift): \(reason)")
            }
        }
    }

    @Test func `a person proposes, replaces an own proposal, and closes it`() async throws {
        let production = EnvironmentText(name: "production", from: ["dev"]).with("promotion: {mode: manual}")
        try await withStage([.dev, production], gate: "  soakFor: 1h") { stage in
            let unit = Unit(environment: "production", model: "tumor")
            let person = Person(name: "Grace", email: "grace@example.com", time: stage.clock.now)
            guard case .blocked = try await stage.another().proposeByHand(unit, by: person) else {
                Issue.record("there is nothing to propose")
                return
            }
            try stage.push(score: 0.8)
            try await stage.settle()
            guard case .proposed(let first) = try await stage.another().proposeByHand(unit, by: person) else {
                Issue.record("nothing was proposed")
                return
            }
            try await stage.settle()
            #expect(try stage.request().author == "Grace <grace@example.com>")
            #expect(try !stage.request().isOwn)
            guard case .isOpen = try await stage.another().proposeByHand(unit, by: person) else {
                Issue.record("it was proposed twice")
                return
            }
            try stage.push(score: 0.9)
            try await stage.settle()
            let other = Person(name: "Hedy", email: "hedy@example.com", time: stage.clock.now)
            guard case .occupied = try await stage.another().proposeByHand(unit, by: other) else {
                Issue.record("somebody's request was taken away")
                return
            }
            guard case .proposed(let second) = try await stage.another().proposeByHand(unit, by: person) else {
                Issue.record("it was not replaced")
                return
            }
            #expect(second.head != first.head)
            #expect(try await stage.another().closeByHand(unit, reason: "not now")?.head == second.head)
            try await stage.settle()
            #expect(stage.head() == nil)
            #expect(try stage.request().summary == "promote/production/tumor is closed: not now")
            #expect(try await stage.another().closeByHand(unit, reason: "again") == nil)
        }
    }
}
