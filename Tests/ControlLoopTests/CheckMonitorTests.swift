import Domain
import Foundation
import TestSupport
import Testing

@testable import ControlLoop

/// Monitors that look by a check of the version that runs, on what it serves now.
struct CheckMonitorTests {
    /// A room whose monitor reads the log that is named after the version.
    private func room(_ action: String, in stage: Stage, _ check: String = "test.served") throws -> EnvironmentText {
        try FileManager.default.createDirectory(
            atPath: stage.folder + "/served", withIntermediateDirectories: true)
        let log = "file://\(stage.folder)/served/{revision}.log"
        return .dev.with(
            "monitors: [{name: inputs, check: \(check), files: {log: \"\(log)\"}, interval: 10s, action: \(action)}]")
    }

    private func serve(_ words: String, by version: ObjectID, _ stage: Stage) throws {
        try stage.write(words + "\n", to: "served/\(version).log")
    }

    @Test func `a version whose check fails on what it serves goes back, and the commit says why`() async throws {
        try await withStage([.dev]) { stage in
            try stage.set(room("rollback", in: stage))
            let first = try stage.push(score: 0.8)
            try serve("pass well", by: first, stage)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try serve("warn hm", by: second, stage)
            try await stage.settle()
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(stage.running("dev") == second)
            try serve("fail inputs have drifted", by: second, stage)
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(try stage.pin("dev") == first)
            #expect(stage.running("dev") == first)
            let message = try stage.message()
            #expect(
                message.contains("monitor inputs (value 0.3, threshold 0.1): test.served: inputs have drifted"),
                "\(message)")
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [second])
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test func `a log that is not there rolls nothing back, and is told`() async throws {
        try await withStage([.dev]) { stage in
            try stage.set(room("rollback", in: stage))
            let first = try stage.push(score: 0.8)
            try serve("pass well", by: first, stage)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(stage.running("dev") == second)
            #expect(await stage.status("dev")?.reason.hasPrefix("monitor inputs cannot tell: test.served") == true)
            #expect(stage.told.filter { $0.hasPrefix("warning: dev/tumor: monitor inputs cannot tell") }.count == 1)
        }
    }

    /// A room whose check ends only while there is a file `go`, and a first version that it found well; then a loop without that file.
    private func withFirst(_ body: (Stage, _ first: ObjectID) async throws -> Void) async throws {
        try await withStage([.dev]) { stage in
            try stage.set(room("rollback", in: stage, waiting(stage)))
            try stage.write("", to: "go")
            let first = try stage.push(score: 0.8)
            try serve("pass well", by: first, stage)
            try await stage.settle()
            try stage.remove("go")
            await stage.controller.workBeside {}
            try await body(stage, first)
        }
    }

    private func waiting(_ stage: Stage) -> String { "{check: test.served, wait: \"\(stage.folder)/go\"}" }

    @Test func `a check that takes long holds up no probe`() async throws {
        try await withFirst { stage, first in
            let second = try stage.push(score: 0.9)
            try serve("pass well", by: second, stage)
            try await stage.goOn { stage.running("dev") == second }
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.goOn {
                stage.clock.advance(.seconds(10))
                return stage.running("dev") == first
            }
            #expect(try stage.pin("dev") == first)
            await stage.controller.stopBeside()
        }
    }

    @Test func `in a loop a check is run once at a time, and what it finds counts for its version alone`() async throws
    {
        try await withFirst { stage, first in
            stage.clock.advance(.seconds(30))
            try await stage.passes(20)
            // It fails of the first, while the second comes.
            try serve("fail inputs have drifted", by: first, stage)
            let second = try stage.push(score: 0.9)
            try serve("pass well", by: second, stage)
            try await stage.goOn { stage.running("dev") == second }
            try stage.write("", to: "go")
            try await stage.goOn { stage.lines("go.log").contains { $0.hasPrefix("\(second)") } }
            try await stage.passes(20)
            #expect(stage.running("dev") == second)
            #expect(await stage.state("dev") == .verified)
            #expect(stage.lines("go.log").filter { $0.hasPrefix("\(first)") }.count == 2)
            // Nor is the next one forgotten.
            try serve("fail inputs have drifted", by: second, stage)
            try await stage.goOn {
                stage.clock.advance(.seconds(10))
                return stage.running("dev") == first
            }
            await stage.controller.stopBeside()
        }
    }

    @Test func `in a loop nothing goes on before the check has looked once`() async throws {
        try await withStage([.dev, .staging]) { stage in
            try stage.set(room("rollback", in: stage, waiting(stage)))
            let version = try stage.push(score: 0.8)
            try serve("pass well", by: version, stage)
            await stage.controller.workBeside {}
            try await stage.goOn { await stage.status("dev")?.reason.contains("has not looked yet") == true }
            for _ in 0..<5 {
                stage.clock.advance(.seconds(10))
                try await stage.passes(5)
            }
            #expect(await stage.state("dev") == .verifying)
            #expect(try stage.pin("staging") == nil)
            try stage.write("", to: "go")
            try await stage.goOn { try stage.pin("staging") == version }
            #expect(await stage.state("dev") == .verified)
            await stage.controller.stopBeside()
        }
    }

