import Data
import Domain
import Testing

@testable import Checks

/// `martlet kinds CHECK` says of each file that the check reads what is in it; here its words are held to what the check does.
@Suite struct DeclaredFilesTests {
    private static let lists: Set<String> = ["spec.training.rerun.more", "spec.training.checkpoints"]

    private func type(_ id: String) throws -> any Check.Type {
        try #require(BuiltInChecks.all.first { $0.id == id })
    }

    /// A name for a test, with an ending that fits its form.
    private static func path(_ file: DeclaredFile) -> String {
        let endings = [
            ("JSON Lines, an", "jsonl"), ("JSON Lines as", "jsonl"), ("JSON Lines or", "jsonl"),
            ("JSON object", "json"),
            ("YAML", "yaml"), ("XML", "xml"), ("safetensors", "safetensors"), ("table", "csv"),
        ]
        let ending = endings.first { file.form.contains($0.0) }?.1 ?? "txt"
        return file.place.hasSuffix(".md")
            ? file.place : file.place.split(separator: ".").joined(separator: "-") + "." + ending
    }

    private static let all = BuiltInChecks.all.flatMap { $0.reads }

    @Test func `every file that a manifest can name has its words`() throws {
        let manifest: JSON = [
            "task": "regression", "artifact": ["path": "a"], "schema": "x",
            "training": [
                "params": "x", "log": "x", "trials": "x", "importances": "x", "statistics": "x", "checkpoints": ["x"],
                "record": "x", "rerun": ["predictions": "x", "artifact": "x", "record": "x", "more": ["x"]],
                "tests": ["junit": "x", "coverage": "x"],
            ],
            "evaluation": [
                "predictions": "x", "perturbed": "x", "counterfactual": "x",
                "baseline": ["predictions": "x", "measurements": "x", "log": "x", "artifact": "x"],
            ], "serving": ["log": "x", "labels": "x", "golden": "x"],
        ]
        let named = try Model(node: ManifestTree(manifest)).files.map(\.fields)
        #expect(named.count >= 22)
        let places = Set(Self.all.map(\.place))
        // These two are described as kinds of their own.
        for fields in named where ![["spec", "artifact", "path"], ["spec", "schema"]].contains(fields) {
            let place = fields.filter { $0 != "x" }.joined(separator: ".")
            #expect(places.contains(place), "\(place)")
        }
    }

    @Test(arguments: CheckPromisesTests.ids) func `every setting that names a file of the model has its words`(
        id: String
    )
        throws
    {
        let type = try type(id), places = Set(type.reads.map(\.place))
        for setting in type.schema["properties"]?.members ?? [] {
            let about = setting.value["description"]?.string ?? ""
            guard setting.key == "file" || about.contains("in the model's folder") else {
                continue
            }
            #expect(places.contains(setting.key) || about.contains("CHANGES.md"), "\(id) \(setting.key)")
        }
        for file in type.reads where !file.place.hasPrefix("spec.") && !file.place.contains(".") {
            #expect(type.schema["properties"]?[file.place] != nil, "\(id) \(file.place)")
        }
    }

    @Test func `an example has the columns that are needed, and no other than those that are told`() throws {
        for file in Set(Self.all) where !file.parts.isEmpty {
            #expect(file.parts.allSatisfy { $0.about.count > 5 } && !file.example.isEmpty, "\(file.place)")
            let bytes = Array(file.example.utf8), first: [String]
            if file.form.hasPrefix("YAML") {
                first = file.example.split(separator: "\n").compactMap {
                    $0.split(separator: ":").first.map(String.init)
                }
            } else if file.form.hasPrefix("a JSON object") {
                first = try JSON(parsing: bytes).members?.map(\.key) ?? []
            } else {
                first = try RunTable(.bytes(bytes), path: Self.path(file)).columns
            }
            for part in file.parts where part.isNeeded {
                #expect(part.names.contains { first.contains($0) }, "\(file.place): \(part.names)")
            }
        }
    }

    private actor Asked {
        private(set) var paths: Set<String> = []
        func add(_ path: String) { paths.insert(path) }
    }

    /// A version whose files are the examples, all of them named.
    private func specimen() throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("evaluation", "data", to: .null)
            .setting("evaluation", "columns", to: ["id": "id", "score": "score"])
            .setting("evaluation", "slices", to: ["size_band"]).setting("evaluation", "sensitive", to: ["sex"])
            .setting("serving", to: ["latencyBudget": "100ms"])
        specimen.files = specimen.files.filter { $0.key.hasPrefix("model.") }
        for file in Set(Self.all) {
            let path = Self.path(file), steps = file.place.split(separator: ".").map(String.init)
            specimen.files[path] = Array(file.example.utf8)
            guard steps.first == "spec" else { continue }
            let value: JSON = Self.lists.contains(file.place) ? [.string(path)] : .string(path)
            specimen = specimen.setting(Array(steps.dropFirst()), to: value)
        }
        specimen.label = "v1.0.0"
        specimen.deployed = try Specimen.version("v2").subject()
        specimen.environment = "production"
        specimen.revision = specimen.tip
        specimen.statuses["production"] = DeploymentStatus(
            pin: Pin(revision: specimen.tip, version: "v1"), state: .verified, since: specimen.now)
        return specimen
    }

    @Test(arguments: CheckPromisesTests.ids) func `a check asks for no other files, and reads their examples`(
        id: String
    )
        async throws
    {
        let type = try type(id)
        var settings: [(String, JSON)] = [], specimen = try specimen()
        for file in type.reads where type.schema["properties"]?[file.place] != nil {
            let isList = ["files", "locks"].contains(file.place)
            settings.append((file.place, isList ? [.string(Self.path(file))] : .string(Self.path(file))))
            // Two checks may call files of two forms alike.
            specimen.files[Self.path(file)] = Array(file.example.utf8)
        }
        if id == "data.privacy" { settings += [("idColumn", "row_id")] }
        if id == "infra.quality-gate" { settings = [("metrics", ["accuracy": ["min": 0.1]])] }
        if id == "model.regression-cases" { settings += [("ids", ["r2"])] }
        let plain = try specimen.subject(), asked = Asked(), original = plain.tools
        var tools = original
        tools.file = { version, path in
            await asked.add(path)
            return try await original.file(version, path)
        }
        let subject = Subject(
            version: plain.version, manifest: plain.manifest, schema: plain.schema, datasets: plain.datasets,
            environment: plain.environment, deployed: plain.deployed, statuses: plain.statuses, tip: plain.tip,
            now: plain.now, tools: tools)
        let outcome = try await type.init(node: ManifestTree(.object(settings))).run(on: subject)
        let known = Set(type.reads.map(Self.path)).union(ModelDependencies.locks)
        let paths = await asked.paths
        #expect(paths.isSubset(of: known), "\(paths.subtracting(known).sorted())")
        for words in ["has none of the columns", "has no column", "cannot be read", "is no JSON", "holds no "] {
            // What is no table has no example here.
            let told = outcome.findings.filter {
                $0.message.contains(words) && $0.file != nil && !$0.message.contains("safetensors")
            }
            #expect(told.isEmpty, "\(told.map(\.message))")
        }
    }
}
