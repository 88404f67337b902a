import ControlLoop
import Domain
import TestSupport
import Testing

struct RollbackTests {
    @Test func `a version that fails its probe is rolled back to the verified one and held`() async throws {
        try await withStage([.dev]) { stage in
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            let bad = try stage.push(score: 0.9)
            try stage.answer("dev", "\(bad) fail answers nonsense\n")
            try await stage.settle()
            #expect(try stage.pin("dev") == good)
            #expect(stage.running("dev") == good)
            #expect(await stage.state("dev") == .verified)
            let status = try #require(await stage.status("dev"))
            #expect(status.rejected.map(\.revision) == [bad])
            #expect(status.isRollback)
            let plan = try await stage.why("dev")
            #expect(plan.blockers.map(\.kind) == [.hold])
            try await stage.wait(.seconds(300), step: .seconds(20))
            #expect(try stage.pin("dev") == good)
        }
    }

    @Test func `the rollback is the tree that git revert gives, and says so`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let bad = try stage.push(score: 0.9)
            try stage.answer("dev", "\(bad) fail answers nonsense\n")
            try await stage.settle()
            let message = try stage.message()
            let promotion = try stage.tip("main~1")
            #expect(
                message.hasPrefix("Revert \"Promote tumor \(bad.short) to dev\"\n\nThis reverts commit \(promotion)."))
            #expect(Trailer.action.value(in: message) == "rollback")
            #expect(Trailer.rejects.values(in: message) == ["tumor@\(bad)"])
            #expect(try #require(Trailer.cause.value(in: message)).contains("answers nonsense"))
            try stage.pull()
            try stage.repository.git("checkout", "--quiet", "--detach", promotion.description)
            try stage.repository.git("revert", "--no-edit", promotion.description)
            #expect(
                try stage.repository.git("rev-parse", "HEAD^{tree}")
                    == git("rev-parse", "main^{tree}", in: stage.repository.origin))
        }
    }

    @Test func `a newer version comes after a rejected one, but not the same content under another commit`()
        async throws
    {
        try await withStage([.dev]) { stage in
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            let bad = try stage.push(score: 0.9, "bad")
            try stage.answer("dev", "\(bad) fail ill\n")
            try await stage.settle()
            try stage.answer("dev", "* pass\n")
            let other = try stage.push(score: 0.85)
            try await stage.settle()
            #expect(try stage.pin("dev") == other)
            let again = try stage.push(score: 0.9, "bad")
            #expect(again != bad)
            try await stage.settle()
            #expect(try stage.pin("dev") == other)
            #expect(try await stage.why("dev").blockers.map(\.kind) == [.hold])
            let newest = try stage.push(score: 0.95)
            try await stage.settle()
            #expect(try stage.pin("dev") == newest)
            #expect(good != other)
        }
    }

    @Test func `a hand-made git revert is respected until a newer version comes`() async throws {
        try await withStage { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.revertByHand("Promote tumor \(second.short) to production")
            try await stage.settle()
            #expect(try stage.pin("production") == first)
            #expect(stage.running("production") == first)
            #expect(try stage.pin("staging") == second)
            stage.restart()
            try await stage.wait(.seconds(600), step: .seconds(100))
            #expect(try stage.pin("production") == first)
            #expect(try await stage.why("production").blockers.map(\.kind) == [.hold])
            let third = try stage.push(score: 0.95)
            try await stage.settle()
            #expect(try stage.pin("production") == third)
        }
    }

    @Test func `a hand-made revert of the very first promotion is respected, too`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            try stage.revertByHand("Promote tumor \(first.short) to dev")
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            #expect(stage.running("dev") == nil)
            stage.restart()
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            #expect(await stage.state("dev") == .empty)
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
        }
    }

    @Test func `a revert of the revert lets the version in again`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.revertByHand("Promote tumor \(second.short) to dev")
            try await stage.settle()
            try stage.revertByHand("Revert \"Promote tumor")
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
            #expect(await stage.status("dev")?.rejected == [])
        }
    }

    @Test func `several unverified promotions on top are reverted, newest first`() async throws {
        try await withStage([.dev.verifying("for: 10m, interval: 1s, failureThreshold: 1")]) { stage in
            let verified = try stage.push(score: 0.7)
            try await stage.settle()
            try await stage.wait(.seconds(620), step: .seconds(20))
            #expect(await stage.state("dev") == .verified)
            let second = try stage.push(score: 0.8)
            try await stage.settle()
            let third = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == third)
            try stage.answer("dev", "\(third) fail ill\n")
            try await stage.wait(.seconds(2))
            #expect(try stage.pin("dev") == verified)
            #expect(
                try stage.log().prefix(2) == [
                    "Revert \"Promote tumor \(second.short) to dev\"", "Revert \"Promote tumor \(third.short) to dev\"",
                ])
            #expect(Set(await stage.status("dev")?.rejected.map(\.revision) ?? []) == [second, third])
        }
    }

    @Test func `a comment that was edited meanwhile survives the rollback`() async throws {
        try await withStage([.dev]) { stage in
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            let bad = try stage.push(score: 0.9)
            try await stage.settle()
            let text = try stage.file("environments/dev/tumor.yaml")
            try stage.commit(["environments/dev/tumor.yaml": text.replacing("# who", with: "# asked by ada")])
            try await stage.settle()
            #expect(try stage.pin("dev") == bad)
            try stage.answer("dev", "\(bad) fail ill\n")
            try await stage.wait(.seconds(40))
            #expect(try stage.pin("dev") == good)
            #expect(try stage.file("environments/dev/tumor.yaml").contains("# asked by ada"))
            let log = try stage.log().prefix(3).map { String($0.prefix(7)) }
            #expect(log == ["Revert ", "change", "Promote"])
        }
    }

    @Test func `where the revert does not apply, the pin is restored by an edit`() async throws {
        try await withStage([.dev]) { stage in
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            let bad = try stage.push(score: 0.9)
            try await stage.settle()
            let text = try stage.file("environments/dev/tumor.yaml")
            try stage.commit([
                "environments/dev/tumor.yaml": text.replacing(bad.description, with: "\(bad)  # looked at by ada")
            ])
            try await stage.settle()
            try stage.answer("dev", "\(bad) fail ill\n")
            try await stage.wait(.seconds(40))
            #expect(try stage.pin("dev") == good)
            #expect(try stage.log()[0] == "Roll back tumor in dev to \(good.short)")
            #expect(Trailer.rejects.values(in: try stage.message()) == ["tumor@\(bad)"])
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [bad])
        }
    }

    @Test func `it goes back to the verified version, not merely to the one before`() async throws {
        try await withStage([.dev.verifying("for: 1m, interval: 1s, failureThreshold: 1")]) { stage in
            let verified = try stage.push(score: 0.7)
            try await stage.settle()
            try await stage.wait(.seconds(70), step: .seconds(10))
            try stage.push(score: 0.8)
            try await stage.settle()
            try await stage.wait(.seconds(30), step: .seconds(10))
            let third = try stage.push(score: 0.9)
            try stage.answer("dev", "\(third) fail ill\n")
            try await stage.settle()
            #expect(try stage.pin("dev") == verified)
        }
    }

    @Test func `where nothing was ever verified, a person is called and nothing loops`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.8)
            try stage.answer("dev", "* fail ill\n")
            try await stage.settle()
            try await stage.wait(.seconds(60), step: .seconds(5))
            #expect(try stage.pin("dev") == version)
            let status = try #require(await stage.status("dev"))
            #expect(status.state == .failed)
            #expect(
                status.reason == "ill; no earlier version counts as verified here, so there is nothing to go back to")
            #expect(stage.told.filter { $0.contains("needs a person") }.count == 1)
            #expect(try stage.log(of: "refs/martlet/status").count < 6)
        }
    }

    @Test func `a failing probe that words it differently each time writes one status`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try stage.answer("dev", "* fail 1 ms\n")
            try await stage.settle()
            let before = try stage.tip("refs/martlet/status")
            for second in 2..<8 {
                try stage.answer("dev", "* fail \(second) ms\n")
                try await stage.wait(.seconds(3))
            }
            #expect(try stage.tip("refs/martlet/status") == before)
        }
    }

    @Test func `a rollback is never rolled back`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.7)
            try await stage.settle()
            let second = try stage.push(score: 0.8)
            try await stage.settle()
            let third = try stage.push(score: 0.9)
            try stage.answer("dev", "\(third) fail ill\n\(second) fail ill, too\n")
            try await stage.settle()
            try await stage.wait(.seconds(120), step: .seconds(10))
            #expect(try stage.pin("dev") == second)
            let status = try #require(await stage.status("dev"))
            #expect(status.state == .failed)
            #expect(status.reason.contains("a rollback is never rolled back"))
        }
    }

    @Test func `an old failure waits for a person`() async throws {
        let room = EnvironmentText.dev.verifying("for: 0s, interval: 9m, failureThreshold: 3").with(
            "rollback: {failureAgeLimit: 20m}")
        try await withStage([room]) { stage in
            try stage.push(score: 0.7)
            try await stage.settle()
            let second = try stage.push(score: 0.8)
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.settle()
            // The looks come later than they should.
            try await stage.wait(.seconds(7000), step: .seconds(700))
            #expect(try stage.pin("dev") == second)
            #expect(try #require(await stage.status("dev")).reason.contains("failureAgeLimit (20m)"))
        }
    }

    @Test func `rollback by hand only where the environment says so`() async throws {
        try await withStage([.dev.with("rollback: {onFailure: manual}")]) { stage in
            let first = try stage.push(score: 0.7)
            try await stage.settle()
            let second = try stage.push(score: 0.8)
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
            let pin = try await stage.controller.rollBackByHand(
                Unit(environment: "dev", model: "tumor"), reason: "ada saw it")
            #expect(pin?.revision == first)
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            #expect(Trailer.cause.value(in: try stage.message()) == "ada saw it")
        }
    }

    @Test(arguments: ["error", "inconclusive"])
    func `a probe that cannot tell rolls nothing back`(_ verdict: String) async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.7)
            try await stage.settle()
            let second = try stage.push(score: 0.8)
            try stage.answer("dev", "* \(verdict) no answer\n")
            try await stage.settle()
            try await stage.wait(.seconds(4000), step: .seconds(200))
            #expect(try stage.pin("dev") == second)
            #expect(await stage.state("dev") == .stalled)
            try stage.answer("dev", "* pass\n")
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test func `a version that fails after it was verified is no place to return to`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.7)
            try await stage.settle()
            let second = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(await stage.state("dev") == .verified)
            try stage.answer("dev", "\(second) fail memory leak\n")
            try await stage.wait(.seconds(40), step: .seconds(5))
            #expect(try stage.pin("dev") == first)
            #expect(await stage.status("dev")?.verified.map(\.pin.revision) == [first])
        }
    }

    @Test func `a rollback runs no check again`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.7)
            try await stage.settle()
            let second = try stage.push(score: 0.8)
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.settle()
            #expect(stage.runs == 2)
        }
    }

    @Test func `a version that goes forward instead replaces the failed one in a pass of its own`() async throws {
        try await withStage([.dev.verifying("for: 0s, interval: 1s, failureThreshold: 1")]) { stage in
            let first = try stage.push(score: 0.7)
            try await stage.settle()
            let second = try stage.push(score: 0.8)
            try await stage.settle()
            let third = try stage.push(score: 0.9)
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.wait(.seconds(40))
            #expect(try stage.pin("dev") == third)
            for message in try stage.log() where message.hasPrefix("Promote") { #expect(!message.isEmpty) }
            #expect(first != second)
        }
    }
}
