import ControlLoop
import Domain
import TestSupport
import Testing

/// An environment's file that is deleted while deployments stay keeps versions out, and leaves what runs watched.
struct GoneEnvironmentTests {
    private let file = "environments/dev/environment.yaml"

    /// Two versions were verified, and then somebody deleted the environment's file.
    private func withoutFile(
        isRestarted: Bool = false, _ body: (Stage, _ first: ObjectID, _ second: ObjectID) async throws -> Void
    ) async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.commit([:], removing: [file])
            try await stage.settle()
            if isRestarted { stage.restart() }
            try await body(stage, first, second)
        }
    }

    @Test(arguments: [true, false])
    func `what fails goes back by what the file said last`(_ isRestarted: Bool) async throws {
        try await withoutFile(isRestarted: isRestarted) { stage, first, second in
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.wait(.seconds(40), step: .seconds(10))
            #expect(stage.running("dev") == first)
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [second])
            #expect(try Trailer.action.value(in: stage.message()) == "rollback")
        }
    }

    @Test(arguments: [true, false])
    func `the target is repaired, nothing enters, and everybody is told why`(_ isRestarted: Bool) async throws {
        try await withoutFile(isRestarted: isRestarted) { stage, _, second in
            try stage.remove("targets/dev/tumor.running")
            try stage.push(score: 0.95)
            try await stage.wait(.seconds(40), step: .seconds(10))
            #expect(stage.running("dev") == second)
            let blocker = try await stage.why("dev").blockers.first { $0.kind == .manifest && $0.name == file }
            #expect(
                blocker?.reason.contains("there is no such file, and deployments stand") == true, "\(blocker as Any)")
            #expect(stage.told.contains { $0.hasPrefix("warning: \(file):1:1: error: there is no such file") })
            let report = try await StatusReport.read(stage.store, stage.surroundings.language, branch: "main")
            let line = try #require(report.lines.first)
            #expect(
                line.state == "verified"
                    && line.reason.hasSuffix("; there is no \(file): what was valid last counts, and nothing enters"),
                "\(line)")
            #expect(report.problems.map(\.file) == [file])
        }
    }

    @Test func `it enters again by the file that comes back, and by no broken one`() async throws {
        try await withoutFile { stage, first, second in
            let third = try stage.push(score: 0.95)
            try stage.commit([file: "kind: Environment\nspec: [\n"])
            stage.restart()
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.wait(.seconds(40), step: .seconds(10))
            #expect(stage.running("dev") == first)
            try stage.set(.dev)
            try await stage.settle()
            #expect(stage.running("dev") == third)
        }
    }

    @Test(arguments: [true, false])
    func `its deployments go after it, and then it is no more`(_ isRestarted: Bool) async throws {
        try await withoutFile { stage, _, _ in
            try stage.commit([:], removing: ["environments/dev/tumor.yaml"])
            if isRestarted { stage.restart() }
            try await stage.settle()
            // The last of an environment goes only if a person accepts it.
            #expect(await stage.status("dev")?.reason.contains("--accept-removal") == true)
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(stage.running("dev") == nil)
            #expect(await stage.status("dev") == nil)
            #expect(await stage.controller.currentSnapshot?.environments["dev"] == nil)
            #expect(await stage.controller.currentSnapshot?.diagnostics.isEmpty == true)
        }
    }

    @Test(arguments: [true, false])
    func `an older clone that merges changes nothing of what the file said last`(_ isOlderThanAll: Bool) async throws {
        try await withStage([]) { stage in
            var clone = try stage.tip()
            let deployment = "environments/dev/tumor.yaml"
            func text(_ place: String) -> String {
                EnvironmentText.dev.text(
                    target: "\(stage.folder)/targets/\(place)", answers: "\(stage.folder)/answers/dev")
            }
            let brought = try stage.commit([file: text("dev"), deployment: stage.deployment("tumor")])
            if !isOlderThanAll { clone = brought }
            let version = try stage.push(score: 0.8)
            try stage.commit([file: text("other")])
            try await stage.settle()
            #expect(stage.running("other") == version)
            try stage.commit([:], removing: [file])
            try stage.pull(into: clone)
            stage.restart()
            try stage.remove("targets/other/tumor.running")
            try await stage.wait(.seconds(40), step: .seconds(10))
            #expect(stage.running("other") == version)

            try stage.commit([:], removing: [deployment])
            try stage.pull(into: clone)
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(stage.running("other") == nil)
            #expect(stage.running("dev") == nil)
        }
    }

    @Test func `a damaged commit above it stops nothing, and all is known once it can be read`() async throws {
        try await withoutFile { stage, _, second in
            let notes = try ["1", "2"].map { try stage.commit(["notes": $0]) }
            try await stage.settle()
            let object = try SpoiltObject("\(notes[0])", in: stage.repository.origin)
            let again = try Stage(reopening: stage, way: .sameStore)
            try await again.settle()
            #expect(await again.controller.currentSnapshot?.revision == notes[1])
            #expect(await again.controller.currentSnapshot?.environments["dev"] == nil)
            #expect(again.told.contains { $0.hasPrefix("warning: \(file):1:1: error: there is no such file") })
            try object.restore()
            try again.commit(["notes": "3"])
            try stage.remove("targets/dev/tumor.running")
            try await again.settle()
            #expect(stage.running("dev") == second)
            #expect(await again.controller.currentSnapshot?.environments["dev"]?.isBroken == true)
        }
    }

    @Test func `one that comes and goes again is cleared by what it said then`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            stage.restart { $0.acceptsRemoval = true }
            let deployment = "environments/dev/tumor.yaml"
            for place in ["dev", "other"] {
                let text = EnvironmentText.dev.text(
                    target: "\(stage.folder)/targets/\(place)", answers: "\(stage.folder)/answers/dev")
                if place == "other" { try stage.commit([file: text, deployment: stage.deployment("tumor")]) }
                try await stage.settle()
                #expect(stage.running(place) != nil)
                try stage.commit([:], removing: [file, deployment])
                try await stage.settle()
                #expect(stage.running(place) == nil)
            }
        }
    }
}
