import ControlLoop
import Domain
import Manifests
import TestSupport
import Testing

/// What plans say of what runs, besides what waits to enter.
struct TendingTests {
    private let unit = Unit(environment: "dev", model: "tumor")

    @Test func `a rollback that is not yet at the target is something to do`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(try await stage.why("dev").tending == nil)
            try stage.push(score: 0.9)
            try await stage.settle()
            _ = try await stage.another().rollBackByHand(unit, reason: "ada saw it")
            let tending = try #require(try await stage.why("dev").tending)
            #expect(tending.kind == .sync && tending.reason == "pending: the branch names \(first.short)")
            #expect(tending.since != nil)
        }
    }

    @Test func `what is being verified says until when`() async throws {
        try await withStage([.dev.verifying("for: 10m, interval: 1s, failureThreshold: 1")]) { stage in
            try stage.push(score: 0.8)
            let start = stage.clock.now
            try await stage.settle()
            let plan = try await stage.why("dev")
            #expect(plan.tending?.kind == .verify && plan.state == .upToDate)
            #expect(plan.nextLook == start + .seconds(600))
        }
    }

    @Test func `a failure that nobody undoes asks for a person`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try stage.answer("dev", "* fail ill\n")
            try await stage.settle()
            let plan = try await stage.why("dev")
            #expect(plan.state == .blocked && plan.tending?.kind == .person)
            #expect(plan.tending?.reason.hasPrefix("failed: ill; no earlier version") == true)
            // There is nothing that a rollback could go back to.
            let commit = try #require(await stage.status("dev")?.commit)
            #expect(
                plan.tending?.unblockedBy.hasSuffix("or: git revert \(commit.short), which brought it, and git push")
                    == true)
            #expect(try await stage.another().rollBackByHand(unit, reason: "x") == nil)
            try stage.revertByHand("Promote tumor")
            try await stage.settle()
            #expect(try await stage.why("dev").tending == nil)
        }
    }

    @Test func `where a rollback leads somewhere, it is what a failure needs`() async throws {
        try await withStage([.dev.with("rollback: {onFailure: manual}")]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.settle()
            #expect(try await stage.why("dev").tending?.unblockedBy.hasSuffix("or: martlet rollback tumor dev") == true)
        }
    }

    @Test func `what stalls is listed, also where the branch names it no more`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            try stage.write("disk\nfull", to: "targets/dev/refuses")
            try stage.commit([:], removing: ["environments/dev/tumor.yaml"])
            try await stage.settle()
            let plan = try #require(try await stage.controller.currentPlans.first { $0.unit == unit })
            // One deployment of one is more than a quarter.
            #expect(plan.tending?.kind == .person && plan.tending?.unblockedBy.contains("--accept-removal") == true)
        }
    }

    @Test(arguments: [true, false])
    func `what only a person can put right at a target is said to be so`(_ needsPerson: Bool) async throws {
        try await withNoticeSender([.dev]) { scene in
            try scene.stage.write("no disk", to: "targets/dev/refuses")
            if needsPerson { try scene.stage.write("", to: "targets/dev/refuses.lasting") }
            try scene.stage.push(score: 0.8)
            for _ in 0..<3 {
                try await scene.stage.wait(.seconds(20), step: .seconds(10))
                try await scene.settle()
            }
            let tending = try await scene.stage.why("dev").tending
            #expect(tending?.kind == (needsPerson ? .person : .sync) && tending?.reason == "stalled: no disk")
            #expect(tending?.unblockedBy.hasPrefix(needsPerson ? "a person" : "Martlet tries again") == true)
            let calls = try scene.inbox.taken().filter { $0["event"] == "needs-person" }
            #expect(calls.count == (needsPerson ? 1 : 0))
            try scene.stage.remove("targets/dev/refuses")
            try await scene.stage.wait(.seconds(60), step: .seconds(10))
            #expect(await scene.stage.status("dev")?.needsPerson == false)
        }
    }

    @Test func `others' words stay on one line`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try stage.write("disk\nfull", to: "targets/dev/refuses")
            try await stage.settle()
            #expect(await stage.status("dev")?.reason == "disk full")
        }
    }

    @Test func `a hold on what runs is shown`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            _ = try await stage.controller.hold(unit, revision: version, reason: "legal review", lift: false)
            try await stage.settle()
            let status = await stage.status("dev")
            #expect(status?.state == .verified)
            let why = try await stage.why("dev")
            #expect(why.standing(status).hasSuffix(": legal review"))
            #expect(why.tending?.kind == .hold && why.tending?.since == status?.hold?.at)
            #expect(why.tending?.unblockedBy == "a newer version, or: martlet hold tumor dev --lift")
            let report = try await StatusReport.read(stage.store, YAMLManifests(), branch: "main")
            #expect(report.lines.first?.reason.hasSuffix("; held: legal review") == true)
        }
    }

    @Test func `a probe that can tell nothing is told of at the first look, and once`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try stage.answer("dev", "* error no answer\n")
            try await stage.settle()
            #expect(await stage.status("dev")?.reason == "its health cannot be told: no answer")
            try stage.answer("dev", "* error no answer again\n")
            try await stage.wait(.seconds(30), step: .seconds(5))
            #expect(stage.told.filter { $0.contains("cannot be told") }.count == 1)
            #expect(await stage.status("dev")?.reason == "its health cannot be told: no answer")
        }
    }

    @Test func `a broken manifest is told with its place, once, and named where it blocks`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let text = Stage.model("tumor").replacing("task:", with: "tusk:")
            try stage.commit(["models/tumor/model.yaml": text])
            try await stage.settle()
            try stage.commit(["README.md": "other"])
            try await stage.settle()
            let place = "models/tumor/model.yaml:5:3: error: "
            #expect(stage.told.count { $0.contains(place) } == 1, "\(stage.told)")
            let blocker = try #require(try await stage.why("dev").blockers.first)
            #expect(blocker.kind == .manifest && blocker.reason.hasPrefix(place), "\(blocker.reason)")
        }
    }
}
