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

/// A dataset's manifest need not give a digest: then what lies at its path makes the version.
struct DataVersionTests {
    private static let manifest = """
        apiVersion: martlet.dev/v1
        kind: Dataset
        metadata: {name: train}
        spec: {path: train.csv}

        """

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
}
