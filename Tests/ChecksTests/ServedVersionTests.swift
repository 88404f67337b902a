import Domain
import Engines
import TestSupport
import Testing

@testable import Checks

/// A real server on loopback says which version it serves, and O4 holds that against what Git says.
@Suite struct ServedVersionTests {
    /// A version of an environment that is verified to run.
    private func running(_ server: OpenInferenceServer?, label: String? = "v1.4.0", probe: JSON? = nil) throws
        -> Specimen
    {
        var specimen = try Specimen.version("v1")
        specimen.label = label
        specimen.files["params.yaml"] = Array("trained_at: 2026-11-20T08:00:00Z\n".utf8)
        specimen.environment = "production"
        specimen.probe = probe
        let store = MemoryStore()
        let own = try store.commit("v1", ["models/tumor/model.onnx": "1"], at: "2026-11-20T00:00:00Z")
        (specimen.store, specimen.revision, specimen.tip) = (store, own, own)
        specimen.statuses = [
            "production": DeploymentStatus(
                pin: Pin(revision: own, version: label), state: .verified, since: specimen.now)
        ]
        let curl = Curl()
        specimen.send = { [server] call in
            defer { withExtendedLifetime(server) {} }
            return try await curl.send(call)
        }
        return specimen
    }

    private func outcome(_ versions: [String], label: String? = "v1.4.0") async throws -> Outcome {
        let server = try OpenInferenceServer(versions: versions)
        return try await running(server, label: label).run(Staleness.self, ["endpoint": .string(server.url)])
    }

    @Test func `a server that says the version's label, commit or digest is well, and that is told`() async throws {
        let specimen = try running(nil)
        let revision = try #require(specimen.revision).description
        for name in ["v1.4.0", "1.4.0", revision, String(revision.prefix(8))] {
            let outcome = try await outcome(["v1.3.0", name])
            #expect(outcome.verdict == .pass && outcome.summary.contains("says that it serves v1.3.0, \(name)"))
            #expect(outcome.measurements["served"]?["is"] == "same")
        }
        let server = try OpenInferenceServer(versions: [String(repeating: "b", count: 64)])
        let pinned = try running(server).setting(
            "artifact", "sha256", to: .string(String(repeating: "b", count: 64)))
        #expect(
            try await pinned.run(Staleness.self, ["endpoint": .string(server.url)]).summary.contains("says that it"))
    }

    @Test func `a server that says another version fails, though the model is young`() async throws {
        for name in ["v1.3.0", "1.3.0-rc.1", String(repeating: "a", count: 40), String(repeating: "c", count: 64)] {
            let outcome = try await outcome([name])
            #expect(outcome.verdict == .fail && outcome.mayChange, "\(name): \(outcome.words)")
            #expect(outcome.summary.contains("production is said to run tumor v1.4.0, and http://127.0.0.1:"))
            #expect(outcome.summary.contains("says that it serves \(name); make it serve that version"))
        }
    }

    @Test func `a name that may be any version's, or none, changes nothing and claims nothing`() async throws {
        for (names, label) in [(["1"], "v1.4.0"), ([], "v1.4.0"), (["v1.3.0"], nil)] as [([String], String?)] {
            let outcome = try await outcome(names, label: label)
            #expect(outcome.verdict == .pass && !outcome.summary.contains("says that it serves"), "\(outcome.words)")
            #expect(outcome.findings.map(\.verdict) == [.skipped], "\(outcome.words)")
            #expect(outcome.measurements["served"]?["is"] == "unknown")
        }
    }

    @Test func `the label of an earlier version is another version, whatever it looks like`() async throws {
        let server = try OpenInferenceServer(versions: ["blue"])
        var specimen = try running(server, label: "green")
        var deployed = try Specimen.version("v2")
        deployed.label = "blue"
        specimen.deployed = try deployed.subject()
        let outcome = try await specimen.run(Staleness.self, ["endpoint": .string(server.url)])
        #expect(outcome.verdict == .fail && outcome.summary.contains("serves blue"), "\(outcome.words)")
    }

    @Test func `the server is that of the environment's probe where the gate names none`() async throws {
        let server = try OpenInferenceServer(versions: ["v1.3.0"])
        let probe: JSON = ["kind": "http", "url": .string(server.url + "/v2/models/{model}/ready")]
        #expect(try await running(server, probe: probe).run(Staleness.self).verdict == .fail)
        #expect(try await running(server).run(Staleness.self).verdict == .pass)
    }

    @Test func `a version that would enter is only warned of what the environment serves`() async throws {
        let server = try OpenInferenceServer(versions: ["v1.3.0"])
        var candidate = try running(server, label: "v2.0.0")
        var deployed = try running(server)
        deployed.revision = try (candidate.store as? MemoryStore)?.commit("old", ["a": "1"], at: "2026-01-01T00:00:00Z")
        candidate.deployed = try deployed.subject()
        candidate.statuses["production"]?.pin = Pin(revision: try #require(deployed.revision), version: "v1.4.0")
        let outcome = try await candidate.run(Staleness.self, ["endpoint": .string(server.url)])
        #expect(outcome.verdict == .warn && outcome.words.contains("said to run tumor v1.4.0"), "\(outcome.words)")
    }

    @Test func `a server that does not answer, or answers nonsense, never passes`() async throws {
        let down = try OpenInferenceServer(.isDown)
        let busy = try await running(down).run(Staleness.self, ["endpoint": .string(down.url)])
        #expect(busy.verdict == .inconclusive && busy.mayChange, "\(busy.words)")
        let gone = try await running(nil).run(Staleness.self, ["endpoint": "http://127.0.0.1:9", "timeout": "2s"])
        #expect(gone.verdict == .inconclusive && gone.mayChange, "\(gone.words)")
        let page = try LoopbackServer("def answer(self, body): return 200, {}, b'<html>'")
        let other = try await running(nil).run(Staleness.self, ["endpoint": .string(page.url)])
        #expect(other.verdict == .inconclusive && other.words.contains("no JSON object"), "\(other.words)")
    }
}
