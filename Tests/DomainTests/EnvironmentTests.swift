import Domain
import Testing

struct EnvironmentTests {
    private func environment(_ spec: JSON) throws -> Environment { try Environment(node: ManifestTree(spec)) }

    @Test func `without a timeout there is time for a bad start, also where it must be well for long`() throws {
        #expect(try environment([:]).verify.timeout == .seconds(1800))
        #expect(try environment(["verify": ["for": "10m"]]).verify.timeout == .seconds(1800))
        #expect(try environment(["verify": ["for": "1h"]]).verify.timeout == .seconds(7200))
        #expect(try environment(["verify": ["for": "8s", "timeout": "8s"]]).verify.timeout == .seconds(8))
    }

    @Test func `what counts before its failure is too old is accepted`() throws {
        let monitor: JSON = [
            "name": "m", "action": "rollback", "probe": ["kind": "http"], "interval": "9m", "for": "19m",
        ]
        _ = try environment(["monitors": .array([monitor])])
        _ = try environment(["verify": ["interval": "9m"]])
        // Once verified, it is looked at every 30 seconds.
        #expect(throws: FieldErrors.self) {
            try environment(["rollback": ["failureAgeLimit": "1m"], "verify": ["interval": "1s"]])
        }
        _ = try environment([
            "rollback": ["failureAgeLimit": "1m"], "verify": ["failureThreshold": 1, "interval": "1s"],
        ])
    }
}
