import Domain
import Foundation
import TestSupport
import Testing

@testable import ControlLoop

/// Somebody who may push `refs/martlet/*` writes there what is not true.
struct ForgedRecordsTests {
    @Test(arguments: [Stage.Way.sameStore, .mirror], [nil, "eve"])
    func `evidence that Martlet did not sign promotes nothing`(_ way: Stage.Way, _ key: String?) async throws {
        try await withRecordStage([.dev], way: way) { scene in
            let stage = scene.stage
            try scene.setUp()
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            try stage.push(score: 0.3)
            try await stage.settle()
            try scene.forgeEvidence(signedBy: key)
            stage.restart()
            try await stage.settle()
            #expect(try stage.pin("dev") == good)
            let words = try #require(stage.told.last { $0.hasPrefix("error: refs/martlet/evidence") })
            #expect(words.contains(key == nil ? "is not signed" : "is signed by eve@example.com"), "\(words)")
            #expect(words.contains("martlet reconcile --accept-records"))
            #expect(words.contains("git push origin --delete refs/martlet/evidence"))
            #expect(try await scene.calls().count == 1)
            // Nor does it at any later look, and it is told once.
            try await stage.wait(.seconds(120), step: .seconds(60))
            #expect(try stage.pin("dev") == good)
            #expect(stage.told.count { $0.hasPrefix("error: refs/martlet/evidence") } == 1)
            // What was forged is not vouched for by anything on top of it.
            #expect(try !scene.isSigned("refs/martlet/evidence"))
            try stage.repository.git("push", "--quiet", "origin", "--delete", "refs/martlet/evidence")
            let next = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == next)
            #expect(try scene.isSigned("refs/martlet/evidence"))
        }
    }

    @Test func `without the setting, forged evidence is believed: this is what the setting is for`() async throws {
        try await withRecordStage([.dev]) { scene in
            try scene.stage.push(score: 0.8)
            try await scene.stage.settle()
            let bad = try scene.stage.push(score: 0.3)
            try await scene.stage.settle()
            #expect(try scene.stage.pin("dev") != bad)
            try scene.forgeEvidence()
            scene.stage.restart()
            try await scene.stage.settle()
            #expect(try scene.stage.pin("dev") == bad)
        }
    }

    @Test(arguments: [true, false])
    func `a forged verified opens no way where records need signatures`(_ isAsked: Bool) async throws {
        try await withRecordStage([.dev.verifying("for: 1h, interval: 1s, failureThreshold: 1"), .staging]) { scene in
            let stage = scene.stage
            if isAsked { try scene.setUp() }
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(await stage.state("dev") == .verifying)
            try scene.forge("status", "dev/") { text in
                var status = try #require(DeploymentStatus(json: JSON(parsing: Array(text.utf8))))
                status = status.entering(.verified, at: stage.clock.now, "healthy")
                let pin = try #require(status.pin)
                status.verified = [.init(pin: pin, commit: status.commit, at: stage.clock.now)]
                return status.json.text(pretty: true)
            }
            stage.restart()
            try await stage.settle()
            #expect(try stage.pin("staging") == (isAsked ? nil : version))
            guard isAsked else { return }
            // What runs is looked after all the same, and found out anew.
            #expect(await stage.state("dev") == .verifying)
            #expect(stage.running("dev") == version)
            #expect(try await scene.calls("staging").count == 1)
        }
    }

    @Test(arguments: [true, false])
    func `a forged status lifts no hold and no rejection`(_ isAsked: Bool) async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            if isAsked { try scene.setUp() }
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            let bad = try stage.push(score: 0.9)
            try stage.answer("dev", "\(bad) fail it is ill")
            try await stage.settle()
            #expect(try stage.pin("dev") == good)
            try stage.answer("dev", "")
            try scene.forge("status", "dev/") { text in
                var status = try #require(DeploymentStatus(json: JSON(parsing: Array(text.utf8))))
                status.rejected = []
                return status.json.text(pretty: true)
            }
            stage.restart()
            try await stage.settle()
            #expect(try stage.pin("dev") == (isAsked ? good : bad))
            guard isAsked else { return }
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [bad])
            try stage.repository.git("push", "--quiet", "origin", "--delete", "refs/martlet/status")
            try await stage.settle()
            #expect(try stage.pin("dev") == good)
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [bad])
            #expect(try scene.isSigned("refs/martlet/status"))
        }
    }

    @Test func `while a record is forged, what falls ill goes back, and what a person holds is held`() async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            try scene.setUp()
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            let bad = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == bad)
            try scene.forge("status", "dev/") { $0.replacing("healthy", with: "Healthy") }
            try await stage.settle()
            try stage.answer("dev", "\(bad) fail it is ill")
            try await stage.wait(.seconds(60), step: .seconds(30))
            #expect(try stage.pin("dev") == good)
            #expect(stage.running("dev") == good)
            let unit = Unit(environment: "dev", model: "tumor")
            #expect(try await stage.controller.hold(unit, revision: good, reason: "x", lift: false).count == 1)
            let forged = try stage.tip("refs/martlet/status")
            try await scene.accept()
            try await stage.settle()
            #expect(try stage.pin("dev") == good)
            #expect(await stage.status("dev")?.rejected.map(\.revision).contains(bad) == true)
            #expect(try stage.log(subjectsOnly: false, of: "refs/martlet/status").contains { $0.contains("\(forged)") })
            #expect(try await scene.calls().isEmpty)
        }
    }

    @Test func `what Martlet signed for another record or on the branch proves nothing`() async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            try scene.setUp()
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            try stage.push(score: 0.3)
            try await stage.settle()
            // The forged evidence lies on the branch, where Martlet's next commit is signed with it.
            try scene.forgeEvidence()
            try stage.repository.git("fetch", "--quiet", "origin", "+refs/martlet/*:refs/forged/*")
            for file in try stage.repository.git("ls-tree", "-r", "--name-only", "refs/forged/evidence", "tumor/")
                .split(separator: "\n")
            {
                try stage.commit([String(file): stage.repository.git("show", "refs/forged/evidence:\(file)")])
            }
            let unit = Unit(environment: "dev", model: "tumor")
            let martlet = try scene.controller(signingWith: "martlet")
            _ = try await martlet.hold(unit, revision: good, reason: "x", lift: false)
            let signed = try stage.tip()
            #expect(try scene.isSigned("\(signed)"))
            for reference in ["\(signed)", "refs/martlet/status"] {
                try git(
                    "update-ref", "refs/martlet/evidence", stage.tip(reference).description,
                    in: stage.repository.origin)
                stage.restart()
                try await stage.settle()
                #expect(try stage.pin("dev") == good)
                #expect(try await scene.calls().contains { $0.contains("was signed as something else") })
            }
        }
    }

    @Test func `requests that were closed or refused are not ready because somebody writes so`() async throws {
        try await withRecordStage([.dev.with("promotion: {mode: pull-request}")]) { scene in
            let stage = scene.stage
            try scene.setUp()
            try stage.push(score: 0.8)
            _ = try await stage.controller.pass()
            try await stage.settle()
            let records = try scene.records
            #expect(records.contains("refs/martlet/requests") && records.contains("refs/notes/martlet"))
            for record in records { #expect(try scene.isSigned(record), "\(record)") }
            try scene.forge("requests", "dev/") { $0.replacing("\"merged\"", with: "\"ready\"") }
            let list = try await RequestList.read(
                stage.store, stage.surroundings.language, branch: "main", verify: stage.surroundings.verify)
            #expect(list.requests.isEmpty && list.problems.map(\.file) == ["refs/martlet/requests"])
            try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try await scene.calls().count == 1)
            #expect(try git("for-each-ref", "refs/heads/promote", in: stage.repository.origin).isEmpty)
        }
    }

    @Test func `readers show forged records as nothing`() async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            try scene.setUp()
            try stage.push(score: 0.8)
            try await stage.settle()
            func report() async throws -> StatusReport {
                try await StatusReport.read(
                    stage.store, stage.surroundings.language, branch: "main", verify: stage.surroundings.verify)
            }
            let before = try await report()
            #expect(before.lines.map(\.state) == ["verified"] && before.problems.isEmpty)
            try scene.forge("status", "dev/") { $0.replacing("healthy", with: "forged") }
            let after = try await report()
            #expect(after.lines.map(\.state) == ["unknown"])
            #expect(after.problems.map(\.code) == ["unbelieved-record"])
            // Whoever cannot verify believes nothing.
            let blind = try await StatusReport.read(stage.store, stage.surroundings.language, branch: "main")
            #expect(blind.problems.count == 2 && blind.lines.map(\.state) == ["unknown"])
            try scene.forgeEvidence()
            let context = try await CheckContext(stage.surroundings, branch: "main")
            #expect(try await context.statuses(of: "tumor", in: "dev").isEmpty)
            let version = try #require(try await context.version(of: "tumor", at: nil)).version
            let known = try await KnownEvidence.newest(
                of: version, checks: stage.surroundings.checks, in: nil, context.snapshot, records: context.records,
                stage.store)
            #expect(known.isEmpty)
        }
    }
}
