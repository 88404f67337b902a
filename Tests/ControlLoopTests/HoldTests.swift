import ControlLoop
import Domain
import TestSupport
import Testing

struct HoldTests {
    let unit = Unit(environment: "dev", model: "tumor")

    @Test func `a hold is a commit that changes no file, and keeps the version out`() async throws {
        try await withStage([.dev.with("promotion: {mode: manual}")]) { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            let tree = try git("rev-parse", "main^{tree}", in: stage.repository.origin)
            let names = try await stage.controller.hold(unit, revision: nil, reason: "legal review", lift: false)
            #expect(names == [VersionName(model: "tumor", revision: version)])
            #expect(try git("rev-parse", "main^{tree}", in: stage.repository.origin) == tree)
            let plan = try await stage.why("dev")
            #expect(plan.blockers.map(\.kind) == [.hold])
            #expect(plan.blockers[0].reason.contains("legal review"))
            _ = try await stage.controller.hold(unit, revision: nil, reason: "cleared", lift: true)
            guard case .promoted = try await stage.controller.promoteByHand(unit) else {
                Issue.record("not promoted after the hold was lifted")
                return
            }
        }
    }

    @Test func `lifting lets a rolled back version in again`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.settle()
            try stage.answer("dev", "* pass\n")
            _ = try await stage.controller.hold(unit, revision: nil, reason: "fixed the server", lift: true)
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
            stage.restart()
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
        }
    }

    @Test func `nothing to hold is said`() async throws {
        try await withStage([.dev]) { stage in
            try await stage.settle()
            #expect(try await stage.controller.hold(unit, revision: nil, reason: "x", lift: false) == [])
            #expect(try await stage.controller.hold(unit, revision: nil, reason: "x", lift: true) == [])
        }
    }

    @Test func `a merge from the side brings no hold back, whatever the clocks say`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            // The person's clock is months ahead of the controller's.
            try stage.revertByHand("Promote tumor \(second.short)")
            try await stage.settle()
            try stage.set(.dev.with("freeze: {reason: audit}"))
            let side = try stage.tip()
            _ = try await stage.controller.hold(unit, revision: second, reason: "cleared", lift: true)
            try await stage.settle()
            #expect(await stage.status("dev")?.rejected == [])
            try stage.repository.git("checkout", "--quiet", "-b", "side", side.description)
            try stage.repository.commit(["README.md": "text"], push: false)
            try stage.repository.git("fetch", "--quiet", "origin")
            try stage.repository.git("merge", "--quiet", "--no-edit", "origin/main")
            try stage.repository.git("push", "--quiet", "origin", "HEAD:main")
            try await stage.settle()
            #expect(await stage.status("dev")?.rejected == [])
            stage.restart()
            try await stage.settle()
            #expect(await stage.status("dev")?.rejected == [])
        }
    }
}
