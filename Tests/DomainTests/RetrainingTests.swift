import Domain
import Testing

/// What manifests say of trainings that monitors begin.
struct RetrainingTests {
    private func problems(_ json: JSON) -> [String] {
        do throws(FieldErrors) {
            _ = try Model.Retraining(node: ManifestTree(json))
            return []
        } catch { return error.problems.map(\.message) }
    }

    @Test func `settings have defaults, and wrong ones are refused`() throws {
        let plain = try Model.Retraining(node: ManifestTree(["command": ["./train.sh"]]))
        #expect(
            plain.coolDown == .seconds(7 * 86_400) && plain.timeLimit == .seconds(3600)
                && plain.memoryLimit.text == "2GiB")
        #expect(problems(["command": ["x"], "secrets": ["RETRAIN_TOKEN", "RETRAIN_2"]]) == [])
        #expect(problems([:]) == ["missing field 'command'"])
        #expect(problems(["command": ["x"], "timeLimit": "0s"]) == ["timeLimit: must be longer than nothing"])
        for secret in ["GITHUB_TOKEN", "/etc/shadow", "RETRAIN_a", "RETRAIN_/x", "retrain_A"] {
            #expect(
                problems(["command": ["x"], "secrets": [.string(secret)]]) == [
                    "secrets: '\(secret)' must begin with RETRAIN_ (A-Z, 0-9, _)"
                ])
        }
    }

    @Test func `a monitor that has models trained anew names those that do not say how`() throws {
        var snapshot = Snapshot(revision: .zero, tree: .zero)
        let environment: JSON = [
            "monitors": [["name": "age", "check": "monitor.staleness", "action": "retrain"]]
        ]
        snapshot.environments["dev"] = .init(blob: .zero, value: try Environment(node: ManifestTree(environment)))
        for (name, training) in [
            ("a", [:] as JSON), ("b", ["retrain": ["command": ["x"]]]), ("c", [:]), ("elsewhere", [:]),
        ] {
            let spec: JSON = ["task": "regression", "artifact": ["path": "a"], "training": training]
            snapshot.models[name] = .init(
                tree: .zero, manifest: .init(blob: .zero, value: try Model(node: ManifestTree(spec))))
            guard name != "elsewhere" else { continue }
            let deployment = try Deployment(node: ManifestTree(["model": .string(name)]))
            snapshot.deployments["dev", default: [:]][name] = .init(blob: .zero, value: deployment)
        }
        let found = References.problems(in: snapshot)
        #expect(
            found.map { "\($0.file) \($0.code): \($0.message)" } == [
                "environments/dev/environment.yaml no-retraining: monitors: 'age' has models trained anew, but 'a' has no "
                    + "training.retrain (nor have 1 more that are deployed here)"
            ])
        #expect(found.first?.severity == .error && found.first?.hint?.contains("models/a/model.yaml") == true)
        snapshot.models["a"]?.manifest.isBroken = true
        #expect(References.problems(in: snapshot).first?.message.contains("but 'c' has no") == true)
    }
}
