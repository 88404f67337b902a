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
                await stage.controller.currentPlans.allSatisfy { plan in
                    plan.candidate == nil || plan.blockers.contains { $0.kind == .manifest }
                })
            try stage.commit([path: right])
            let third = try stage.push(score: 0.95)
            try await stage.settle()
            #expect(stage.running("dev") == third)
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
