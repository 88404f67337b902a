import Domain
import Testing

@testable import Checks

/// The number of rows against the version that runs.
@Suite struct RowChangeTests {
    private func version(_ label: String, rows: Int, of dataset: String = "mine", schema rowsOfSchema: JSON? = nil)
        throws
        -> Specimen
    {
        var specimen = try Specimen.version("v1").setting("training", "data", to: [.string(dataset)])
            .setting("evaluation", "data", to: .null)
        specimen.label = label
        specimen.data[dataset] = Array(("x,y\n" + String(repeating: "1,a\n", count: rows)).utf8)
        let columns: JSON = [["name": "x", "type": "int"], ["name": "y"]]
        specimen.schema = rowsOfSchema.map { ["columns": columns, "rows": $0] } ?? ["columns": columns]
        return specimen
    }

    @Test(arguments: [(50, Verdict.pass), (49, .fail), (200, .pass), (201, .fail), (100, .pass)])
    func `half to twice the rows of the version that runs pass`(rows: Int, verdict: Verdict) async throws {
        var specimen = try version("v2", rows: rows)
        specimen.deployed = try version("v1", rows: 100).subject()
        let outcome = try await specimen.run(DataSchema.self)
        #expect(outcome.verdict == verdict, "\(outcome.words)")
        #expect(outcome.measurements["mine"]?["earlier_rows"] == 100)
        #expect(verdict == .fail || outcome.summary == "\(rows) rows of mine keep the schema")
    }

    @Test func `how many times is said, with the place of the schema's own range`() async throws {
        var specimen = try version("v2", rows: 21)
        specimen.deployed = try version("v1", rows: 1000).subject()
        #expect(
            try await specimen.run(DataSchema.self).summary
                == "mine.csv: 21 rows are 0.021 times the 1,000 of tumor v1, which runs now; expected 0.5 to 2 times")
        let off = try await specimen.run(DataSchema.self, ["compareRows": false])
        #expect(off.verdict == .pass && off.measurements["mine"]?["earlier_rows"] == nil, "\(off.words)")
        var own = try version("v2", rows: 1100, schema: ["maxFraction": 1.05])
        own.deployed = specimen.deployed
        #expect(
            try await own.run(DataSchema.self).summary.hasSuffix("expected 0.5 to 1.05 times; schema.yaml:1"))
    }

    @Test func `without an earlier version, or its dataset, there is nothing to compare with`() async throws {
        var specimen = try version("v2", rows: 3)
        let first = try await specimen.run(DataSchema.self)
        #expect(
            first.verdict == .pass
                && first.summary == "3 rows of mine keep the schema; there is nothing to compare their number with")
        #expect(first.measurements["mine"]?["earlier_rows"] == .null)
        specimen.data["more"] = specimen.data["mine"]
        specimen = specimen.setting("training", "data", to: ["mine", "more"])
        var before = try version("v1", rows: 3)
        before.data["other"] = before.data["mine"]
        specimen.deployed = try before.subject()
        #expect(
            try await specimen.run(DataSchema.self).summary
                == "6 rows of mine, more keep the schema; there is nothing to compare their number of more with")
        // No rows are no measure either.
        var none = try version("v1", rows: 0)
        none.datasets["mine"] = ["path": "mine.csv", "rows": 0]
        specimen.deployed = try none.subject()
        #expect(
            try await specimen.run(DataSchema.self).summary.hasSuffix("there is nothing to compare their number with"))
    }

    @Test func `what the earlier manifest says, or the same bytes, need not be counted`() async throws {
        let digest = "sha256:" + String(repeating: "a", count: 64)
        for manifest in [["path": "mine.csv", "rows": 100], ["path": "mine.csv", "sha256": .string(digest)]] as [JSON] {
            var specimen = try version("v2", rows: 40)
            specimen.datasets["mine"] = ["path": "mine.csv", "sha256": .string(digest)]
            var before = try version("v1", rows: 0)
            before.datasets["mine"] = manifest
            // A table that cannot be read shows that it is not.
            before.data["mine"] = Array("x,x".utf8)
            specimen.deployed = try before.subject()
            let outcome = try await specimen.run(DataSchema.self)
            let isSame = manifest["rows"] == nil
            #expect(outcome.verdict == (isSame ? .pass : .fail), "\(outcome.words)")
            #expect(outcome.measurements["mine"]?["earlier_rows"] == (isSame ? 40 : 100))
        }
    }

    @Test func `an earlier table that cannot be had is inconclusive, and the remedy is named`() async throws {
        var specimen = try version("v2", rows: 40)
        var before = try version("v1", rows: 0)
        before.data["mine"] = Array("x,y\n1".utf8)
        specimen.deployed = try before.subject()
        let outcome = try await specimen.run(DataSchema.self)
        #expect(
            outcome.verdict == .inconclusive && outcome.summary.contains("set compareRows: false"), "\(outcome.words)")
        #expect(
            outcome.summary.hasPrefix("mine.csv: how many rows tumor v1 has of mine is not known: "), "\(outcome.words)"
        )
    }

    @Test func `a manifest that says another number of rows is told`() async throws {
        var specimen = try version("v2", rows: 40)
        specimen.datasets["mine"] = ["path": "mine.csv", "rows": 41]
        let outcome = try await specimen.run(DataSchema.self)
        #expect(
            outcome.verdict == .fail && outcome.summary == "mine.csv: 40 rows, and data/mine.yaml says 41",
            "\(outcome.words)")
    }
}
