import Data
import Domain
import Testing

@testable import Checks

/// Datasets whose numbers have decimal commas, as `decimal: ","` of their manifests says.
@Suite struct DecimalCommaTests {
    private let comma: JSON = ["path": "mine.csv", "decimal": ","]

    private func specimen(_ text: String, _ schema: JSON, _ dataset: JSON? = nil) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("training", "data", to: ["mine"])
            .setting("evaluation", "data", to: .null)
        specimen.data["mine"] = Array(text.utf8)
        specimen.datasets["mine"] = dataset ?? comma
        specimen.schema = schema
        return specimen
    }

    private let schema: JSON = [
        "columns": [
            ["name": "low", "type": "float", "min": 0, "max": 2], ["name": "high", "type": "float"],
            ["name": "note", "type": "string", "allowed": ["1,5", "x"]],
        ], "rules": [["assert": "low <= high"]],
    ]

    @Test func `a schema's ranges and rules hold for numbers with decimal commas, and texts stay as they are`()
        async throws
    {
        let good = "low;high;note\n1,25;1,5;1,5\n0;12,75;x\n"
        let outcome = try await specimen(good, schema).run(DataSchema.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        let wrong = try await specimen("low;high;note\n2,25;2,5;x\n1,75;1,5;x\n1;1.5;x\n", schema).run(DataSchema.self)
        #expect(wrong.verdict == .fail, "\(wrong.words)")
        #expect(
            wrong.words.contains("column \"low\": 1 of 3 values (33.3333 %) > max 2; first at line 2 (\"2,25\")"),
            "\(wrong.words)")
        #expect(
            wrong.words.contains("column \"high\": 1 of 3 values (33.3333 %) are no float; first at line 4 (\"1.5\")"))
        #expect(
            wrong.words.contains("rule low <= high: 1 of 3 rows (33.3333 %) break it; first at line 3"),
            "\(wrong.words)")
        let points = try await specimen(good, schema, ["path": "mine.csv"]).run(DataSchema.self)
        #expect(points.words.contains("are no float"), "\(points.words)")
    }

    @Test func `of one column the comma is no delimiter`() async throws {
        let one: JSON = ["columns": [["name": "low", "type": "float"]]]
        let outcome = try await specimen("low\n1,25\n0,5\n", one).run(DataSchema.self)
        #expect(outcome.verdict == .pass && outcome.summary.hasPrefix("2 rows"), "\(outcome.words)")
    }

    @Test func `a schema is inferred from them`() throws {
        let table = InferredSchema.Table(
            name: "t.csv", content: .bytes(Array("low;high\n1,25;3\n0,5;4\n".utf8)), format: .csv)
        let columns = try InferredSchema(of: [table], decimalMark: UInt8(ascii: ",")).json(name: "t")["spec"]?[
            "columns"]?.array
        #expect(columns?.map { $0["type"]?.string } == ["float", "int"])
        #expect(columns?.first?["min"] == 0.5 && columns?.first?["max"] == 1.25)
        let texts = try InferredSchema(of: [table]).json(name: "t")["spec"]?["columns"]?.array
        #expect(texts?.first?["type"] == "string")
    }

    @Test func `labels of a regression are compared as numbers`() async throws {
        func outcome(_ label: String, _ dataset: JSON) async throws -> Outcome {
            var specimen = try Specimen.version("v1").setting("task", to: "regression")
                .setting("evaluation", "columns", to: ["id": "id"]).setting("evaluation", "slices", to: [])
                .setting("evaluation", "sensitive", to: [])
            specimen.schema = nil
            let rows = (0..<30).map { "r\($0),\($0).5,\($0).\(20 + $0)\n" }.joined()
            specimen.files["predictions.csv"] = Array(("id,label,prediction\n" + rows).utf8)
            let data = (0..<30).map { "r\($0);\($0 == 7 ? label : "\($0),5")\n" }.joined()
            specimen.data["eval"] = Array(("id;label\n" + data).utf8)
            specimen.datasets["eval"] = dataset
            return try await specimen.run(QualityGate.self, ["metrics": ["mae": ["max": 1]]])
        }
        #expect(try await outcome("7,5", comma).verdict == .pass)
        let wrong = try await outcome("8,5", comma)
        #expect(wrong.verdict == .fail && wrong.words.contains("(id `r7`): `7.5`, there `8.5`"), "\(wrong.words)")
    }

    @Test func `served requests are held against training data with decimal commas as against the same with points`()
        async throws
    {
        let plain = try Fixture.text("tumor/data/train.csv")
        let lines = plain.split(separator: "\n").map { $0.split(separator: ",") }
        let place = try #require(lines[0].firstIndex(of: "mean_radius"))
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl"])
        let log = (0..<1200).map { row in
            let value = (Double(lines[1 + (row * 9) % (lines.count - 1)][place]) ?? 0) * 1.4
            return #"{"request_id":"r\#(row)","features":{"mean_radius":\#(value)}}"#
        }
        specimen.files["log.jsonl"] = Array(log.joined(separator: "\n").utf8)
        specimen.schema = nil
        let points = try await specimen.run(DataInvariants.self, ["threshold": 0.3])
        let name = try #require(
            specimen.data.keys.first { $0.hasPrefix("train") && specimen.data[$0] == Array(plain.utf8) })
        let text = plain.replacing(",", with: ";").replacing(".", with: ",")
        specimen.data[name] = Array(text.utf8)
        specimen.datasets[name] = ["path": "train.csv", "decimal": ","]
        let commas = try await specimen.run(DataInvariants.self, ["threshold": 0.3])
        #expect(commas.verdict == .fail && commas.words.contains("mean_radius: Wasserstein"), "\(commas.words)")
        #expect(commas.words == points.words)
    }

    @Test func `a server is asked with numbers as JSON writes them`() async throws {
        var specimen = try Specimen.version("v1").setting("evaluation", "data", to: "mine")
        specimen.data["mine"] = Array("x;y;label\n1,5;a,b;1\n-0,25;2,5;0\n".utf8)
        specimen.datasets["mine"] = comma
        specimen.schema = nil
        let rows = try await InferenceRows(of: specimen.subject())
        #expect(rows.columns["x"] == ["1.5", "-0.25"] && rows.columns["y"] == ["a,b", "2.5"])
    }

    @Test func `a decimal mark is a point or a comma, and only delimited text has one`() throws {
        for wrong in [["path": "a.csv", "decimal": ";"], ["path": "a.parquet", "format": "parquet", "decimal": ","]]
            as [JSON]
        {
            #expect(throws: FieldErrors.self) { try Dataset(node: ManifestTree(wrong)) }
        }
        #expect(try Dataset(node: ManifestTree(["path": "a.csv"])).decimal == .point)
    }
}
