import Domain
import Testing

@testable import Checks

@Suite struct ArtifactIntactTests {
    private func digest(of name: String) throws -> String { SHA256.digest(of: try Fixture.bytes(name)).digits }

    @Test func `an artifact that is what it promises passes`() async throws {
        let specimen = try Specimen.version("v1").setting(
            "artifact",
            to: ["path": "model.onnx", "sha256": .string(try digest(of: "tumor/versions/v1/model.onnx")), "size": 2841])
        let outcome = try await specimen.run(ArtifactIntact.self, ["requireDigest": true, "maxSize": "3KiB"])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["bytes"]?.int == 2841)
    }

    @Test func `another digest or size than promised fails`() async throws {
        let specimen = try Specimen.version("v1").setting(
            "artifact",
            to: [
                "path": "model.onnx", "sha256": .string(try digest(of: "tumor/versions/v2/model.onnx")), "size": 1,
            ])
        let outcome = try await specimen.run(ArtifactIntact.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.findings.count == 2)
    }

    @Test func `a missing artifact fails, an unreachable store is an error`() async throws {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": "nowhere.onnx"])
        #expect(try await specimen.run(ArtifactIntact.self).verdict == .fail)
        specimen.artifactFailure = ArtifactFailure(.unreachable, "no route to host")
        #expect(try await specimen.run(ArtifactIntact.self).verdict == .error)
    }

    @Test func `an address that failed is named once, without its query and password`() async throws {
        var specimen = try Specimen.version("v1").setting(
            "artifact",
            to: ["uri": "https://ada:pw@example.com/a?token=x", "sha256": .string(String(repeating: "1", count: 64))])
        let words = "models/tumor: https://example.com/a: nobody answered"
        specimen.artifactFailure = ArtifactFailure(.unreachable, words)
        let outcome = try await specimen.run(ArtifactIntact.self)
        #expect(outcome.verdict == .error && outcome.summary == words)
        specimen.artifactFailure = ArtifactFailure(.unreachable, "nobody answered")
        #expect(try await specimen.run(ArtifactIntact.self).summary == "https://example.com/a: nobody answered")
    }

    @Test func `an artifact that is not there yet fails for now, one that Git lacks for good`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.artifactFailure = ArtifactFailure(.notYet, "run 'git lfs fetch'")
        let outcome = try await specimen.run(ArtifactIntact.self)
        #expect(outcome.verdict == .fail && outcome.mayChange)
        specimen.artifactFailure = ArtifactFailure(.wrongInStore, "half of it")
        let half = try await specimen.run(ArtifactIntact.self)
        #expect(half.verdict == .fail && half.mayChange)
        #expect(outcome.findings.first.flatMap { Finding(json: $0.json) } == outcome.findings.first)
        specimen.artifactFailure = ArtifactFailure(.missing, "commit it")
        #expect(try await !specimen.run(ArtifactIntact.self).mayChange)
        specimen.artifactFailure = ArtifactFailure(.digestMismatch, "others")
        #expect(try await !specimen.run(ArtifactIntact.self).mayChange)
    }

    @Test func `a budget is kept`() async throws {
        let outcome = try await Specimen.version("v1").run(ArtifactIntact.self, ["maxSize": "1KiB"])
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("2.8 KiB, more than 1.0 KiB"))
    }

    @Test func `a size that is none is refused`() {
        #expect(throws: FieldErrors.self) { try ArtifactIntact(node: ManifestTree(["maxSize": "many"])) }
    }
}
