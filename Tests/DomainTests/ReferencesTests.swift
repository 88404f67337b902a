import Domain
import Testing

struct ReferencesTests {
    private func snapshot(_ environments: [String: [String]], gates: [String] = []) throws -> Snapshot {
        var snapshot = Snapshot(revision: .zero, tree: .zero)
        for (name, from) in environments {
            let spec: JSON = ["from": .array(from.map(JSON.string))]
            snapshot.environments[name] = .init(blob: .zero, value: try Environment(node: ManifestTree(spec)))
        }
        return snapshot
    }

    private func addModel(_ name: String, _ spec: [(String, JSON)] = [], to snapshot: inout Snapshot) throws {
        let base: [(String, JSON)] = [("task", "regression"), ("artifact", ["path": "a"])]
        let model = try Model(node: ManifestTree(.object(base + spec)))
        snapshot.models[name] = .init(tree: .zero, manifest: .init(blob: .zero, value: model))
    }

    private func problems(_ snapshot: Snapshot) -> [String] {
        References.problems(in: snapshot).map { "\($0.file) \($0.code): \($0.message)" }
    }

    @Test(arguments: [
        ("w/a.onnx", true), ("w/a.onnx.dvc", false), ("w.dvc", false), ("w/dvc.lock", false), ("dvc.lock", false),
        ("v/dvc.lock", true),
    ])
    func `a file that Git lacks may have its pointer in DVC's files`(there: String, isMissing: Bool) throws {
        var snapshot = try snapshot([:])
        try addModel("a", [("training", ["params": "w/b.onnx"])], to: &snapshot)
        let there = there.replacing("a.onnx.dvc", with: "b.onnx.dvc")
        let found = References.problems(in: snapshot, exists: { $1 == there || $1 == "a" })
        #expect(found.map(\.code) == (isMissing ? ["missing-file"] : []))
    }

    @Test func `nobody is asked about the members of a team that no gate asks`() throws {
        var snapshot = try snapshot([:])
        snapshot.settings.teams = ["risk": ["ada", "ben"]]
        var asked: [String] = []
        let found = References.problems(
            in: snapshot,
            isPerson: { name in
                asked.append(name)
                return false
            })
        #expect(asked.isEmpty && found.isEmpty)
    }

    @Test func `datasets that a model names must exist`() throws {
        var snapshot = try snapshot([:])
        snapshot.datasets["train"] = .init(blob: .zero, value: try Dataset(node: ManifestTree(["path": "x"])))
        try addModel(
            "a", [("training", ["data": ["train", "trian"]]), ("evaluation", ["data": "eval"])], to: &snapshot)
        let found = References.problems(in: snapshot) { _, fields in Place(line: fields.count, column: 7) }
        #expect(found.map(\.code) == ["unknown-dataset", "unknown-dataset"])
        #expect(found.map(\.message) == ["there is no dataset 'eval'", "there is no dataset 'trian'"])
        #expect(found.map(\.place.line) == [3, 4])
        #expect(found.map(\.hint) == ["expected data/eval.yaml", "did you mean 'train'?"])
    }

    @Test func `the profile that a dataset names must exist in Git, below its folder`() throws {
        let digest = JSON.string(String(repeating: "a", count: 64))
        for (path, isThere) in [("p.json", true), ("q.json", false), ("../data/lab/p.json", false)] {
            var snapshot = try snapshot([:])
            let spec: JSON = ["uri": "https://example.com/x.csv", "sha256": digest, "profile": .string(path)]
            snapshot.datasets["lab/train"] = .init(blob: .zero, value: try Dataset(node: ManifestTree(spec)))
            let found = References.problems(in: snapshot, isThere: { $0 == "data/lab/p.json" })
            #expect(found.map(\.code) == (isThere ? [] : ["missing-file"]))
            #expect(found.allSatisfy { $0.message == "profile: there is no file '\(path)' in data/lab" }, "\(found)")
        }
    }