    @Test func `what a check found ill stays so over a restart, until it passes`() async throws {
        try await withStage([.dev, .staging]) { stage in
            try stage.set(room("rollback", in: stage, waiting(stage)))
            try stage.write("", to: "go")
            let version = try stage.push(score: 0.8)
            try serve("fail inputs have drifted", by: version, stage)
            try await stage.settle()
            #expect(await stage.state("dev") == .failed)
            try stage.remove("go")
            stage.restart()
            await stage.controller.workBeside {}
            for _ in 0..<5 {
                stage.clock.advance(.seconds(10))
                try await stage.passes(5)
            }
            #expect(await stage.state("dev") == .failed)
            #expect(try stage.pin("staging") == nil)
            try serve("pass well", by: version, stage)
            try stage.write("", to: "go")
            try await stage.goOn {
                stage.clock.advance(.seconds(10))
                return await stage.state("dev") == .verified
            }
            await stage.controller.stopBeside()
        }
    }

    @Test func `a hold that a person lifted stays so while the check of another monitor has not looked`() async throws {
        try await withStage([.dev]) { stage in
            let log = "file://\(stage.folder)/served/{revision}.log"
            let room = try room("hold", in: stage, waiting(stage))
            let well = "{kind: answer, path: \"\(stage.folder)/answers/well\"}"
            try stage.set(
                .dev.with(
                    room.more.trimmingCharacters(in: .whitespacesAndNewlines).replacing(
                        "monitors: [",
                        with: "monitors: [{name: well, probe: \(well), interval: 10s, action: hold}, ")))
            #expect(room.more.contains(log))
            try stage.write("", to: "go")
            let version = try stage.push(score: 0.8)
            try serve("fail inputs have drifted", by: version, stage)
            try await stage.settle()
            #expect(await stage.status("dev")?.hold != nil)
            _ = try await stage.another().hold(
                Unit(environment: "dev", model: "tumor"), revision: nil, reason: "ada has looked at it", lift: true)
            try await stage.settle()
            #expect(await stage.status("dev")?.lifted == version)
            try stage.remove("go")
            stage.restart()
            await stage.controller.workBeside {}
            try await stage.passes(10)
            #expect(await stage.status("dev")?.lifted == version)
            await stage.controller.stopBeside()
        }
    }

    @Test func `a monitor that is gone, or not asked now, makes no haste`() async throws {
        try await withStage([.dev]) { stage in
            try stage.set(room("alert", in: stage))
            let version = try stage.push(score: 0.8)
            try serve("pass well", by: version, stage)
            try await stage.settle()
            try stage.set(.dev)
            try await stage.settle()
            stage.clock.advance(.seconds(15))
            let pass = try await stage.controller.pass()
            #expect(try #require(pass.nextLook) > stage.clock.now)
        }
    }

    @Test(arguments: [
        ("{logs: ", "test.served: no log"),
        ("{usage.csv: \"file:///a\", log: ", "test.served reads no 'usage.csv', which files names"),
    ]) func `a file that the check does not read is named`(files: String, words: String) async throws {
        try await withStage([.dev]) { stage in
            try stage.set(room("rollback", in: stage).replacingFiles(files, "{log: "))
            let version = try stage.push(score: 0.8)
            try serve("warn hm", by: version, stage)
            try await stage.settle()
            #expect(await stage.state("dev") == .verified)
            let reason = try #require(await stage.status("dev")?.reason)
            #expect(reason.contains("monitor inputs cannot tell: \(words)"), "\(reason)")
        }
    }

    @Test func `validation names checks, settings and files that are wrong`() async throws {
        try await withStage([.dev]) { stage in
            // Of a file that cannot be read, what was valid last counts: those come first.
            for (monitor, words) in [
                ("check: test.served, files: {log: served.log}", "log: must begin with file:/// or https://"),
                ("check: {check: test.served, required: false}", "a monitor's action says what follows"),
                ("check: test.served, probe: {kind: answer, path: a}", "give a probe or a check, not both"),
                ("probe: {kind: answer, path: a}, files: {log: \"file:///a\"}", "only a check reads files"),
                ("interval: 1m", "give a probe or a check"),
                ("check: test.serve", "no check is called 'test.serve'"),
                ("check: {check: test.served, wiat: a}", "unknown field 'wiat'"),
            ] {
                try stage.set(.dev.with("monitors: [{name: inputs, action: alert, \(monitor)}]"))
                let found = try await stage.surroundings.validation.diagnostics(at: stage.tip(), in: stage.store)
                #expect(found.count == 1 && found[0].file == "environments/dev/environment.yaml", "\(found)")
                #expect(found.first?.description.contains(words) == true, "\(found)")
            }
        }
    }
}

extension EnvironmentText {
    fileprivate func replacingFiles(_ new: String, _ old: String) -> EnvironmentText {
        var copy = self
        copy.more = more.replacing("files: " + old, with: "files: " + new)
        return copy
    }
}

extension Stage {
    fileprivate func passes(_ count: Int) async throws {
        for _ in 0..<count {
            _ = try await controller.pass()
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
