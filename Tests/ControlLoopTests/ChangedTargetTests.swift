import ControlLoop
import Domain
import Foundation
import Manifests
import TestSupport
import Testing

/// What a target wrote under settings that it has no more.
struct ChangedTargetTests {
    private let path = "environments/dev/environment.yaml"

    /// The deployment of `dev` runs in `moved`, and an old version where it was before.
    private func withMoved(_ body: (Stage, _ former: ObjectID) async throws -> Void) async throws {
        try await withStage([.dev]) { stage in
            let former = try stage.push(score: 0.8)
            try await stage.settle()
            // Nobody looked while they changed.
            stage.restart()
            try move(stage, from: "targets/dev", to: "targets/moved")
            try FileManager.default.createDirectory(
                atPath: stage.folder + "/targets/moved", withIntermediateDirectories: true)
            try stage.write("no disk", to: "targets/moved/refuses")
            try await stage.wait(.seconds(20), step: .seconds(10))
            #expect(await stage.state("dev") == .stalled)
            try stage.remove("targets/moved/refuses")
            try await stage.wait(.seconds(30), step: .seconds(10))
            try stage.push(score: 0.9)
            try await stage.settle()
            try await body(stage, former)
        }
    }

    private func move(_ stage: Stage, from old: String, to new: String) throws {
        try stage.commit([path: stage.file(path).replacing(old, with: new)], message: "Move the target")
    }

    private func report(_ stage: Stage) async throws -> String {
        try await #require(StatusReport.read(stage.store, YAMLManifests(), branch: "main").lines.first).reason
    }

    @Test func `it is told, over restarts, until a person has removed it`() async throws {
        try await withMoved { stage, former in
            let place = "\(stage.folder)/targets/dev/tumor"
            #expect(stage.running("dev") == former)
            #expect(try stage.running("moved") == stage.pin("dev") && stage.running("moved") != former)
            #expect(stage.told.count { $0.contains("the target of dev/tumor has other settings now") } == 1)
            stage.restart()
            try await stage.settle()
            #expect(try await report(stage).contains("is still in \(place)"))
            let tending = try #require(try await stage.why("dev").tending)
            #expect(tending.kind == .person && tending.reason.contains(place))
            #expect(tending.unblockedBy.hasSuffix("martlet reconcile --accept-removal"))
            try stage.remove("targets/dev/tumor.running")
            try await stage.wait(.seconds(120), step: .seconds(60))
            #expect(try await stage.why("dev").tending == nil)
            #expect(try await !report(stage).contains("is still in"))
        }
    }

    @Test func `a person can have it cleared, and what cannot be is told`() async throws {
        try await withMoved { stage, _ in
            try stage.write("", to: "targets/dev/tumor.lost")
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(stage.told.contains { $0.contains("and cannot be cleared: its record is lost") })
            #expect(stage.running("dev") != nil && stage.running("moved") != nil)
            try stage.remove("targets/dev/tumor.lost")
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(stage.running("dev") == nil)
            #expect(try stage.running("moved") == stage.pin("dev"))
            #expect(await stage.status("dev")?.left == [])
        }
    }

    @Test func `it goes with its deployment`() async throws {
        try await withMoved { stage, _ in
            try stage.commit([:], removing: ["environments/dev/tumor.yaml"])
            try await stage.settle()
            // One of one is more than a quarter.
            #expect(stage.running("dev") != nil && stage.running("moved") != nil)
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(stage.running("dev") == nil && stage.running("moved") == nil)
        }
    }

    @Test func `a target that comes back to where it was leaves the other place`() async throws {
        try await withMoved { stage, _ in
            try move(stage, from: "targets/moved", to: "targets/dev")
            try await stage.wait(.seconds(120), step: .seconds(60))
            #expect(try stage.running("dev") == stage.pin("dev"))
            #expect(await stage.status("dev")?.left.map(\.place) == ["\(stage.folder)/targets/moved/tumor"])
        }
    }

    @Test func `what another path leads to is not left behind, and a person's word clears nothing there`() async throws
    {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            try FileManager.default.createSymbolicLink(
                atPath: stage.folder + "/targets/link", withDestinationPath: stage.folder + "/targets/dev")
            try move(stage, from: "targets/dev", to: "targets/link")
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(stage.running("dev") == version)
            #expect(await stage.status("dev")?.left == [])
            #expect(!stage.told.contains { $0.contains("cleared") })
            #expect(stage.lines("targets/dev/applied.log").count == 1)
        }
    }

    @Test func `a deployment that moved to an environment whose path leads to the same place is not taken away`()
        async throws
    {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            try FileManager.default.createSymbolicLink(
                atPath: stage.folder + "/targets/link", withDestinationPath: stage.folder + "/targets/dev")
            let text = stage.text(EnvironmentText(name: "other")).replacing("targets/other", with: "targets/link")
            try stage.commit(
                [
                    "environments/other/environment.yaml": text,
                    "environments/other/tumor.yaml": stage.deployment("tumor", pin: "  revision: \(version)"),
                ], removing: ["environments/dev/tumor.yaml"])
            try await stage.settle()
            #expect(stage.running("dev") == version)
            #expect(await stage.status("dev") == nil)
            #expect(await stage.state("other") == .verified)
            #expect(stage.lines("targets/dev/applied.log").count == 1)
        }
    }

    @Test func `where another environment deploys the model now, nothing is left and nothing is cleared`() async throws
    {
        try await withMoved { stage, _ in
            let other = EnvironmentText(name: "other")
            let text = stage.text(other).replacing("targets/other", with: "targets/dev")
            try stage.commit([
                "environments/other/environment.yaml": text, "environments/other/tumor.yaml": stage.deployment("tumor"),
            ])
            try await stage.settle()
            try await stage.wait(.seconds(60), step: .seconds(30))
            #expect(await stage.status("dev")?.left == [])
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(try stage.running("dev") == stage.pin("other") && stage.running("dev") != nil)
        }
    }
}
