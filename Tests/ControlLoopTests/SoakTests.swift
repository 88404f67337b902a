import Domain
import TestSupport
import Testing

@testable import ControlLoop

/// Soak time is time in which a version was known to run well.
struct SoakTests {
    private let rooms = [EnvironmentText.dev.verifying("for: 0s, interval: 10s, failureThreshold: 3"), .staging]

    private func withSoak(_ time: String, _ body: (Stage, _ version: ObjectID) async throws -> Void) async throws {
        try await withStage(rooms, gate: "  soakFor: \(time)") { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(await stage.state("dev") == .verified)
            try await body(stage, version)
        }
    }

    @Test func `nothing enters while the last look found it ill, though that does not count as a failure yet`()
        async throws
    {
        try await withSoak("75s") { stage, version in
            try await stage.wait(.seconds(4), step: .seconds(4))
            try stage.answer("dev", "* fail ill\n")
            try await stage.wait(.seconds(80), step: .seconds(1))
            #expect(await stage.state("dev") == .verified)
            #expect(try stage.pin("staging") == nil)
            for why in [try await stage.why("staging"), try #require(try await plan("staging", stage.controller))] {
                #expect(why.blockers.map(\.kind) == [.soak] && why.candidate?.revision == version)
                #expect(why.blockers.first?.reason.hasPrefix("in dev the last look found it ill, gate 'g'") == true)
            }
            try await stage.wait(.seconds(20), step: .seconds(1))
            #expect(await stage.state("dev") == .failed)
        }
    }

    @Test func `the time in which it was ill is left out`() async throws {
        try await withSoak("2m") { stage, version in
            try await stage.wait(.seconds(40), step: .seconds(10))
            try stage.answer("dev", "* fail ill\n")
            try await stage.wait(.seconds(30), step: .seconds(10))
            try stage.answer("dev", "* pass\n")
            // It was well at 30 s, ill at 60 s and well at 90 s.
            try await stage.wait(.seconds(109), step: .seconds(1))
            #expect(try stage.pin("staging") == nil)
            try await stage.wait(.seconds(1))
            #expect(try stage.pin("staging") == version)
        }
    }

    @Test(arguments: ["error", "inconclusive"])
    func `nothing enters while nobody can tell how it does`(_ verdict: String) async throws {
        try await withSoak("1m") { stage, version in
            try stage.answer("dev", "* \(verdict) no answer\n")
            try await stage.wait(.seconds(600), step: .seconds(10))
            #expect(await stage.state("dev") == .verified)
            #expect(try stage.pin("staging") == nil)
            #expect(try await stage.why("staging").blockers.first?.reason.contains("could not tell its health") == true)
            try stage.answer("dev", "* pass\n")
            try await stage.wait(.seconds(30), step: .seconds(10))
            #expect(try stage.pin("staging") == nil)
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(try stage.pin("staging") == version)
        }
    }

    @Test func `a monitor that cannot tell is waited for, one that only alerts is not`() async throws {
        for (action, enters) in [("rollback", false), ("hold", false), ("alert", true)] {
            try await withStage(rooms, gate: "  soakFor: 1m") { stage in
                let probe = "{kind: answer, path: \"\(stage.folder)/answers/watch\"}"
                try stage.set(
                    rooms[0].with("monitors: [{name: errors, probe: \(probe), action: \(action), interval: 10s}]"))
                try stage.answer("watch", "* inconclusive no data\n")
                let version = try stage.push(score: 0.9)
                try await stage.wait(.seconds(120), step: .seconds(10))
                #expect(try stage.pin("staging") == (enters ? version : nil), "\(action)")
                try stage.answer("watch", "* pass\n")
                try await stage.wait(.seconds(120), step: .seconds(10))
                #expect(try stage.pin("staging") == version)
            }
        }
    }

    @Test func `the time ends with a look, and no look is written down`() async throws {
        try await withSoak("20m") { stage, version in
            let before = try stage.tip("refs/martlet/status")
            try await stage.wait(.seconds(1199), step: .seconds(11))
            #expect(try stage.tip("refs/martlet/status") == before)
            #expect(try stage.pin("staging") == nil)
            try await stage.wait(.seconds(1))
            #expect(try stage.pin("staging") == version)
        }
    }

