import Domain
import Testing

@testable import Checks

/// Predictions of a part of the evaluation data alone, and of other rows than those of the version that runs now.
@Suite struct CoverageTests {
    private let gate: JSON = ["metrics": ["accuracy": ["min": 0.5]]]

    /// The first rows of a version's predictions.
    private func version(_ label: String = "v1", rows: Int, dropping: Int = 0) throws -> Specimen {
        var specimen = try Specimen.version(label)
        let lines = try Fixture.text("tumor/versions/\(label)/predictions.csv").split(separator: "\n")
        let kept = lines[...0] + lines[(1 + dropping)..<(1 + rows)]
        specimen.files["predictions.csv"] = Array(kept.joined(separator: "\n").utf8)
        return specimen
    }

    @Test func `predictions of a part of the evaluation data fail`() async throws {
        let outcome = try await version(rows: 150).run(QualityGate.self, gate)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.words.contains("predictions cover 150 of 190 rows of eval (78.9"), "\(outcome.words)")
        #expect(try await version(rows: 190).run(QualityGate.self, gate).verdict == .pass)
        let enough = try await version(rows: 150).run(
            QualityGate.self, .object((gate.members ?? []) + [JSON.Member("minCoverage", 0.75)]))
        #expect(enough.verdict == .pass, "\(enough.words)")
    }

    @Test func `the dataset's manifest says how many rows there are, where ids do not tell`() async throws {
        var specimen = try version(rows: 150)
        specimen.schema = nil
        specimen.datasets["eval"] = ["path": "eval.csv", "rows": 3000]
        #expect(
            try await specimen.run(QualityGate.self, gate).words.contains("predictions cover 150 of 3,000 rows of eval")
        )
        specimen.datasets["eval"] = ["path": "eval.csv", "rows": 150]
        #expect(try await specimen.run(QualityGate.self, gate).verdict == .pass)
    }

    @Test func `versions are compared on common rows, with the share said, and too few fail`() async throws {
        var specimen = try version("v2", rows: 190)
        specimen.deployed = try version("v1", rows: 190, dropping: 19).subject()
        let words = "171 of 190 rows (90 %) have predictions of this version and of tumor v1"
        let comparison = try await specimen.run(VersionComparison.self)
        #expect(comparison.verdict == .fail && comparison.words.contains(words), "\(comparison.words)")
        #expect(comparison.measurements["common_share"]?.double == 0.9)
        let gated = try await specimen.run(QualityGate.self, gate)
        #expect(gated.verdict == .fail && gated.words.contains(words), "\(gated.words)")
        let enough = try await specimen.run(VersionComparison.self, ["minCoverage": 0.9])
        #expect(enough.verdict == .pass, "\(enough.words)")
    }

    @Test(arguments: ["predictions.csv.gz", "predictions.jsonl.gz", "predictions.parquet"])
    func `predictions may be packed, or Parquet`(file: String) async throws {
        var specimen = try Specimen.version("v1").setting("evaluation", "predictions", to: .string(file))
        specimen.files[file] = try Fixture.bytes("packed/\(file)")
        let outcome = try await specimen.run(QualityGate.self, ["metrics": ["auc": ["min": 0.95]]])
        #expect(outcome.verdict == .pass && outcome.measurements["rows"] == 190, "\(outcome.words)")
        #expect(outcome.summary.contains("auc 0.9956 ["), "\(outcome.summary)")
        let finite = try await specimen.run(NumericalStability.self)
        #expect(finite.verdict == .pass, "\(finite.words)")
        let table = try RunTable(.bytes(try Fixture.bytes("packed/\(file)")), path: file)
        #expect(table.rows.count == 190 && table.columns.contains("score"))
    }
}
