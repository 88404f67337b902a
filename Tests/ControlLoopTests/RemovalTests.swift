import ControlLoop
import Domain
import TestSupport
import Testing

/// Removals that need a person's word.
struct RemovalTests {
    @Test func `what waits for a person goes on doing so, however many others come`() async throws {
        try await withStage([.dev], models: ["a", "b", "c"]) { stage in
            for model in ["a", "b", "c"] { try stage.push(model, score: 0.8) }
            try await stage.settle()
            let file = try stage.file("environments/dev/a.yaml")
            try stage.commit([:], removing: ["environments/dev/a.yaml"])
            try await stage.settle()
            #expect(await stage.status("dev", "a")?.awaitsRemoval == true)
            for model in ["d", "e"] {
                try stage.commit(["environments/dev/\(model).yaml": stage.deployment(model)])
                try stage.push(model, score: 0.8)
                stage.restart()
                try await stage.settle()
                #expect(stage.running("dev", model) != nil)
                #expect(stage.running("dev", "a") != nil)
                #expect(await stage.status("dev", "a")?.reason.contains("--accept-removal") == true)
            }
            // Brought back, it goes by what there is then.
            try stage.commit(["environments/dev/a.yaml": file])
            try await stage.settle()
            #expect(await stage.state("dev", "a") == .verified)
            #expect(await stage.status("dev", "a")?.awaitsRemoval == false)
            try stage.commit([:], removing: ["environments/dev/a.yaml"])
            try await stage.settle()
            #expect(stage.running("dev", "a") == nil)
        }
    }
}