    @Test func `where nothing looks, time alone counts`() async throws {
        try await withStage(rooms, gate: "  soakFor: 10m") { stage in
            let text = stage.text(EnvironmentText(name: "dev", hasProbe: false))
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains("target:") }
            try stage.commit(["environments/dev/environment.yaml": lines.joined(separator: "\n")])
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            try await stage.wait(.seconds(599), step: .seconds(599))
            #expect(try stage.pin("staging") == nil)
            try await stage.wait(.seconds(1))
            #expect(try stage.pin("staging") == version)
        }
    }

    @Test func `time in which no controller ran does not count, nor does what a new one has not looked at`()
        async throws
    {
        try await withStage(rooms, gate: "  soakFor: 10s") { stage in
            let version = try stage.push(score: 0.9)
            let first = stage.looping("one")
            try await first.settle()
            #expect(await first.currentLedger[Unit(environment: "dev", model: "tumor")]?.state == .verified)
            stage.clock.advance(.seconds(3600))
            try stage.answer("dev", "* fail ill\n")
            let second = stage.looping("two")
            try await second.settle()
            stage.clock.advance(.seconds(61))
            try await second.settle()
            #expect(try stage.pin("staging") == nil)
            #expect(
                try #require(try await plan("staging", second)).blockers.first?.reason.contains("found it ill") == true)
            try stage.answer("dev", "* pass\n")
            stage.clock.advance(.seconds(31))
            try await second.settle()
            #expect(try stage.pin("staging") == nil)
            stage.clock.advance(.seconds(10))
            try await second.settle()
            #expect(try stage.pin("staging") == version)
        }
    }

    @Test func `what has soaked stays so over a restart`() async throws {
        let manual = EnvironmentText.staging.with("promotion: {mode: manual}")
        try await withStage([rooms[0], manual], gate: "  soakFor: 10m") { stage in
            try stage.push(score: 0.9)
            var controller = stage.looping("one")
            try await controller.settle()
            try await wait(300, stage, controller)
            #expect(try #require(try await plan("staging", controller)).blockers.map(\.kind) == [.soak])
            try await wait(300, stage, controller)
            #expect(try #require(try await plan("staging", controller)).blockers.map(\.kind) == [.mode])
            let before = try stage.log(of: "refs/martlet/status").count
            controller = stage.looping("two")
            try await controller.settle()
            stage.clock.advance(.seconds(3600))
            try await controller.settle()
            #expect(try #require(try await plan("staging", controller)).blockers.map(\.kind) == [.mode])
            try await wait(600, stage, controller)
            #expect(try #require(try await plan("staging", controller)).blockers.map(\.kind) == [.mode])
            #expect(try stage.log(of: "refs/martlet/status").count <= before + 1)
        }
    }

    @Test func `what soaked before a controller was stopped counts for the next one`() async throws {
        try await withStage(rooms, gate: "  soakFor: 40m") { stage in
            let version = try stage.push(score: 0.9)
            let first = stage.looping("one")
            try await first.settle()
            try await wait(1100, stage, first)
            await first.noteHealth()
            stage.clock.advance(.seconds(3600))
            let second = stage.looping("two")
            try await second.settle()
            #expect(try stage.pin("staging") == nil)
            // Some 20 minutes were left; a controller that is killed would have written down ten minutes less.
            try await wait(1500, stage, second)
            #expect(try stage.pin("staging") == version)
        }
    }

    @Test func `one that was replaced after nobody could tell how it did has not soaked`() async throws {
        let every = EnvironmentText.staging.with("promotion: {order: every}")
        for isDoubtful in [true, false] {
            try await withStage([rooms[0], every], gate: "  soakFor: 10m") { stage in
                let first = try stage.push(score: 0.8)
                // Behind that gate nothing moves meanwhile.
                try stage.set(every.with("freeze: {reason: holidays}"))
                let controller = stage.looping("one")
                try await controller.settle()
                try await wait(60, stage, controller)
                if isDoubtful { try stage.answer("dev", "* inconclusive no answer\n") }
                try await wait(1200, stage, controller)
                try stage.answer("dev", "* pass\n")
                let second = try stage.push(score: 0.9)
                try await controller.settle()
                #expect(try stage.pin("dev") == second)
                try stage.set(every)
                try await controller.settle()
                #expect(try stage.pin("staging") == (isDoubtful ? nil : first))
                try await wait(700, stage, controller)
                #expect(try stage.pin("staging") == second)
            }
        }
    }

    @Test func `a person promotes nothing that no controller has watched`() async throws {
        let manual = EnvironmentText.staging.with("promotion: {mode: manual}")
        try await withStage([rooms[0], manual], gate: "  soakFor: 10m") { stage in
            let version = try stage.push(score: 0.9)
            let unit = Unit(environment: "staging", model: "tumor")
            let controller = stage.looping("one")
            try await controller.settle()
            try await wait(60, stage, controller)
            stage.clock.advance(.seconds(3600))
            guard case .blocked(let blockers) = try await stage.another().promoteByHand(unit) else {
                Issue.record("it was promoted")
                return
            }
            #expect(blockers.map(\.kind) == [.soak])
            try await wait(700, stage, controller)
            guard case .promoted(let promoted, _) = try await stage.another().promoteByHand(unit) else {
                Issue.record("it was not promoted")
                return
            }
            #expect(promoted.revision == version)
        }
    }

    private func wait(_ time: Int64, _ stage: Stage, _ controller: Controller) async throws {
        for _ in 0..<time / 10 {
            stage.clock.advance(.seconds(10))
            try await controller.lease?.prolong()
            try await controller.settle()
        }
    }

    private func plan(_ environment: String, _ controller: Controller) async throws -> UnitPlan? {
        try await controller.currentPlans.first { $0.unit.environment == environment }
    }
}
