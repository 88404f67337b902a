import ControlLoop
import Domain
import TestSupport
import Testing

/// Passes where the data that the version was trained on are good.
private struct DataCheck: Check {
    static let id = "test.data"
    static let summary = "looks at the bytes of a dataset"

    init(_ fields: Fields) throws(FieldErrors) {}

    func run(on subject: Subject) async throws -> Outcome {
        let revision = subject.version.revision
        let text = try await subject.tools.store.read { reader in
            try reader.entry(at: "data/train.csv", in: reader.commit(revision).tree).map {
                String(decoding: try reader.blob($0.id, atMost: 100), as: UTF8.self)
            }
        }
        return text?.hasPrefix("good") == true ? Outcome(.pass, "good") : Outcome(.fail, "\(text ?? "nothing there")")
    }
}

/// Passes always.
private struct NoCheck: Check {
    static let id = "test.none"
    static let summary = "looks at nothing"

    init(_ fields: Fields) throws(FieldErrors) {}

    func run(on subject: Subject) async throws -> Outcome { Outcome(.pass, "good") }
}

/// A dataset's manifest need not give a digest: then what lies at its path makes the version.
struct DataVersionTests {
    private static let manifest = """
        apiVersion: martlet.dev/v1
        kind: Dataset
        metadata: {name: train}
        spec: {path: train.csv}

        """

    @Test func `where neither model nor data changed, no tip has the model read anew`() async throws {
        try await withTemporaryFolder { folder in
            let counted = CountedReading()
            let stage = try Stage(in: folder, [.dev]) { counted.watch(&$0) }
            try stage.commit([
                "models/tumor/model.yaml": Stage.model("tumor") + "  training: {data: [train]}\n",
                "models/tumor/model.bin": "weights\n", "models/tumor/score.txt": "0.9\n",
                "data/train.yaml": Self.manifest, "data/train.csv": "1\n",
            ])
            try await stage.settle()
            let first = try stage.pin("dev")
            counted.reset()
            for number in 1...3 {
                try stage.commit(["gates/g.yaml": stage.gate() + "# \(number)\n"])
                try await stage.settle()
            }
            #expect(counted.parsed("gates/g.yaml") == 3 && counted.parsed("models/tumor/model.yaml") == 0)
            #expect(try stage.pin("dev") == first)
            let second = try stage.commit(["data/train.csv": "2\n"])
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
            // What stands for the bytes now lies at another of its paths.
            let third = try stage.commit(["data/train.csv.dvc": "outs: []\n"], removing: ["data/train.csv"])
            try await stage.settle()
            #expect(try stage.pin("dev") == third)
        }
    }

    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `other data are another version, though no manifest changed`(_ way: Stage.Way) async throws {
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev], way: way) { $0.checks = CheckRegistry([DataCheck.self]) }
            try stage.commit([
                "gates/g.yaml": stage.gate().replacing(#/checks: .*/#, with: "checks: [{check: test.data}]"),
                "models/tumor/model.yaml": Stage.model("tumor") + "  training: {data: [train]}\n",
                "models/tumor/model.bin": "weights\n", "data/train.yaml": Self.manifest,
            ])
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            #expect(try await stage.why("dev").blockers.first?.reason.contains("nothing there") == true)

            let first = try stage.commit(["data/train.csv": "good 1\n"])
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            let second = try stage.commit(["data/train.csv": "good 2\n"])
            try await stage.settle()
            #expect(try stage.pin("dev") == second)

            try stage.commit(["data/train.csv": "bad\n"])
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
            #expect(try await stage.why("dev").blockers.map(\.name) == ["test.data"])
            try stage.commit(["data/other.csv": "of nobody\n"])
            let mended = try stage.commit(["data/train.csv": "good 3\n"])
            try await stage.settle()
            #expect(try stage.pin("dev") == mended)
        }
    }

    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `another stored profile of the same data is another version`(_ way: Stage.Way) async throws {
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev], way: way) { $0.checks = CheckRegistry([NoCheck.self]) }
            let digest = String(repeating: "a", count: 64)
            let first = try stage.commit([
                "gates/g.yaml": stage.gate().replacing(#/checks: .*/#, with: "checks: [{check: test.none}]"),
                "models/tumor/model.yaml": Stage.model("tumor") + "  training: {data: [train]}\n",
                "models/tumor/model.bin": "weights\n", "data/train.json": "{}\n",
                "data/train.yaml": Self.manifest.replacing(
                    "{path: train.csv}", with: "{uri: 'https://example.com/t', sha256: \(digest), profile: train.json}"),
            ])
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            try stage.commit(["data/other.json": "{}\n"])
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            let second = try stage.commit(["data/train.json": "{ }\n"])
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
        }
    }
}
