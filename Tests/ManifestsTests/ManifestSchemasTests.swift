import Domain
import Foundation
import Manifests
import TestSupport
import Testing

struct ManifestSchemasTests {
    @Test func `there is a schema for each kind, and for no other`() {
        #expect(ManifestSchemas.kinds.count == 9)
        #expect(ManifestSchemas.schema("Gat") == nil)
        for kind in ManifestSchemas.kinds {
            let schema = ManifestSchemas.schema(kind)
            #expect(schema?["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
            #expect(schema?["properties"]?["kind"]?["const"]?.string == kind)
            #expect(schema?["additionalProperties"]?.bool == false)
        }
    }

    @Test func `fields are described, typed, and required as the reader requires them`() throws {
        let spec = try #require(ManifestSchemas.schema("Model")?["properties"]?["spec"])
        #expect(spec["required"] == ["task", "artifact"])
        #expect(spec["properties"]?["task"]?["enum"]?.array?.contains("regression") == true)
        let timeout = spec["properties"]?["evaluation"]?["properties"]?["timeout"]
        #expect(timeout?["description"]?.string == "how long the command may take")
        #expect(ManifestSchemas.schema("Model")?["required"] == ["apiVersion", "kind", "metadata", "spec"])
        #expect(ManifestSchemas.schema("Gate")?["required"] == ["apiVersion", "kind", "metadata"])
    }

    /// Python's jsonschema and PyYAML judge the starter manifests and some that are wrong.
    @Test(.enabled(if: Python.hasJSONSchema))
    func `another validator agrees about good and bad manifests`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-schemas-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for kind in ManifestSchemas.kinds {
            let schema = try #require(ManifestSchemas.schema(kind))
            try schema.text().write(to: folder.appending(path: "\(kind).json"), atomically: true, encoding: .utf8)
        }
        let starter = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "manifests/starter")
        let output = try Python.run(Python.schemas + Self.script, folder.path(), starter.path())
        #expect(output.split(separator: "\n").last == "agreed on 14 good, 8 bad", "\(output)")
    }

    /// Whatever the reader takes, an editor with the schema takes too: each value of each starter manifest, changed in turn.
    @Test(.enabled(if: Python.hasJSONSchema))
    func `the schema is never stricter than the reader`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-schemas-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for kind in ManifestSchemas.kinds {
            let schema = try #require(ManifestSchemas.schema(kind))
            try schema.text().write(to: folder.appending(path: "\(kind).json"), atomically: true, encoding: .utf8)
        }
        let starter = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "manifests/starter")
        let paths = try #require(FileManager.default.enumerator(atPath: starter.path())).compactMap { $0 as? String }
            .filter { $0.hasSuffix(".yaml") }
        var taken = 0
        for path in paths.sorted() {
            let text = try String(contentsOf: starter.appending(path: path), encoding: .utf8)
            for variant in Self.variants(of: text) {
                let file = YAMLManifests().read(Array(variant.utf8), path: path)
                guard !file.diagnostics.contains(where: { $0.severity == .error }) else { continue }
                taken += 1
                try variant.write(to: folder.appending(path: "\(taken).yaml"), atomically: true, encoding: .utf8)
            }
        }
        #expect(taken > 100)
        let complaints = try Python.run(Python.schemas + Self.strictness, folder.path())
        #expect(complaints == "", "\(complaints)")
    }

    private static func variants(of text: String) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return lines.indices.flatMap { index -> [String] in
            guard let match = lines[index].wholeMatch(of: /( *(?:- )?[A-Za-z]+:) +[^ {\[#|>][^#]*(#.*)?/) else {
                return []
            }
            return ["", "~", "42", "0", "1.10", "true", "'7'", "[]", "[a]", "1h30m", "2026-11-21"].map { value in
                var changed = lines
                changed[index] = "\(match.1) \(value)"
                return changed.joined(separator: "\n")
            }
        }
    }

    private static let strictness = #"""
        # Moments stay text, as in YAML 1.2.
        loader = yaml.SafeLoader
        loader.yaml_implicit_resolvers = {
            key: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
            for key, found in loader.yaml_implicit_resolvers.items()
        }
        for path in glob.glob(sys.argv[1] + "/*.yaml"):
            for document in yaml.load_all(open(path), Loader=loader):
                for error in schemas[document["kind"]].iter_errors(document):
                    print(document["kind"], list(error.path), error.message[:200])
        """#

    private static let script = #"""
        good = 0
        for path in glob.glob(sys.argv[2] + "/**/*.yaml", recursive=True):
            document = yaml.safe_load(open(path))
            errors = list(schemas[document["kind"]].iter_errors(document))
            print(path, errors) if errors else None
            good += not errors
        head = {"apiVersion": "martlet.dev/v1", "kind": "Gate", "metadata": {"name": "a"}}
        wrong = [
            {**head, "apiVersion": "v1"}, {**head, "spec": {"soakFr": "1m"}}, {**head, "spec": {"soakFor": "1 minute"}},
            {**head, "metadata": {"name": "../a"}}, {**head, "extra": 1}, {**head, "spec": {"checks": [{"required": True}]}},
            {**head, "spec": {"approvals": {"count": -1}}}, {**head, "spec": {"score": {"least": 99}}},
        ]
        bad = sum(bool(list(schemas["Gate"].iter_errors(document))) for document in wrong)
        print(f"agreed on {good} good, {bad} bad")
        def judged(kind, spec):
            document = {**head, "kind": kind, "spec": spec}
            return not list(schemas[kind].iter_errors(document))
        digest = "sha256:" + "0" * 64
        rule = {"models": ["a"], "gate": "g"}
        report = {"check": "data.schema", "model": "a", "author": "a", "date": "2026-11-21", "text": "t"}
        for kind, spec, expected in [
            ("Dataset", {"path": "a.csv"}, True), ("Dataset", {"path": None, "uri": "file:///a", "sha256": digest}, True),
            ("Dataset", {"path": "a.csv", "uri": "file:///a", "sha256": digest}, False), ("Dataset", {"size": 1}, False),
            ("Dataset", {"path": "a.csv", "sha256": -1}, False), ("Dataset", {"path": None}, False),
            ("Environment", {"gates": [rule]}, True), ("Environment", {"gates": [{**rule, "models": []}]}, False),
            ("Evidence", {**report, "distributedTo": ["b"]}, True), ("Evidence", {**report, "distributedTo": []}, False),
            ("Evidence", report, False),
        ]:
            if judged(kind, spec) != expected: print("judged wrongly:", kind, spec)
        """#
}
