import Domain
import Testing

@testable import Checks

/// What the columns of a row keep together, and columns that follow from others.
@Suite struct RowRulesTests {
    private func run(
        _ table: String, _ columns: JSON, mappings: JSON = [], rules: JSON = [], dataset: JSON? = nil
    ) async throws -> Outcome {
        var specimen = try Specimen.version("v1").setting("training", "data", to: ["mine"])
            .setting("evaluation", "data", to: .null)
        specimen.data["mine"] = Array(table.utf8)
        if let dataset { specimen.datasets["mine"] = dataset }
        specimen.schema = ["columns": columns, "mappings": mappings, "rules": rules]
        return try await specimen.run(DataSchema.self)
    }

    private let prices: JSON = [
        ["name": "open", "type": "float", "nullable": true], ["name": "close", "type": "float", "nullable": true],
        ["name": "kind", "nullable": true], ["name": "day", "type": "timestamp", "nullable": true],
    ]

    private let places: JSON = [
        ["name": "zip", "nullable": true], ["name": "number", "type": "int", "nullable": true],
        ["name": "state", "nullable": true],
    ]

    /// Known, broken and selected rows as SQLite counts them (Reference/make_row_rules.py).
    @Test func `conditions are those of SQL, missing values too`() async throws {
        let reference = try JSON(parsing: Fixture.bytes("../ChecksTests/Reference/row_rules.json"))
        let conditions = try #require(reference["conditions"]?.array)
        let columns: JSON = [
            ["name": "a", "type": "float", "nullable": true], ["name": "b", "type": "float", "nullable": true],
            ["name": "k", "nullable": true], ["name": "f", "type": "bool", "nullable": true],
        ]
        let asserted = conditions.map { JSON.object([("assert", $0["assert"] ?? .null)]) }
        let selecting = conditions.map { JSON.object([("assert", "a == a"), ("where", $0["assert"] ?? .null)]) }
        let outcome = try await run(
            reference["table"]?.string ?? "", columns, rules: .array(asserted + selecting))
        let relations = try #require(outcome.measurements["mine"]?["relations"]?.array)
        #expect(conditions.count > 30 && relations.count == 2 * conditions.count)
        for (condition, relation) in zip(conditions, relations) {
            #expect(relation["rows"] == reference["rows"])
            #expect(relation["known"] == condition["known"], "\(condition)")
            #expect(relation["broken"] == condition["broken"], "\(condition)")
        }
        for (condition, relation) in zip(conditions, relations.dropFirst(conditions.count)) {
            #expect(relation["rows"] == condition["selected"], "\(condition)")
        }
    }

    @Test func `rows that keep a rule pass, and those with missing values do, too`() async throws {
        let outcome = try await run(
            "open,close,kind,day\n1,2,bond,2026-01-01\n,2,bond,\nnan,1,share,\n", prices,
            rules: [["assert": "open <= close"], ["assert": "day >= '2026-01-01'", "where": "kind == 'bond'"]])
        #expect(outcome.words.contains("are NaN") && !outcome.words.contains("rule"), "\(outcome.words)")
        let relations = outcome.measurements["mine"]?["relations"]?.array
        #expect(relations?.first == ["name": "open <= close", "rows": 3, "known": 1, "broken": 0])
        #expect(relations?.last?["rows"] == 2 && relations?.last?["known"] == 1)
    }

