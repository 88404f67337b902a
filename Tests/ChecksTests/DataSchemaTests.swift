import Data
import Domain
import Testing

@testable import Checks

@Suite struct DataSchemaTests {
    /// A table with one column of each kind.
    private func specimen(_ rows: [String], schema: JSON? = nil, dataset: JSON? = nil) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("training", "data", to: ["mine"])
            .setting("evaluation", "data", to: .null)
        let header = "id,amount,grade,day,flag,note"
        specimen.data["mine"] = Array(([header] + rows).joined(separator: "\n").utf8)
        if let dataset { specimen.datasets["mine"] = dataset }
        specimen.schema =
            schema ?? [
                "columns": [
                    ["name": "id", "type": "string", "role": "id", "unique": true, "pattern": "r[0-9]+"],
                    ["name": "amount", "type": "float", "min": 0, "max": 100],
                    ["name": "grade", "type": "int", "allowed": ["1", "2", "3"]],
                    ["name": "day", "type": "timestamp", "nullable": true, "maxNullShare": 0.5],
                    ["name": "flag", "type": "bool"],
                    ["name": "note", "type": "string", "nullable": true, "maxLength": 5],
                ]
            ]
        return specimen
    }

    private let good = [
        "r1,5.5,1,2026-01-01,true,\"a\nb\"", "r2,0,2.0,,0,", "r3,100,3,2026-01-01T10:00:00Z,False,größe",
    ]

    @Test(arguments: [("v1", "tumor"), ("v2", "tumor"), ("v4", "tumor"), ("v2", "penguins")])
    func `the samples keep their schemas`(version: String, family: String) async throws {
        let outcome = try await Specimen.version(version, of: family).run(DataSchema.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test(arguments: [("float", "1.0"), ("int", "01"), ("int", "1e0"), ("float", "+1"), ("int", "1.0")])
    func `a number comes a second time however it is spelled`(type: String, again: String) async throws {
        let schema: JSON = ["columns": [["name": "id", "type": .string(type), "role": "id", "unique": true]]]
        var specimen = try specimen([], schema: schema)
        specimen.data["mine"] = Array("id\n1\n2\n\(again)\n".utf8)
        let twice = try await specimen.run(DataSchema.self)
        #expect(twice.verdict == .fail && twice.words.contains("a second time"), "\(twice.words)")
        // Whole numbers that share a double are two.
        specimen.data["mine"] = Array("id\n9007199254740992\n9007199254740993\n".utf8)
        #expect(try await specimen.run(DataSchema.self).verdict == .pass)
        let texts: JSON = ["columns": [["name": "id", "type": "string", "role": "id", "unique": true]]]
        specimen.schema = texts
        specimen.data["mine"] = Array("id\n1\n2\n\(again)\n".utf8)
        #expect(try await specimen.run(DataSchema.self).verdict == .pass)
    }

    @Test func `a column that the schema does not know is a warning, or a failure where it is strict`() async throws {
        var leak = try Specimen.version("v3")
        let outcome = try await leak.run(DataSchema.self)
        #expect(outcome.verdict == .warn)
        #expect(outcome.summary.contains("\"followup_code\" is not in the schema"), "\(outcome.words)")
        leak.schema = .object((leak.schema?.members ?? []) + [JSON.Member("strict", true)])
        #expect(try await leak.run(DataSchema.self).verdict == .fail)
    }

    private static let unread: [UInt8] = {
        (try? Fixture.bytes("../DataTests/Reference/parquet/binary-and-nested.parquet")) ?? []
    }()

    @Test func `columns of bytes or lists are left out with a warning, unless the schema names them`() async throws {
        var specimen = try Specimen.version("v1").setting("training", "data", to: ["mine"])
            .setting("evaluation", "data", to: .null)
        specimen.data["mine"] = Self.unread
        specimen.datasets["mine"] = ["path": "mine.parquet", "format": "parquet"]
        specimen.schema = ["columns": [["name": "x", "type": "float", "required": false]]]
        let left = try await specimen.run(DataSchema.self)
        #expect(left.verdict == .warn, "\(left.words)")
        #expect(left.words.contains("column `vector` is nested, and is left out"), "\(left.words)")
        let binary = try #require(left.findings.first { $0.message.contains("bytes that are not UTF-8") }?.message)
        let name = String(binary.split(separator: "`")[1])
        for named in [name, "vector"] {
            specimen.schema = ["columns": [["name": .string(named), "required": false]]]
            let outcome = try await specimen.run(DataSchema.self)
            #expect(outcome.verdict == .fail, "\(outcome.words)")
            #expect(outcome.words.contains("column `\(named)`") && outcome.words.contains("which names it"))
        }
        let inferred = try InferredSchema(
            of: [.init(name: "mine.parquet", content: .bytes(Self.unread), format: .parquet)])
        #expect(inferred.remarks.count == 3 && inferred.remarks.allSatisfy { $0.hasSuffix(", and is left out") })
        #expect(!inferred.text(name: "mine").contains(name))
    }

    @Test func `ids that are in the training and the evaluation data are a warning with one of them`() async throws {
        var specimen = try specimen(good).setting("evaluation", "data", to: "eval")
        let header = "id,amount,grade,day,flag,note\n"
        specimen.data["eval"] = Array(
            (header + "r9,1,1,2026-01-01,true,\nr3,1,1,2026-01-01,true,\nr2,1,1,,true,\n").utf8)
        let outcome = try await specimen.run(DataSchema.self, ["compareRows": false])
        #expect(outcome.verdict == .warn, "\(outcome.words)")
        #expect(outcome.summary.hasPrefix("2 of 3 ids of eval are in mine, too, the first `r3`"), "\(outcome.words)")
        #expect(outcome.measurements["ids in training and evaluation"]?["mine"] == 2)
        specimen.data["eval"] = Array((header + "r9,1,1,2026-01-01,true,\nr8,1,1,,true,\n").utf8)
        let apart = try await specimen.run(DataSchema.self)
        #expect(apart.verdict == .pass && apart.measurements["ids in training and evaluation"]?["mine"] == 0)
    }

    @Test func `good rows pass`() async throws {
        let outcome = try await specimen(good).run(DataSchema.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["mine"]?["rows"]?.int == 3)
    }

    @Test(arguments: [
        ("r1,5,1,2026-01-01,true,x", "column \"id\": 1 of 4 values (25 %) come a second time", 6),
        ("x4,5,1,2026-01-01,true,x", "do not match r[0-9]+", 6),
        (
            "r4,-3.2,1,2026-01-01,true,x",
            "column \"amount\": 1 of 4 values (25 %) < min 0; first at line 6 (\"-3.2\")", 6
        ),
        ("r4,100.5,1,2026-01-01,true,x", "> max 100", 6), ("r4,\"$72,000\",1,2026-01-01,true,x", "are no float", 6),
        ("r4,nan,1,2026-01-01,true,x", "are NaN", 6), ("r4,inf,1,2026-01-01,true,x", "are infinite", 6),
        ("r4,5,7,2026-01-01,true,x", "are none of 1, 2, 3", 6), ("r4,5,1.5,2026-01-01,true,x", "are no int", 6),
        ("r4,5,1,yesterday,true,x", "are no timestamp", 6), ("r4,5,1,2026-13-01,true,x", "are no timestamp", 6),
        ("r4,5,1,2026-01-01,maybe,x", "are no bool", 6), ("r4,,1,2026-01-01,true,x", "are missing", 6),
        ("r4,5,1,2026-01-01,true,longer", "longer than 5", 6),
    ])
    func `each offence is named with count, share, line and value`(row: String, words: String, line: Int) async throws {
        let outcome = try await specimen(good + [row]).run(DataSchema.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.findings.count == 1)
        #expect(outcome.summary.contains(words), "\(outcome.summary)")
        // The second row of the good ones goes over two lines.
        #expect(outcome.findings.first?.line == line)
    }

    @Test func `missing values may be allowed up to a share, and be spelled in many ways`() async throws {
        let rows = ["r1,1,1,,true,", "r2,1,1,,true,", "r3,1,1,2026-01-01,true,"]
        #expect(try await specimen(rows).run(DataSchema.self).summary.contains("more than 50 %"))
        let spelled = try specimen(
            ["r1,1,1,N/A,true,", "r2,1,1,2026-01-01,true,"], dataset: ["path": "x.csv", "nulls": ["N/A"]])
        #expect(try await spelled.run(DataSchema.self).verdict == .pass)
    }

    @Test func `a missing column suggests the one that was renamed`() async throws {
        var specimen = try specimen([])
        specimen.data["mine"] = Array("id,amont,grade,day,flag,note\nr1,5,1,,true,\nr2,5,1,2026-01-01,true,".utf8)
        let outcome = try await specimen.run(DataSchema.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("\"amount\" is missing; is it called \"amont\" now?"))
    }

    @Test func `JSON Lines are checked the same way`() async throws {
        var specimen = try specimen([], dataset: ["path": "mine.jsonl", "format": "jsonl"])
        let row = #"{"id":"r1","amount":5,"grade":1,"day":null,"flag":true,"note":"x"}"#
        let bad = #"{"id":"r2","amount":500,"grade":1,"day":"2026-01-01","flag":false,"note":"x"}"#
        specimen.data["mine"] = Array("\(row)\n\(bad)\n".utf8)
        let outcome = try await specimen.run(DataSchema.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.findings.count == 1 && outcome.findings.first?.line == 2, "\(outcome.words)")
    }

    @Test(arguments: ["", "id,amount\n1", "id,id\n1,2\n", "\u{1}\u{0}"]) func `a broken table fails with its place`(
        text: String
    ) async throws {
        var specimen = try specimen([])
        specimen.data["mine"] = Array(text.utf8)
        #expect(try await specimen.run(DataSchema.self).verdict == .fail)
    }

    @Test func `data that cannot be had is inconclusive, no schema or data is skipped`() async throws {
        var specimen = try specimen(good)
        #expect(try await specimen.run(DataSchema.self, ["datasets": ["other"]]).verdict == .inconclusive)
        specimen.schema = nil
        #expect(try await specimen.run(DataSchema.self).verdict == .skipped)
        #expect(try await specimen.setting("schema", to: "schema.yaml").run(DataSchema.self).verdict == .inconclusive)
        let none = try self.specimen(good).setting("training", "data", to: [])
        #expect(try await none.run(DataSchema.self).verdict == .skipped)
    }

    @Test func `a pattern that is none fails instead of passing everything`() async throws {
        let schema: JSON = ["columns": [["name": "id", "pattern": "(a"]], "strict": false]
        let outcome = try await specimen(good, schema: schema).run(DataSchema.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.words.contains("cannot be used"))
    }

    @Test func `too few or too many rows fail`() async throws {
        let columns: JSON = ["columns": [["name": "id"]], "rows": ["min": 10]]
        #expect(try await specimen(good, schema: columns).run(DataSchema.self).words.contains("fewer than 10"))
    }

    @Test func `Parquet is checked row by row, too`() async throws {
        var specimen = try Specimen.version("v1", of: "penguins").setting("training", "data", to: ["formats"])
            .setting("evaluation", "data", to: .null)
        specimen.datasets["formats"] = ["path": "zstd.parquet", "format": "parquet"]
        specimen.data["formats"] = try Fixture.bytes("formats/zstd.parquet")
        let outcome = try await specimen.run(DataSchema.self)
        #expect(outcome.verdict != .inconclusive, "\(outcome.words)")
        #expect((outcome.measurements["formats"]?["rows"]?.int ?? 0) > 50)
        specimen.data["formats"]?.removeLast(20)
        #expect(try await specimen.run(DataSchema.self).verdict == .fail)
    }

    /// As JSON Lines, with a schema of two numbers of which the second may be missing.
    private func lines(_ text: String, strict: Bool = false) throws -> Specimen {
        var specimen = try specimen(
            [],
            schema: [
                "strict": .bool(strict),
                "columns": [
                    ["name": "a", "type": "float"],
                    ["name": "b", "type": "float", "nullable": true, "maxNullShare": 0.5, "min": 0],
                ],
            ], dataset: ["path": "mine.jsonl", "format": "jsonl"])
        specimen.data["mine"] = Array(text.utf8)
        return specimen
    }

    @Test func `the columns of JSON Lines are those of all objects`() async throws {
        let good = try await lines("{\"a\": 1}\n{\"a\": 2, \"b\": 3}\n").run(DataSchema.self)
        #expect(good.verdict == .pass, "\(good.words)")
        let bad = try await lines("{\"a\": 1}\n\n{\"b\": -3, \"a\": 2}\n").run(DataSchema.self)
        #expect(
            bad.verdict == .fail && bad.words.contains("column \"b\"") && bad.findings.first?.line == 3, "\(bad.words)")
        let few = try await lines("{\"a\": 1}\n{\"a\": 1}\n{\"a\": 2, \"b\": 3}\n").run(DataSchema.self)
        #expect(few.verdict == .fail && few.words.contains("are missing, more than 50 %"), "\(few.words)")
        let null = try await lines("{\"a\": 1, \"b\": 1}\n{\"b\": 3}\n").run(DataSchema.self)
        #expect(null.verdict == .fail && null.findings.first?.line == 2, "\(null.words)")
        let other = try await lines("{\"a\": 1, \"b\": 1}\n{\"a\": 1, \"b\": 1, \"c\": 2}\n", strict: true)
            .run(DataSchema.self)
        #expect(other.verdict == .fail && other.words.contains("column \"c\" is not in the schema"), "\(other.words)")
    }

    @Test func `a name that stands twice in one object is an error with its line`() async throws {
        let outcome = try await lines("{\"a\": 1}\n{\"a\": 1, \"b\": 2, \"a\": 3}\n").run(DataSchema.self)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.summary.hasPrefix("mine.jsonl: line 2, column 23: \"a\" stands twice in one object"))
    }

    @Test(arguments: ["2024-02-30", "2023-02-29", "2026-04-31T00:00:00Z", "1900-02-29"])
    func `a day that no calendar has is no timestamp`(day: String) async throws {
        let outcome = try await specimen(good + ["r4,5,1,\(day),true,x"]).run(DataSchema.self)
        #expect(outcome.verdict == .fail && outcome.words.contains("are no timestamp"), "\(outcome.words)")
    }

    @Test func `days of leap years are timestamps`() async throws {
        let outcome = try await specimen(good + ["r4,5,1,2024-02-29,true,x", "r5,5,1,2000-02-29,true,x"]).run(
            DataSchema.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `tables that are packed are read, with the lines of what is in them`() async throws {
        var specimen = try lines("", strict: true)
        specimen.datasets["mine"] = ["path": "mine.csv.gz"]
        specimen.schema = ["columns": [["name": "a", "type": "int"], ["name": "b", "type": "string"]]]
        specimen.data["mine"] = try Fixture.bytes("packed/packed.csv.gz")
        let gzip = try await specimen.run(DataSchema.self)
        #expect(gzip.verdict == .fail && gzip.findings.first?.line == 4, "\(gzip.words)")
        specimen.data["mine"] = try Fixture.bytes("packed/packed.csv.zst")
        let zstd = try await specimen.run(DataSchema.self)
        #expect(zstd.verdict == .fail && zstd.findings.first?.line == 4, "\(zstd.words)")
        specimen.data["mine"] = Array(try Fixture.bytes("packed/packed.csv.gz").dropLast(12))
        #expect(try await specimen.run(DataSchema.self).words.contains("the compressed file is"))
    }

    @Test(arguments: [("True", true), ("TRUE", true), ("1", true), ("true", true), ("False", false), ("0", false)])
    func `truth values are allowed in any spelling`(text: String, isAllowed: Bool) async throws {
        let schema: JSON = ["columns": [["name": "flag", "type": "bool", "allowed": ["true"]]]]
        var specimen = try specimen([], schema: schema)
        specimen.data["mine"] = Array("flag\n\(text)\n".utf8)
        let outcome = try await specimen.run(DataSchema.self)
        #expect((outcome.verdict == .pass) == isAllowed, "\(outcome.words)")
    }

    @Test func `an empty text in Parquet is a value, a null is none`() async throws {
        func outcome(_ column: JSON) async throws -> Outcome {
            var specimen = try specimen(
                [], schema: ["columns": [column]], dataset: ["path": "mine.parquet", "format": "parquet"])
            specimen.data["mine"] = try Fixture.bytes("../DataTests/Reference/parquet/empty-texts.parquet")
            return try await specimen.run(DataSchema.self)
        }
        let strict = try await outcome(["name": "s", "type": "string"])
        #expect(strict.words.contains("1 of 8 values (12.5 %) are missing; first at row 4"), "\(strict.words)")
        let allowed = try await outcome(["name": "s", "type": "string", "nullable": true, "allowed": ["a", "b"]])
        #expect(allowed.words.contains("2 of 8 values (25 %) are none of a, b; first at row 2"), "\(allowed.words)")
        let both = try await outcome(["name": "s", "type": "string", "nullable": true, "allowed": ["a", "b", ""]])
        #expect(both.verdict == .warn, "\(both.words)")
    }

    /// What is found of keys that come again, in so much memory.
    private func findings(_ keys: [String], _ bytes: Int, folder: String = "/var/tmp") throws -> [Finding] {
        let schema = try Schema(node: ManifestTree(["columns": [["name": "id", "unique": true], ["name": "other"]]]))
        let text = "id,other\n" + keys.map { "\($0),1\n" }.joined()
        return try SchemaReport(
            .bytes(Array(text.utf8)), file: "t.csv",
            dataset: Dataset(node: ManifestTree(["path": "t.csv"])), schema: schema, path: nil,
            room: KeyRoom(bytes: bytes, folder: folder)
        ).findings
    }

    @Test func `keys that memory does not hold are judged as others, line by line`() throws {
        let keys = (0..<3_000).map { "key-\($0 * 7919 % 2_900)" } + ["key-5", "key-5"]
        let found = try findings(keys, 1 << 26)
        #expect(
            found.map(\.message).first?.hasPrefix(
                "t.csv: column \"id\": 102 of 3,002 values (3.3977 %) come a second time, though the column is unique; first at line "
                    + "2902 (\"key-0\"), also 2903, 2904") == true, "\(found)")
        for bytes in [1 << 16, 1 << 12, 1] { #expect(try findings(keys, bytes) == found) }
        #expect(try findings((0..<3_000).map { "key-\($0)" }, 1 << 12).isEmpty)
    }

    @Test func `where nothing is known of late keys, that is no pass and no failure`() throws {
        let error = #expect(throws: MissingEvidence.self) {
            try findings((0..<3_000).map { "key-\($0)" }, 1 << 12, folder: "/nowhere")
        }
        #expect(
            error?.message
                == "whether the values of column \"id\" are unique is not known: a temporary file in /nowhere, for values that memory "
                + "does not hold, cannot be made: No such file or directory (make room in /nowhere)", "\(error as Any)")
    }
}
