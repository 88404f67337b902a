import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

/// Two environments with one target would go around each other's gates.
struct SharedTargetsTests {
    @Test func `environments that would overwrite each other do not act until each has its own place`() async throws {
        try await withStage([.dev, EnvironmentText(name: "production", from: ["dev"])]) { stage in
            let path = "environments/dev/environment.yaml"
            let right = try stage.file(path)
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(stage.running("dev") == first)
            try stage.commit([path: right.replacing("targets/dev", with: "targets/production")])
            try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            #expect(stage.running("production") == first)
            #expect(stage.told.contains { $0.contains("'dev' and 'production' both deploy tumor to") })
            #expect(
                try await stage.controller.currentPlans.allSatisfy { plan in
                    plan.candidate == nil || plan.blockers.contains { $0.kind == .manifest }
                })
            try stage.commit([path: right])
            let third = try stage.push(score: 0.95)
            try await stage.settle()
            #expect(stage.running("dev") == third)
        }
    }

    @Test func `a deployment that moves to another environment of the same place goes on running`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            let canary = EnvironmentText(name: "canary")
                .text(target: "\(stage.folder)/targets/dev", answers: "\(stage.folder)/answers/canary")
            try stage.commit(["environments/canary/environment.yaml": canary])
            try await stage.settle()
            try stage.commit(
                ["environments/canary/tumor.yaml": try stage.file("environments/dev/tumor.yaml")],
                removing: ["environments/dev/tumor.yaml"])
            try await stage.settle()
            #expect(stage.running("dev") == version)
            #expect(await stage.status("dev") == nil)
            #expect(await stage.state("canary") == .verified)
            #expect(stage.lines("targets/dev/applied.log").count == 1)
        }
    }

    @Test func `what others may run is not taken away while that cannot be told`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            try FileManager.default.createSymbolicLink(
                atPath: "\(stage.folder)/targets/link", withDestinationPath: "\(stage.folder)/targets/dev")
            let canary = EnvironmentText(name: "canary")
                .text(target: "\(stage.folder)/targets/link", answers: "\(stage.folder)/answers/canary")
            try stage.commit(["environments/canary/environment.yaml": canary])
            try await stage.settle()
            try stage.commit(
                ["environments/canary/tumor.yaml": try stage.file("environments/dev/tumor.yaml")],
                removing: ["environments/dev/tumor.yaml"])
            try stage.write("", to: "targets/dev/unseen")
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(stage.running("dev") == version)
            #expect(await stage.status("dev")?.reason.contains("does not answer") == true)
            try stage.remove("targets/dev/unseen")
            stage.restart()
            try await stage.wait(.seconds(2))
            #expect(stage.running("dev") == version)
            #expect(await stage.status("dev") == nil)
        }
    }

    @Test func `an environment that gets another name goes on running`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            let versions = [try stage.push("a", score: 0.8), try stage.push("b", score: 0.8)]
            try await stage.settle()
            let names = ["environment", "a", "b"]
            var files: [String: String] = [:]
            for name in names {
                files["environments/live/\(name).yaml"] = try stage.file("environments/dev/\(name).yaml")
                    .replacing("name: dev", with: "name: live")
            }
            try stage.commit(files, removing: names.map { "environments/dev/\($0).yaml" })
            try await stage.settle()
            #expect([stage.running("dev", "a"), stage.running("dev", "b")] == versions)
            #expect(await stage.status("dev", "a") == nil)
            #expect(await stage.state("live", "b") == .verified)
            try stage.commit([:], removing: ["environments/live/a.yaml"])
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(stage.running("dev", "a") == nil)
            #expect(stage.running("dev", "b") != nil)
        }
    }

    @Test func `a broken martlet.yaml is told of`() async throws {
        try await withStage([.dev]) { stage in
            try stage.commit(["martlet.yaml": "apiVersion: martlet.dev/v1\nkind: Repository\nspec: {brnch: x}\n"])
            try await stage.settle()
            #expect(stage.told.contains { $0.contains("martlet.yaml:") && $0.contains("its last valid state counts") })
        }
    }
}