    @Test func `a rule that is broken names columns, count, share, lines and the schema's line`() async throws {
        let outcome = try await run(
            "open,close,kind,day\n1,2,\"a\nb\",2026-01-01\n3,2,\"c\nd\",\n2,2,share,2025-12-31\n5,4,share,\n", prices,
            rules: [["assert": "open <= close"], ["assert": "day >= '2026-01-01'", "where": "kind == 'share'"]])
        #expect(outcome.verdict == .fail)
        #expect(
            outcome.findings.map(\.message) == [
                "mine.csv: rule open <= close: 2 of 4 rows (50 %) break it; first at line 4 (open \"3\", close \"2\"), "
                    + "also 7; schema.yaml:1",
                "mine.csv: rule day >= '2026-01-01': 1 of 2 rows where kind == 'share' (50 %) break it; first at line 6 "
                    + "(day \"2025-12-31\"); schema.yaml:1",
            ], "\(outcome.words)")
        #expect(outcome.findings.first?.line == 4 && outcome.findings.first?.value == 0.5)
    }

    @Test func `at most twenty lines are named`() async throws {
        let rows = String(repeating: "2,1,x,\n", count: 30)
        let outcome = try await run(
            "open,close,kind,day\n" + rows, prices, rules: [["assert": "open <= close"]])
        #expect(outcome.summary.contains("30 of 30 rows (100 %)") && outcome.summary.contains("20, 21; schema"))
    }

    @Test func `a rule that no row was held against is a warning`() async throws {
        let table = "open,close,kind,day\n1,2,bond,\n,2,bond,\n"
        let never = try await run(table, prices, rules: [["assert": "open <= close", "where": "kind == 'bnod'"]])
        #expect(never.verdict == .warn)
        #expect(never.words.contains("not looked at: there is no row where kind == 'bnod'"), "\(never.words)")
        let missing = try await run(table, prices, rules: [["assert": "day > '2026-01-01'"]])
        #expect(missing.verdict == .warn && missing.words.contains("missing in each of 2 rows"), "\(missing.words)")
    }

    @Test func `times are compared as moments, truth values in any spelling`() async throws {
        let columns: JSON = [
            ["name": "from", "type": "timestamp"], ["name": "to", "type": "timestamp"],
            ["name": "sure", "type": "bool"],
        ]
        let rules: JSON = [["assert": "from <= to"], ["assert": "sure == true"]]
        let good = "from,to,sure\n2026-01-01T10:00:00+02:00,2026-01-01T09:00:00Z,TRUE\n2026-01-01,2026-01-01 00:00,1\n"
        #expect(try await run(good, columns, rules: rules).verdict == .pass)
        let bad = "from,to,sure\n2026-01-01T10:00:00Z,2026-01-01T11:00:00+02:00,0\n"
        #expect(try await run(bad, columns, rules: rules).findings.count == 2)
    }

    @Test func `a value that follows from another may come as often as it likes`() async throws {
        let outcome = try await run(
            "zip,number,state\n1,1,NY\n2,2,NY\n1,1.0,NY\n,1,NJ\n3,,\n2,+2,NY\n", places,
            mappings: [["from": "zip", "to": "state"], ["from": ["zip", "number"], "to": "state"]])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        let relations = outcome.measurements["mine"]?["relations"]?.array
        #expect(relations?.map { $0["known"]?.int } == [4, 4])
    }

    @Test func `two values for one are found with line and share, whatever spells them alike`() async throws {
        let outcome = try await run(
            "zip,number,state\n1,7,NY\n2,7.0,NY\n1,8,NJ\n1,8,NY\n1,,CT\n", places,
            mappings: [["from": "zip", "to": "state"], ["from": "number", "to": "state"]])
        #expect(outcome.verdict == .fail)
        #expect(
            outcome.findings.map(\.message) == [
                "mine.csv: mapping zip -> state: 2 of 5 rows (40 %) have another state than the first row of the same zip; "
                    + "first at line 4 (zip \"1\", state \"NJ\"), also 6; schema.yaml:1",
                "mine.csv: mapping number -> state: 1 of 5 rows (20 %) have another state than the first row of the same "
                    + "number; first at line 5 (number \"8\", state \"NY\"); schema.yaml:1",
            ], "\(outcome.words)")
    }

    @Test func `keys of several columns are not run together, and whole numbers keep their digits`() async throws {
        let outcome = try await run(
            "zip,number,state\n1,11,a\n11,1,b\nx,9007199254740992,c\nx,9007199254740993,d\n", places,
            mappings: [["from": ["zip", "number"], "to": "state"]])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        let texts: JSON = [["name": "p"], ["name": "q"], ["name": "r"]]
        let pairs = try await run("p,q,r\na,bc,1\nab,c,2\n", texts, mappings: [["from": ["p", "q"], "to": "r"]])
        #expect(pairs.verdict == .pass, "\(pairs.words)")
    }

    @Test func `a mapping of which nothing is known is a warning`() async throws {
        let outcome = try await run(
            "zip,number,state\n1,,NY\n", places, mappings: [["from": "number", "to": "state"]])
        #expect(outcome.verdict == .warn && outcome.words.contains("was not looked at"), "\(outcome.words)")
    }

    @Test func `Parquet and JSON Lines keep rules by rows and lines`() async throws {
        let lines = "{\"open\": 1, \"close\": 2}\n\n{\"close\": 1, \"open\": 2, \"kind\": \"x\", \"day\": null}\n"
        let outcome = try await run(
            lines, prices, rules: [["assert": "open <= close"]], dataset: ["path": "mine.jsonl", "format": "jsonl"])
        #expect(outcome.words.contains("first at line 3 (open \"2\", close \"1\")"), "\(outcome.words)")
        var specimen = try Specimen.version("v1").setting("training", "data", to: ["mine"])
            .setting("evaluation", "data", to: .null)
        specimen.data["mine"] = try Fixture.bytes("../DataTests/Reference/parquet/empty-texts.parquet")
        specimen.datasets["mine"] = ["path": "mine.parquet", "format": "parquet"]
        specimen.schema = [
            "columns": [["name": "s", "nullable": true]],
            "rules": [["assert": "s != ''"], ["assert": "s is not null"]],
        ]
        let parquet = try await specimen.run(DataSchema.self)
        #expect(parquet.words.contains("rule s != '': 2 of 8 rows (25 %) break it; first at row 2"), "\(parquet.words)")
        #expect(parquet.words.contains("rule s is not null: 1 of 8 rows"), "\(parquet.words)")
    }

    @Test func `numbers that are not finite are refused unless the schema says otherwise`() async throws {
        let table = "x\n1\nnan\ninf\n-inf\n"
        let strict = try await run(table, [["name": "x", "type": "float", "max": 5]])
        #expect(strict.findings.count == 2 && strict.verdict == .fail, "\(strict.words)")
        let loose = try await run(table, [["name": "x", "type": "float", "max": 5, "finite": false]])
        #expect(loose.verdict == .pass, "\(loose.words)")
    }

    @Test func `whole numbers keep every digit, and times that cannot be compared are no silence`() async throws {
        let ids: JSON = [["name": "id", "type": "int"], ["name": "parent", "type": "int"]]
        let table = "id,parent\n9007199254740993,9007199254740992\n"
        let sound = try await run(table, ids, rules: [["assert": "id != parent"], ["assert": "id > parent"]])
        #expect(sound.verdict == .pass, "\(sound.words)")
        #expect(try await run(table, ids, rules: [["assert": "id == parent"]]).verdict == .fail)

        let times: JSON = [["name": "begin", "type": "timestamp"], ["name": "end", "type": "timestamp"]]
        let spans = "begin,end\n2026-01-01,2026-01-02\n2026-01-02 10:00:00+00,2026-01-01 10:00:00+00\n"
        let unread = try await run(spans, times, rules: [["assert": "begin <= end"]])
        #expect(unread.verdict == .fail && unread.words.contains("could not be looked at in 1 rows"), "\(unread.words)")
    }

    @Test func `two spellings of a moment are no conflict of a mapping, but no silence either`() async throws {
        let columns: JSON = [["name": "order"], ["name": "created", "type": "timestamp"]]
        let outcome = try await run(
            "order,created\no1,2026-01-01T00:00:00Z\no1,2026-01-01 00:00:00+00\n", columns,
            mappings: [["from": "order", "to": "created"]])
        #expect(outcome.verdict == .fail && outcome.findings.count == 1, "\(outcome.words)")
        #expect(outcome.words.contains("mapping order -> created could not be looked at in 1 rows"), "\(outcome.words)")
    }
}
