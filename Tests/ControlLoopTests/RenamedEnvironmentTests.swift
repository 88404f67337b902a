import Domain
import Git
import TestSupport
import Testing

@testable import ControlLoop

/// What a deployment has rejected stays out where it goes and comes again, under its own name or another.
struct RenamedEnvironmentTests {
    @Test(arguments: [true, false])
    func `what was rejected stays out where the file goes and comes again`(_ losesRecord: Bool) async throws {
        try await withRejected { stage, good, bad in
            let file = "environments/dev/tumor.yaml"
            try stage.commit([:], removing: [file])
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(stage.running("dev") == nil)
            let status = try #require(await stage.status("dev"))
            #expect(status.state == .empty && status.rejected.map(\.revision) == [bad])
            #expect(status.pin == nil && status.target == nil && !status.awaitsRemoval)
            #expect(try await stage.controller.currentPlans.isEmpty)
            let report = try await StatusReport.read(stage.store, stage.surroundings.language, branch: "main")
            #expect(report.lines.isEmpty)
            if losesRecord { try git("update-ref", "-d", "refs/martlet/status", in: stage.repository.origin) }
            stage.restart()
            try stage.commit([file: stage.deployment("tumor")])
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            #expect(try await stage.why("dev").blockers.map(\.kind) == [.hold])
            let unit = Unit(environment: "dev", model: "tumor")
            _ = try await stage.controller.hold(unit, revision: bad, reason: "mended", lift: true)
            try stage.answer("dev", "")
            try await stage.settle()
            #expect(try stage.pin("dev") == bad)
            #expect(good != bad)
        }
    }

    @Test(arguments: [true, false])
    func `an environment that is renamed keeps what it rejected and what ran well there`(_ losesRecord: Bool)
        async throws
    {
        try await withRejected { stage, good, bad in
            try stage.rename("dev", to: "live")
            if losesRecord {
                try git("update-ref", "-d", "refs/martlet/status", in: stage.repository.origin)
                stage.restart()
            }
            try await stage.settle()
            #expect(try stage.pin("live") == good)
            let status = try #require(await stage.status("live"))
            #expect(status.state == .verified)
            #expect(status.rejected.map(\.revision) == [bad])
            #expect(try stage.log().filter { $0.hasPrefix("Promote") }.count == 2)
            #expect(stage.running("dev") == good)
            // Where it went back to is where it goes back to.
            let newer = try stage.push(score: 0.95)
            try await stage.settle()
            #expect(try stage.pin("live") == newer)
            try stage.answer("dev", "\(newer) fail ill\n")
            try await stage.wait(.seconds(31), step: .seconds(31))
            #expect(try stage.pin("live") == good)
        }
    }

    @Test func `a record that is lost after the environment was renamed loses nothing that was rejected`() async throws
    {
        try await withRejected { stage, good, bad in
            try stage.rename("dev", to: "live")
            try await stage.settle()
            try git("update-ref", "-d", "refs/martlet/status", in: stage.repository.origin)
            stage.restart()
            try await stage.settle()
            #expect(try stage.pin("live") == good)
            #expect(await stage.status("live")?.rejected.map(\.revision) == [bad])
        }
    }

    @Test func `what was verified before the environment was renamed is there to go back to`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.7)
            try await stage.settle()
            let second = try stage.push(score: 0.8)
            try await stage.settle()
            try stage.rename("dev", to: "live")
            try await stage.settle()
            #expect(try stage.pin("live") == second)
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.wait(.seconds(31), step: .seconds(31))
            #expect(try stage.pin("live") == first)
        }
    }

    @Test(arguments: ["live", "alpha"])
    func `the history of one that is renamed goes on under its former name`(_ name: String) async throws {
        try await withRejected { stage, good, bad in
            try stage.rename("dev", to: name)
            try await stage.settle()
            let newer = try stage.push(score: 0.95)
            try await stage.settle()
            let all = try await DeploymentHistory.read(stage.store, stage.surroundings.language, branch: "main")
            func rows(_ environment: String?) -> [String] {
                DeploymentHistory.entries(all, model: "tumor", environment: environment).map {
                    "\($0.unit.environment) \($0.kind.rawValue) \($0.new?.revision.short ?? "nothing")"
                }
            }
            let before = [
                "dev rollback \(good.short)", "dev promotion \(bad.short)", "dev promotion \(good.short)",
            ]
            let since = ["\(name) promotion \(newer.short)", "\(name) promotion \(good.short)"]
            #expect(rows(name) == since + before)
            #expect(rows("dev") == ["dev removal nothing"] + before)
            #expect(rows(nil).count == 6 && DeploymentHistory.entries(all, model: "x", environment: name).isEmpty)
        }
    }

    @Test func `a copy of an environment takes over nothing`() async throws {
        try await withRejected { stage, good, bad in
            let text = stage.text(.dev)
            try stage.commit([
                "environments/free/environment.yaml": text.replacing("name: dev", with: "name: free").replacing(
                    "targets/dev", with: "targets/free"),
                "environments/free/tumor.yaml": try stage.file("environments/dev/tumor.yaml"),
            ])
            try await stage.settle()
            #expect(try stage.pin("dev") == good)
            #expect(await stage.status("free")?.rejected.first?.revision == bad)
            #expect(try stage.log().contains("Promote tumor \(bad.short) to free"))
        }
    }

    /// Two versions entered dev, and the second went back.
    private func withRejected(_ body: (Stage, _ good: ObjectID, _ bad: ObjectID) async throws -> Void) async throws {
        try await withStage([.dev]) { stage in
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            let bad = try stage.push(score: 0.9)
            try stage.answer("dev", "\(bad) fail ill\n")
            try await stage.settle()
            #expect(try stage.pin("dev") == good)
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [bad])
            try await body(stage, good, bad)
        }
    }
}

extension Stage {
    /// What `git mv` of an environment's folder does, with its name in it; target and probe stay.
    fileprivate func rename(_ old: String, to new: String) throws {
        let text = text(EnvironmentText(name: old)).replacing("name: \(old)", with: "name: \(new)")
        try commit(
            [
                "environments/\(new)/environment.yaml": text,
                "environments/\(new)/tumor.yaml": file("environments/\(old)/tumor.yaml"),
            ],
            removing: ["environments/\(old)/environment.yaml", "environments/\(old)/tumor.yaml"],
            message: "rename \(old)")
    }
}
