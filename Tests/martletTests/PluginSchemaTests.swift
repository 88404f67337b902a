import Domain
import Foundation
import TestSupport
import Testing

@testable import martlet

/// The settings of plug-ins in the JSON Schemas of manifests, judged by Python's jsonschema.
@Suite(.enabled(if: Python.hasJSONSchema)) struct PluginSchemaTests {
    @Test func `the schemas take every manifest of the project, and refuse misspelt kinds and settings`() async throws {
        try await withHouse(rooms: []) { house in
            for kind in ManifestKinds.all {
                try house.write(try house.martlet(["schema", kind]).output, to: "\(kind).schema.json")
            }
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().path()
            let answer = try Python.run(Python.schemas + Self.judge, house.work, root)
            #expect(answer.hasSuffix("wrong: 14 of 14\n") && !answer.contains("refused"), "\(answer)")
            let right = try #require(answer.firstMatch(of: /right: (\d+)/)?.1)
            #expect(Int(right) ?? 0 > 30, "\(answer)")
        }
    }

    /// Each setting of each plug-in with many values: those that its reader takes, the schema must take.
    @Test func `whatever a plug-in reads, the schemas take`() async throws {
        try await withHouse(rooms: []) { house in
            var documents: [JSON] = []
            for plugin in Kind.plugins {
                let taken = Self.settings(of: plugin).filter { (try? Self.read(plugin, $0)) != nil }
                #expect(!taken.isEmpty, "\(plugin.name) took no settings at all")
                documents += taken.map { Self.document(plugin, $0) }
            }
            #expect(documents.count > 1000)
            for kind in ["Gate", "Environment", "Repository"] {
                try house.write(try house.martlet(["schema", kind]).output, to: "\(kind).schema.json")
            }
            try house.write(JSON.array(documents).text(), to: "documents.json")
            let answer = try Python.run(Python.schemas + Self.strictness, house.work, house.work + "/documents.json")
            #expect(answer == "\(documents.count) looked at\n", "\(answer.prefix(3000))")
        }
    }

    // MARK: Settings

    private static func read(_ plugin: Kind, _ settings: JSON) throws {
        let tree = ManifestTree(settings)
        switch plugin.sort {
        case "check": _ = try BuiltIns.checks.make(Gate.Requirement(check: plugin.name, settings: tree))
        case "target": _ = try BuiltIns.targets.make(PluginSettings(kind: plugin.name, settings: tree))
        case "probe": _ = try BuiltIns.probes.make(PluginSettings(kind: plugin.name, settings: tree))
        case "forge": _ = try BuiltIns.forges.make(PluginSettings(kind: plugin.name, settings: tree))
        case "engine": _ = try BuiltIns.engines.make(PluginSettings(kind: plugin.name, settings: tree))
        default: _ = try BuiltIns.notifiers.make(PluginSettings(kind: plugin.name, settings: tree))
        }
    }

    private static func document(_ plugin: Kind, _ settings: JSON) -> JSON {
        let key = plugin.sort == "check" ? "check" : "kind"
        let named: JSON = .object([.init(key, .string(plugin.name))] + (settings.members ?? []))
        let (kind, spec): (String, JSON) =
            switch plugin.sort {
            case "check": ("Gate", ["checks": [named]])
            case "target": ("Environment", ["target": named])
            case "probe": ("Environment", ["verify": ["probe": named]])
            case "forge": ("Repository", ["forge": named])
            case "engine": ("Repository", ["engine": named])
            default: ("Repository", ["notifications": [named]])
            }
        return [
            "apiVersion": "martlet.dev/v1", "kind": .string(kind), "metadata": ["name": "a"], "spec": spec,
        ]
    }

    private static let words = ["a", "/a", "https://a.example/b", "1h", "a >= 1", "a@example.com", "2026-11-21"]

    /// What it needs, in some ways, then that with each of its other settings in turn.
    private static func settings(of plugin: Kind) -> [JSON] {
        let own = [
            "name", "on", "environments", "models", "link", "reviews", "merge", "people", "required", "timeLimit",
        ]
        let whole = words.flatMap { variants(of: plugin.schema, $0, depth: 0) }
        return whole.filter { settings in !(settings.members ?? []).contains { own.contains($0.key) } }.map {
            plugin.sort == "forge" ? withToken($0) : $0
        }
    }

    /// One of two ways to say who asks a forge must be there, which no schema says.
    private static func withToken(_ settings: JSON) -> JSON {
        let members = settings.members ?? []
        guard !members.contains(where: { ["token", "app"].contains($0.key) }) else { return settings }
        return .object(members + [.init("token", ["env": "TOKEN"])])
    }

    private static func variants(of schema: JSON, _ word: String, depth: Int) -> [JSON] {
        let base = needed(schema, word)
        var found: [JSON] = [base]
        for property in schema["properties"]?.members ?? [] {
            for value in values(property.value, word, depth: depth) {
                found.append(
                    .object((base.members ?? []).filter { $0.key != property.key } + [.init(property.key, value)]))
            }
        }
        return found
    }

    private static func needed(_ schema: JSON, _ word: String) -> JSON {
        let names = (schema["required"]?.array ?? []).compactMap(\.string)
        return .object(names.map { ($0, plausible(schema["properties"]?[$0] ?? [:], word)) })
    }

    private static func plausible(_ schema: JSON, _ word: String) -> JSON {
        if let choice = schema["enum"]?.array?.first { return choice }
        if let way = (schema["oneOf"] ?? schema["anyOf"])?.array?.first { return plausible(way, word) }
        switch schema["type"]?.string ?? schema["type"]?.array?.first?.string {
        case "array": return [plausible(schema["items"] ?? [:], word)]
        case "object": return needed(schema, word)
        case "integer", "number": return 1
        case "boolean": return true
        default: return .string(word)
        }
    }

    private static func values(_ schema: JSON, _ word: String, depth: Int) -> [JSON] {
        var found: [JSON] = [
            .null, "", .string(word), 0, 1, 2, 0.5, true, [], [.string(word)], [1], [0.5], [:], ["a": .string(word)],
            ["env": "TOKEN"], ["a": 0.5], ["a": [.string(word)]],
        ]
        found += schema["enum"]?.array ?? []
        guard depth < 2 else { return found }
        let ways = [schema] + ((schema["oneOf"] ?? schema["anyOf"])?.array ?? [])
        for way in ways {
            if way["properties"] != nil { found += variants(of: way, word, depth: depth + 1) }
            if let items = way["items"] { found += values(items, word, depth: depth + 1).map { [$0] } }
            if let each = way["additionalProperties"], each.members != nil {
                found += values(each, word, depth: depth + 1).map { ["a": $0] }
            }
        }
        return found
    }

    // MARK: Scripts

    private static let strictness = #"""
        documents = json.load(open(sys.argv[2]))
        for document in documents:
            for error in schemas[document["kind"]].iter_errors(document):
                print(json.dumps(document["spec"]), error.message[:200])
        print(len(documents), "looked at")
        """#

    private static let judge = #"""
        right = 0
        folders = ["manifests/starter", "manifests/demo", "Tests/Fixtures"]
        for path in [p for f in folders for p in glob.glob(f"{sys.argv[2]}/{f}/**/*.yaml", recursive=True)]:
            # The demo fills in where its folders are.
            text = re.sub("@[A-Z]+@", "/x", open(path).read())
            for document in yaml.safe_load_all(text):
                if not isinstance(document, dict) or document.get("apiVersion") != "martlet.dev/v1": continue
                errors = [error.message for error in schemas[document["kind"]].iter_errors(document)]
                print("refused:", path, errors) if errors else None
                right += not errors
        print(f"right: {right}")
        exec_target = {"kind": "exec", "apply": ["a"], "observe": ["b"]}
        wrong = [
            ("Environment", {"target": {"kind": "directoryy", "pth": "/x", "layot": 1}}),
            ("Environment", {"target": {"kind": "directory", "path": "/x", "pth": "/x", "layot": 1}}),
            ("Environment", {"target": {"kind": "directory"}}),
            ("Environment", {"target": {**exec_target, "path": "/x"}}),
            ("Environment", {"verify": {"probe": {"kind": "htp"}}}),
            ("Environment", {"monitors": [{"name": "a", "action": "alert", "probe": {"kind": "http", "ur": "http://a"}}]}),
            ("Gate", {"checks": ["nonsense"]}),
            ("Gate", {"checks": [{"check": "nonsense"}]}),
            ("Gate", {"checks": [{"check": "model.slices", "metrik": 3}]}),
            ("Gate", {"checks": [{"check": "data.schema", "requird": False}]}),
            ("Repository", {"forge": {"kind": "githb", "repository": "a/b"}}),
            ("Repository", {"engine": {"kind": "command", "comand": ["srun"], "folder": "/a"}}),
            ("Repository", {"defaults": {"verify": {"probe": {"kind": "exec", "comand": ["a"]}}}}),
            ("Repository", {"notifications": [{"kind": "webhook", "url": "https://a.example", "onn": ["failed"]}]}),
        ]
        count = 0
        for kind, spec in wrong:
            document = {"apiVersion": "martlet.dev/v1", "kind": kind, "metadata": {"name": "a"}, "spec": spec}
            errors = [error.message for error in schemas[kind].iter_errors(document)]
            flat = [c.message for error in schemas[kind].iter_errors(document) for c in error.context or []]
            print(spec, errors + flat) if errors else print("taken:", spec)
            count += bool(errors)
        print(f"wrong: {count} of {len(wrong)}")
        """#
}
