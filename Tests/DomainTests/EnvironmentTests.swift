import Testing

@testable import Domain

struct EnvironmentTests {
    private func environment(_ spec: JSON) throws -> Environment { try Environment(node: ManifestTree(spec)) }

    @Test func `without a timeout there is time for a bad start, also where it must be well for long`() throws {
        #expect(try environment([:]).verify.timeout == .seconds(1800))
        #expect(try environment(["verify": ["for": "10m"]]).verify.timeout == .seconds(1800))
        #expect(try environment(["verify": ["for": "1h"]]).verify.timeout == .seconds(7200))
        #expect(try environment(["verify": ["for": "8s", "timeout": "8s"]]).verify.timeout == .seconds(8))
    }

    @Test func `looks that take too long are pointed out, and stop nothing`() throws {
        let monitor = { (interval: String) -> JSON in
            ["name": "m", "action": "rollback", "probe": ["kind": "http"], "interval": .string(interval), "for": "19m"]
        }
        let rollback: JSON = ["failureAgeLimit": "1m"]
        for (spec, words) in [
            (["monitors": [monitor("9m")]], nil), (["verify": ["interval": "9m"]], nil),
            (["rollback": rollback, "verify": ["failureThreshold": 1, "interval": "1s"]], nil),
            (["rollback": ["onFailure": "manual"], "verify": ["interval": "10m"]], nil),
            (["monitors": [monitor("10m")]], "the looks of 'm' take 20m"),
            (["verify": ["interval": "10m"]], "failureThreshold looks take 20m"),
            // Once verified, it is looked at every 30 seconds.
            (["rollback": rollback], "failureThreshold looks take 1m"),
            (["verify": ["failureThreshold": .int(.max)]], "never rolled back"),
            (["verify": ["for": "8s", "timeout": "2s"]], "is over before the 8s"),
        ] as [(JSON, String?)] {
            let looks = try environment(spec).slowLooks.map(\.words)
            #expect(looks.count == (words == nil ? 0 : 1), "\(looks)")
            #expect(looks.allSatisfy { $0.contains(words ?? "") }, "\(looks)")
        }
    }

    @Test func `a monitor looks by a probe or by a check, which looks less often`() throws {
        let monitors = try environment([
            "monitors": [
                ["name": "a", "action": "alert", "probe": ["kind": "http"]],
                ["name": "b", "action": "alert", "check": "monitor.staleness"],
                [
                    "name": "c", "action": "hold", "check": ["check": "monitor.data-invariants", "minRows": 5],
                    "files": ["log": "file:///srv/{model}.jsonl"], "interval": "1h", "failureThreshold": 2,
                ],
            ]
        ]).monitors
        #expect(monitors.map(\.interval) == [.seconds(30), .seconds(600), .seconds(3600)])
        #expect(monitors.map(\.failureThreshold) == [3, 1, 2])
        guard case .check(let check, let files) = monitors[2].look else { return #expect(Bool(false)) }
        #expect(check.check == "monitor.data-invariants" && check.settings.json == ["minRows": 5])
        #expect(files == ["log": "file:///srv/{model}.jsonl"])
        let wrong: [JSON] = [
            ["check": "a", "probe": ["kind": "http"]], [:], ["check": "a", "files": ["log": "/srv/a"]],
            ["probe": ["kind": "http"], "files": ["log": "file:///srv/a"]],
            ["check": ["check": "a", "required": false]],
        ]
        for fields in wrong {
            let monitor = JSON.object(
                [("name", "a"), ("action", "alert")] + (fields.members ?? []).map { ($0.key, $0.value) })
            #expect(throws: FieldErrors.self, "\(fields)") { try environment(["monitors": [monitor]]) }
        }
    }
}