    @Test func `a profile without the digest of its data is refused`() throws {
        let wrong = #expect(throws: FieldErrors.self) {
            try Dataset(node: ManifestTree(["path": "x.csv", "profile": "p.json"]))
        }
        #expect("\(wrong.map(String.init(describing:)) ?? "")".contains("a profile needs the sha256 of the data"))
    }

    @Test func `evidence of what is no test of the rubric is worth nothing, which is said`() throws {
        var snapshot = try snapshot([:])
        try addModel("a", to: &snapshot)
        for check in ["data.privacy", "data.privaci", "model.card"] {
            let spec: JSON = [
                "check": .string(check), "model": "a", "author": "ada", "date": "2026-11-01", "text": "Looked.",
                "distributedTo": ["all"],
            ]
            snapshot.evidence[check] = .init(blob: .zero, value: try ManualEvidence(node: ManifestTree(spec)))
        }
        let found = References.problems(in: snapshot)
        #expect(found.map(\.file) == ["evidence/data.privaci.yaml", "evidence/model.card.yaml"])
        #expect(found.allSatisfy { $0.severity == .warning && $0.code == "without-effect" })
        #expect(found.first?.hint == "did you mean 'data.privacy'?")
    }

    @Test func `a gate that asks for no check and no score is pointed out, and may be meant`() throws {
        var snapshot = try snapshot([:])
        for (name, spec) in [
            ("open", .empty), ("none", ["checks": []]), ("people", ["approvals": ["count": 1]]),
            ("scored", ["score": ["least": 1]]), ("checked", ["checks": ["infra.artifact"]]),
        ] as [(String, JSON)] {
            snapshot.gates[name] = .init(blob: .zero, value: try Gate(node: ManifestTree(spec)))
        }
        let found = References.problems(in: snapshot) { _, fields in Place(line: fields.count, column: 7) }
        #expect(found.map(\.file) == ["gates/none.yaml", "gates/open.yaml", "gates/people.yaml"])
        #expect(found.allSatisfy { $0.code == "no-checks" && $0.severity == .warning && $0.place.line == 2 })
    }

    @Test func `a notification for what is not there is pointed out`() throws {
        var snapshot = try snapshot(["production": []])
        try addModel("lending/credit", to: &snapshot)
        let spec: JSON = [
            "kind": "webhook", "environments": ["production", "produktion"],
            "models": ["lending/*", "lending/credit", "lending/credits", "fraud/*"],
        ]
        snapshot.settings.notifications = [try NotificationSettings(node: ManifestTree(spec))]
        let found = References.problems(in: snapshot) { _, fields in Place(line: fields.count, column: 7) }
        #expect(found.allSatisfy { $0.severity == .warning && $0.file == "martlet.yaml" && $0.place.line == 3 })
        #expect(
            found.map(\.message) == [
                "notifications: 'webhook' is for environments, but there is no environment 'produktion'",
                "notifications: 'webhook' is for models, but there is no model 'lending/credits'",
                "notifications: 'webhook' is for models, but there is no model below 'fraud/*'",
            ])
        #expect(found.first?.hint == "did you mean 'production'?")
    }

    @Test func `a name whose file is broken is not called unknown`() throws {
        var snapshot = try snapshot([:])
        try addModel("a", [("evaluation", ["data": "eval"])], to: &snapshot)
        snapshot.diagnostics["data/eval.yaml"] = [Diagnostic(file: "data/eval.yaml", code: "x", message: "x")]
        #expect(problems(snapshot) == [])
    }

    @Test func `gates and sources of an environment must exist`() throws {
        var snapshot = try snapshot(["a": [], "b": ["a", "x"]])
        let spec: JSON = ["from": [], "gate": "strict"]
        snapshot.environments["a"] = .init(blob: .zero, value: try Environment(node: ManifestTree(spec)))
        #expect(
            problems(snapshot) == [
                "environments/a/environment.yaml unknown-gate: there is no gate 'strict'",
                "environments/b/environment.yaml unknown-environment: there is no environment 'x'",
            ])
    }

    @Test func `a circle is named once, and what waits for it has no way in`() throws {
        let snapshot = try snapshot([
            "a": ["c"], "b": ["a"], "c": ["b"], "d": ["c"], "e": ["d", "f"], "f": [], "g": ["g"],
        ])
        #expect(
            problems(snapshot) == [
                "environments/a/environment.yaml cycle: from: runs in a circle: a ← c ← b ← a",
                "environments/d/environment.yaml no-way-in: no version can ever enter 'd': it waits for the circle around 'a'",
                "environments/e/environment.yaml no-way-in: no version can ever enter 'e': it waits for the circle around 'a'",
                "environments/g/environment.yaml cycle: from: runs in a circle: g ← g",
            ])
    }

    @Test func `a long chain takes no stack`() throws {
        var chain = ["e0": [String]()]
        for index in 1..<5000 { chain["e\(index)"] = ["e\(index - 1)"] }
        #expect(problems(try snapshot(chain)) == [])
        chain["e0"] = ["e4999"]
        #expect(problems(try snapshot(chain)).count == 1)
    }

    @Test func `deployments need their model, their environment and a way in`() throws {
        var snapshot = try snapshot(["dev": [], "prod": ["dev"]])
        try addModel("a", to: &snapshot)
        try addModel("b", to: &snapshot)
        for (environment, model) in [("dev", "a"), ("prod", "a"), ("prod", "b"), ("dev", "x"), ("lost", "a")] {
            snapshot.deployments[environment, default: [:]][model] = .init(
                blob: .zero, value: Deployment(model: model))
        }
        #expect(
            problems(snapshot) == [
                "environments/dev/x.yaml unknown-model: there is no model 'x'",
                "environments/lost/a.yaml unknown-environment: there is no environment 'lost'",
                "environments/prod/b.yaml no-way-in: 'b' cannot enter prod: it is not deployed in dev, which comes before",
            ])
    }

    @Test func `a release set names models that are deployed there`() throws {
        var snapshot = try snapshot([:])
        try addModel("a", to: &snapshot)
        let spec: JSON = ["releaseSets": [["name": "pair", "models": ["a", "c"]]]]
        snapshot.environments["prod"] = .init(blob: .zero, value: try Environment(node: ManifestTree(spec)))
        #expect(
            problems(snapshot).map { $0.split(separator: " ")[1] } == ["incomplete-release-set:", "unknown-model:"])
    }

    @Test func `a model inside another's folder would change its identity`() throws {
        var snapshot = try snapshot([:])
        for name in ["a", "a/b/c", "ab/c"] { try addModel(name, to: &snapshot) }
        #expect(problems(snapshot).count == 1)
        #expect(problems(snapshot)[0].hasPrefix("models/a/b/c/model.yaml nested-model"))
    }
}
