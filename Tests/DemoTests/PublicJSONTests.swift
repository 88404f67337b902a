import Domain
import Foundation
import TestSupport
import Testing

/// What other programs read: keys that must stay, on a repository as `martlet init` writes it.
struct PublicJSONTests {
    @Test func `status names revision, version, digest, state, since and reason of each deployment`() async throws {
        try await withStarter { martlet in
            let json = try json(martlet("status", "--output", "json"))
            #expect(json["revision"]?.string == (try martlet.git("rev-parse", "HEAD")).trimmed)
            let environments = try #require(json["environments"]?.members)
            #expect(Set(environments.map(\.key)) == ["dev", "staging", "production"])
            for environment in environments {
                let deployment = environment.value["example"]?.members?.map(\.key)
                #expect(deployment == ["revision", "version", "digest", "state", "since", "reason"])
            }
        }
    }

    @Test func `why gives the state, and of each blocker kind and name, reason, numbers and remedy`() async throws {
        try await withStarter { martlet in
            let json = try json(martlet("why", "example", "production", "--output", "json"))
            #expect(json["state"]?.string == "blocked")
            let blocker = try #require(json["blockers"]?.array?.first?.members)
            #expect(
                blocker.map(\.key) == ["upstream", "reason", "value", "threshold", "unblockedBy", "nextLook", "since"])
            #expect(blocker.first?.value.string == "staging")
        }
    }

    @Test func `validate says ok, or where what is wrong and what helps`() async throws {
        try await withStarter { martlet in
            let good = try martlet("validate", "--output", "json")
            #expect(good.code == 0)
            #expect(try json(good) == ["ok": true, "diagnostics": []])
            let gate = martlet.folder.appending(path: "gates/production.yaml")
            try String(contentsOf: gate, encoding: .utf8).replacing("soakFor", with: "soakfor")
                .write(to: gate, atomically: true, encoding: .utf8)
            let bad = try martlet("validate", "--output", "json")
            #expect(bad.code == 1)
            let diagnostic: JSON = [
                "file": "gates/production.yaml", "line": 12, "column": 3, "severity": "error", "code": "unknown-field",
                "message": "unknown field 'soakfor'", "hint": "did you mean 'soakFor'?",
            ]
            #expect(try json(bad) == ["ok": false, "diagnostics": [diagnostic]])
        }
    }

    @Test func `evaluate gives rows, metrics, slices, fairness and warnings, and null where a metric is undefined`()
        async throws
    {
        try await withStarter { martlet in
            let file = martlet.folder.appending(path: "p.csv")
            try "id,label,prediction,group\n1,1,1,a\n2,0,1,a\n3,1,0,b\n4,1,1,b\n".write(
                to: file, atomically: true, encoding: .utf8)
            let json = try json(
                martlet(
                    "evaluate", "p.csv", "--task", "binary-classification", "--label", "label", "--prediction",
                    "prediction", "--id", "id", "--slice", "group", "--sensitive", "group", "--output", "json"))
            #expect(json.members?.map(\.key) == ["rows", "metrics", "slices", "fairness", "warnings"])
            #expect(json["rows"] == 4)
            #expect(json["metrics"]?["accuracy"] == 0.5)
            #expect(json["metrics"]?["auc"] == .null)
            #expect(json["slices"]?["group"]?["b"]?["fpr"] == .null)
            #expect(json["fairness"]?["group"]?["demographic_parity_difference"] == 0.5)
            #expect(json["warnings"]?.array?.isEmpty == false)
        }
    }

    private func withStarter(_ body: (Binary) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let martlet = Binary(folder: folder)
            #expect(try martlet("init", ".").code == 0)
            try martlet.git("init", "--quiet", "--initial-branch=main", ".")
            try martlet.git("add", "--all")
            try martlet.git("commit", "--quiet", "--message", "Start")
            try await body(martlet)
        }
    }

    private func json(_ ended: Ended) throws -> JSON { try JSON(parsing: ended.output) }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
