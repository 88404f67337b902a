import Domain
import Testing

struct EnvironmentGatesTests {
    private func environment(_ rules: JSON, gate: JSON = "usual") throws -> Environment {
        try Environment(node: ManifestTree(["gate": gate, "gates": rules]))
    }

    @Test(arguments: [
        ("fraud", "strict"), ("lending/a", "strict"), ("lending/deep/b", "strict"), ("lending", "usual"),
        ("lendings/a", "usual"), ("scores/x", "first"), ("a", "usual"),
    ])
    func `the first rule that names a model or a folder around it counts`(model: String, gate: String) throws {
        let environment = try environment([
            ["models": ["scores/x"], "gate": "first"],
            ["models": ["fraud", "lending/*", "scores/*"], "gate": "strict"],
            ["models": ["fraud"], "gate": "late"],
        ])
        #expect(environment.gate(of: model) == gate)
        #expect(environment.everyGate == ["first", "late", "strict", "usual"])
    }

    @Test func `without a gate of its own only the named models have one`() throws {
        let environment = try environment([["models": ["fraud"], "gate": "strict"]], gate: .null)
        #expect(environment.gate(of: "fraud") == "strict" && environment.gate(of: "a") == nil)
    }

    @Test(arguments: [["models": [], "gate": "g"], ["gate": "g"], ["models": ["a"]]] as [JSON])
    func `a rule names models and a gate`(rule: JSON) throws {
        #expect(throws: FieldErrors.self) { try environment([rule]) }
    }

    @Test func `gates and models that are not there are told`() throws {
        var snapshot = Snapshot(revision: .zero, tree: .zero)
        let model = try Model(node: ManifestTree(["task": "regression", "artifact": ["path": "a"]]))
        snapshot.models["lending/a"] = .init(tree: .zero, manifest: .init(blob: .zero, value: model))
        snapshot.gates["g"] = .init(blob: .zero, value: try Gate(node: ManifestTree(["checks": []])))
        let rules: JSON = [
            ["models": ["lending/*", "lending/b", "spending/*"], "gate": "g"], ["models": ["lending/a"], "gate": "h"],
        ]
        snapshot.environments["dev"] = .init(blob: .zero, value: try environment(rules, gate: .null))
        let found = References.problems(in: snapshot, exists: { _, _ in true }).filter {
            $0.file.contains("environments")
        }
        #expect(found.map(\.code).sorted() == ["unknown-gate", "unknown-model", "without-effect"], "\(found)")
    }
}
