import Domain
import Testing

@testable import Monitors

struct ExecProbeTests {
    private func look(_ script: String, _ more: [(String, JSON)] = []) async throws -> ProbeResult {
        let command: JSON = ["/bin/sh", "-c", .string(script), "sh", "{model}", "{number}"]
        return await (try ExecProbe(settings: .object([("command", command)] + more))).look(
            at: release, using: realTools)
    }

    @Test func `the ending says how it is doing`() async throws {
        #expect(try await look("exit 0").verdict == .pass)
        #expect(try await look("echo accuracy fell; exit 1") == ProbeResult(.fail, "accuracy fell"))
        for script in ["exit 2", "kill -9 $$"] { #expect(try await look(script).verdict == .error) }
        let late = try await look("sleep 9", [("timeout", "100ms")])
        #expect(late == ProbeResult(.error, "'/bin/sh' did not end within 100ms"))
        let missing = try ExecProbe(settings: ["command": ["/no/such"]])
        #expect(await missing.look(at: release, using: realTools).verdict == .error)
    }

    @Test func `JSON on the output says more`() async throws {
        let ill = try await look(#"echo '{"message": "slow", "value": 81.5, "threshold": 50}'; exit 1"#)
        #expect(ill == ProbeResult(.fail, "slow", value: 81.5, threshold: 50))
        #expect(try await look(#"echo '{"verdict": "inconclusive", "value": NaN}'"#).verdict == .inconclusive)
        #expect(try await look(#"echo '{"verdict": "skipped"}'; exit 1"#).verdict == .fail)
    }

    @Test func `the command knows the release`() async throws {
        let seen = try await look(
            "echo $1 $2 $MARTLET_VERSION $MARTLET_ENVIRONMENT $EXTRA", [("environment", ["EXTRA": "x"])])
        #expect(seen.message == "lending/credit-risk 1795000000 v1.4.0 production x")
    }

    @Test func `settings are checked`() {
        for json in [[:], ["command": []], ["command": ["x"], "folder": "y"], ["command": ["x"], "timeuot": "1s"]]
            as [JSON]
        {
            #expect(throws: FieldErrors.self) { try ExecProbe(settings: json) }
        }
    }
}
