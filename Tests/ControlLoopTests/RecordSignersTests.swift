import Domain
import Foundation
import TestSupport
import Testing

@testable import ControlLoop

/// Whose signatures count, and what becomes of records when that changes.
struct RecordSignersTests {
    @Test(arguments: [nil, "second"])
    func `records from before the setting count once a person accepts them, also for controllers that run`(
        _ key: String?
    ) async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            try scene.setUp(signers: [])
            let before = try scene.controller(signingWith: key)
            let first = try stage.push(score: 0.8)
            #expect(try await before.settle(limit: 50))
            try scene.setUp()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            #expect(try await scene.calls().count == 2)
            let tips = try scene.records.map { try stage.tip($0) }
            try await scene.accept()
            for (record, tip) in try zip(scene.records, tips) {
                #expect(try scene.isSigned(record))
                let accepted = try git("log", "--format=%B", record, in: stage.repository.origin)
                #expect(accepted.contains("Martlet-Accepts: \(tip)"))
            }
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
            #expect(try await scene.calls().isEmpty)
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test func `what moves after the look of the person who accepts is not accepted`() async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            try scene.setUp()
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            let accepting = try scene.controller(signingWith: "martlet") { $0.acceptsRecords = true }
            #expect(try await accepting.settle(limit: 50))
            try stage.push(score: 0.3)
            #expect(try await accepting.settle(limit: 50))
            try scene.forgeEvidence()
            _ = try? await accepting.settle(limit: 50)
            #expect(try stage.pin("dev") == good && !scene.isSigned("refs/martlet/evidence"))
        }
    }

    @Test func `an older tip is as well signed as the newest, and a controller that runs knows better`() async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            try scene.setUp()
            try stage.push(score: 0.8)
            try await stage.settle()
            let old = try stage.tip("refs/martlet/status")
            stage.clock.advance(.seconds(60))
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            let new = try stage.tip("refs/martlet/status")
            let watching = stage.another()
            #expect(try await watching.settle(limit: 50))
            try git("update-ref", "refs/martlet/status", "\(old)", in: stage.repository.origin)
            stage.clock.advance(.seconds(60))
            try stage.push(score: 0.95)
            for controller in [stage.controller, watching] {
                #expect(try await controller.settle(limit: 50))
                #expect(await controller.currentProblems.map(\.code) == ["unbelieved-record"])
                #expect(
                    await controller.currentLedger[Unit(environment: "dev", model: "tumor")]?.pin?.revision == second)
            }
            #expect(try stage.pin("dev") == second)
            #expect(stage.told.contains { $0.contains("\(old.short) does not go on from \(new.short)") })
            // One that starts now cannot know.
            #expect(try await scene.calls().isEmpty)
            try await scene.accept()
            for controller in [stage.controller, watching] {
                #expect(try await controller.settle(limit: 50))
                #expect(await controller.currentProblems.isEmpty)
            }
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test func `a record that a person deleted is begun anew, and another controller believes that`() async throws {
        try await withRecordStage([.dev], way: .mirror) { scene in
            let stage = scene.stage
            try scene.setUp()
            try stage.push(score: 0.8)
            try await stage.settle()
            let other = try Stage(reopening: stage, way: .mirror)
            let old = try stage.tip("refs/martlet/evidence")
            let watching = stage.another()
            #expect(try await watching.settle(limit: 50))
            stage.clock.advance(.seconds(60))
            try stage.repository.git("push", "--quiet", "origin", "--delete", "refs/martlet/evidence")
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
            #expect(try await watching.settle(limit: 50))
            #expect(await watching.currentProblems.isEmpty)
            // What was deleted does not come back.
            try git("update-ref", "refs/martlet/evidence", "\(old)", in: stage.repository.origin)
            #expect(try await watching.settle(limit: 50))
            #expect(await watching.currentProblems.map(\.file) == ["refs/martlet/evidence"])
            _ = other
        }
    }

    @Test func `two controllers with two keys believe each other`() async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            let lines =
                try scene.keys.line("martlet", as: RecordStage.martlet) + scene.keys.line("second", as: "b@example.com")
            try scene.setUp(signers: [RecordStage.martlet, "B@example.com"], allowed: lines)
            let other = try scene.controller(signingWith: "second")
            for score in 1...4 {
                let version = try stage.push(score: 0.6 + Double(score) / 20)
                let acting = score.isMultiple(of: 2) ? other : stage.controller
                #expect(try await acting.settle(limit: 50))
                #expect(try stage.pin("dev") == version)
                #expect(try scene.isSigned("refs/martlet/status", by: score.isMultiple(of: 2) ? "second" : "martlet"))
            }
            #expect(await stage.controller.currentProblems.isEmpty)
            #expect(!stage.told.contains { $0.hasPrefix("error") })
        }
    }

    @Test(arguments: [nil, "eve"])
    func `without a key that counts nothing is recorded that nobody would believe`(_ key: String?) async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            try scene.setUp()
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            let bad = try stage.push(score: 0.9)
            try await stage.settle()
            let records = try scene.records.map { try stage.tip($0) }
            let stranger = try scene.controller(signingWith: key)
            #expect(try await stranger.settle(limit: 50))
            try stage.push(score: 0.95)
            #expect(try await stranger.settle(limit: 50))
            #expect(try stage.pin("dev") == bad)
            #expect(stage.told.contains { $0.hasPrefix("error: martlet.yaml asks that records are signed") })
            let plan = try #require(await stranger.currentPlans.first)
            #expect(plan.blockers.contains { $0.reason.contains("let MARTLET_SIGNING_KEY name such a key") })
            // What runs is looked after, and goes back.
            try stage.answer("dev", "\(bad) fail it is ill")
            stage.clock.advance(.seconds(30))
            #expect(try await stranger.settle(limit: 50))
            #expect(try stage.pin("dev") == good)
            #expect(try scene.records.map { try stage.tip($0) } == records)
            await #expect(throws: LoopError.self) {
                try await scene.controller(signingWith: key) { $0.acceptsRecords = true }.settle(limit: 50)
            }
            try await stage.settle()
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [bad])
        }
    }

    @Test func `a key that has run out is found out before anything is published`() async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            let options = "valid-before=\"20260101\""
            try scene.setUp(allowed: scene.keys.line("martlet", as: RecordStage.martlet, options))
            try stage.push(score: 0.8)
            await #expect(throws: LoopError.self) { try await stage.settle() }
            #expect(try scene.records.isEmpty && stage.pin("dev") == nil)
            _ = try await stage.controller.pass()
            let plan = try #require(await stage.controller.currentPlans.first)
            #expect(plan.blockers.contains { $0.reason.contains("what it signs does not count") }, "\(plan.blockers)")
        }
    }

    @Test func `a new key takes over where a person accepts what the old one signed`() async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            try scene.setUp()
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            try scene.setUp(allowed: scene.keys.line("second", as: RecordStage.martlet))
            let second = try stage.push(score: 0.9)
            let next = try scene.controller(signingWith: "second")
            #expect(try await next.settle(limit: 50))
            #expect(try stage.pin("dev") == first)
            #expect(stage.told.contains { $0.contains("no key of allowed_signers that was valid then made it") })
            // The old one knows that it counts no more.
            #expect(try await stage.controller.settle(limit: 50))
            #expect(await stage.controller.areRecordsHindered)
            let accepting = try scene.controller(signingWith: "second") { $0.acceptsRecords = true }
            #expect(try await accepting.settle(limit: 50))
            #expect(try stage.pin("dev") == second)
            #expect(try await next.settle(limit: 50))
            #expect(await next.currentProblems.isEmpty)
            #expect(try scene.isSigned("refs/martlet/status", by: "second"))
        }
    }

    @Test func `people propose, hold and go back without Martlet's key`() async throws {
        try await withRecordStage([.dev.with("promotion: {mode: pull-request}")], gate: "  approvals: {count: 1}") {
            scene in
            let stage = scene.stage
            try scene.setUp()
            try stage.push(score: 0.8)
            let (unit, person) = (Unit(environment: "dev", model: "tumor"), stage.surroundings.person)
            let hand = try scene.controller(signingWith: nil)
            try await stage.settle()
            let records = try scene.records.map { try stage.tip($0) }
            let opened = try #require(await stage.controller.requests.heads[unit])
            let closed = try #require(try await hand.closeByHand(unit, reason: "not now"))
            #expect(closed.head == opened)
            try await stage.settle()
            #expect(await stage.controller.requests.statuses[unit]?.state == .closed)
            guard case .proposed = try await hand.proposeByHand(unit, by: person) else {
                Issue.record("it is not proposed")
                return
            }
            try await stage.settle()
            #expect(await stage.controller.requests.statuses[unit]?.state == .open)
            #expect(await stage.controller.requests.statuses[unit]?.isOwn == false)
            #expect(try scene.records.map { try stage.tip($0) } != records)
            for record in try scene.records { #expect(try scene.isSigned(record), "\(record)") }
        }
    }

    @Test func `a policy that cannot be read is the last that could be`() async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            try scene.setUp()
            try stage.push(score: 0.8)
            try await stage.settle()
            try scene.forge("status", "dev/") { $0.replacing("healthy", with: "forged") }
            try stage.commit(["martlet.yaml": "apiVersion: martlet.dev/v1\nkind: Repository\nspec: {no: thing}\n"])
            let report = try await StatusReport.read(
                stage.store, stage.surroundings.language, branch: "main", verify: stage.surroundings.verify)
            #expect(report.problems.contains { $0.code == "unbelieved-record" })
            #expect(report.lines.map(\.state) == ["unknown"])
        }
    }

    @Test func `what is not a commit is told of, and not accepted`() async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            try scene.setUp()
            try stage.push(score: 0.8)
            try await stage.settle()
            let blob = try git("hash-object", "-w", "--stdin", in: stage.repository.origin, input: "no commit")
            try git("update-ref", "refs/martlet/notices", blob, in: stage.repository.origin)
            stage.restart()
            try await stage.settle()
            #expect(stage.told.contains { $0.contains("refs/martlet/notices is not believed") })
            try await scene.accept()
            #expect(try await scene.calls().count == 1)
            try git("update-ref", "-d", "refs/martlet/notices", in: stage.repository.origin)
            let next = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == next)
        }
    }
}

extension Surroundings {
    fileprivate var person: Person { Person(name: "Ada", email: "ada@example.com", time: tools.now()) }
}
