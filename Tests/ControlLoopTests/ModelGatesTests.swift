import ControlLoop
import Domain
import TestSupport
import Testing

/// Gates of their own for some of an environment's models.
struct ModelGatesTests {
    private let room = EnvironmentText.dev.with(
        "gates: [{models: [lending/*, b], gate: strict}, {models: [b], gate: g}]")

    private func strict(_ stage: Stage, _ more: String = "") -> String {
        stage.gate(more, least: 0.85).replacing("{name: g}", with: "{name: strict}")
    }

    @Test func `the first rule that names a model says its gate, and the others have the environment's`() async throws {
        try await withStage([room], models: ["a", "b", "lending/c"]) { stage in
            try stage.commit(["gates/strict.yaml": strict(stage)])
            let one = try stage.push("a", score: 0.7)
            try stage.push("b", score: 0.7)
            try stage.push("lending/c", score: 0.7)
            try await stage.settle()
            #expect(try stage.pin("dev", "a") == one)
            for model in ["b", "lending/c"] {
                #expect(try stage.pin("dev", model) == nil)
                let blocker = try #require(try await stage.why("dev", model).blockers.first)
                #expect(blocker.reason.contains("score 0.7, at least 0.85"), "\(blocker)")
            }
            let better = try stage.push("b", score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev", "b") == better)
            #expect(Trailer.gate.values(in: try stage.message()) == ["strict"])
            #expect(try stage.message().contains("Gate 'strict' is open for b:"))
        }
    }

    @Test func `a commit of several models names the gates of all, and which has none`() async throws {
        let room = EnvironmentText(name: "dev", gate: false)
            .with("gates: [{models: [a], gate: g}, {models: [b], gate: strict}]")
            .with("releaseSets: [{name: all, models: [a, b, c]}]")
        try await withStage([room], models: ["a", "b", "c"]) { stage in
            try stage.commit(["gates/strict.yaml": strict(stage)])
            for model in ["a", "b", "c"] { try stage.push(model, score: 0.9) }
            try await stage.settle()
            let message = try stage.message()
            #expect(message.hasPrefix("Promote 3 models to dev\n"), "\(message)")
            #expect(Trailer.gate.values(in: message) == ["g", "strict"])
            #expect(message.contains("No check was asked for: dev has no gate for c.\n"), "\(message)")
            #expect(message.contains("Gate 'g' is open for a:") && message.contains("Gate 'strict' is open for b:"))
        }
    }

    @Test func `a gate of a model that cannot be read keeps that model out alone`() async throws {
        try await withStage([room], models: ["a", "b"]) { stage in
            try stage.commit(["gates/strict.yaml": "apiVersion: martlet.dev/v1\nkind: Gate\n"])
            let one = try stage.push("a", score: 0.9)
            try stage.push("b", score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev", "a") == one)
            #expect(try stage.pin("dev", "b") == nil)
            #expect(try await stage.why("dev", "b").blockers.contains { $0.name == "gates/strict.yaml" })
        }
    }

    @Test func `soak times are those of the model's gate`() async throws {
        let next = EnvironmentText.staging.with("gates: [{models: [b], gate: strict}]")
        try await withStage([.dev, next], models: ["a", "b"]) { stage in
            try stage.commit(["gates/strict.yaml": strict(stage, "  soakFor: 1h")])
            let versions = try ["a", "b"].map { try stage.push($0, score: 0.9) }
            try await stage.settle()
            #expect(try stage.pin("staging", "a") == versions[0])
            #expect(try stage.pin("staging", "b") == nil)
            #expect(try await stage.why("staging", "b").blockers.map(\.kind) == [.soak])
        }
    }
}
