import Data
import Domain
import Foundation
import Manifests
import Testing

@testable import Checks

@Suite struct InferredSchemaTests {
    /// The samples' tables, by their paths in the fixtures.
    private static let tables: [String] = {
        let folders = ["tumor/data", "penguins/data", "formats", "packed", "../DataTests/Reference/parquet"]
        let endings = [".csv", ".tsv", ".jsonl", ".csv.gz", ".csv.zst", ".jsonl.gz", ".parquet"]
        return folders.flatMap { folder in
            (try? FileManager.default.contentsOfDirectory(atPath: Fixture.path(folder)).sorted())?
                .filter { name in endings.contains { name.hasSuffix($0) } }.map { "\(folder)/\($0)" } ?? []
        }
    }()

    private func table(_ bytes: [UInt8], _ name: String) -> InferredSchema.Table {
        let format: Domain.TableFormat =
            bytes.starts(with: Array("PAR1".utf8))
            ? .parquet : TextFormat(fileName: name) == .jsonLines ? .jsonl : .csv
        return InferredSchema.Table(name: name, content: .bytes(bytes), format: format)
    }

    /// The schema that the text holds, which must be a valid manifest and say what the JSON says.
    private func schema(_ inferred: InferredSchema, name: String = "mine") throws -> (schema: Schema, json: JSON) {
        let text = inferred.text(name: name)
        let file = YAMLManifests().read(Array(text.utf8), path: "models/\(name)/schema.yaml")
        #expect(file.diagnostics.isEmpty, "\(file.diagnostics)\n\(text)")
        guard case .schema(var schema)? = file.documents.first?.manifest else { throw Malformed("no schema:\n\(text)") }
        let json = try #require(inferred.json(name: name)["spec"])
        var other = try Schema(node: ManifestTree(json))
        for index in schema.columns.indices { schema.columns[index].place = Place(line: 1, column: 1) }
        for index in other.columns.indices { other.columns[index].place = Place(line: 1, column: 1) }
        #expect(schema == other)
        return (schema, json)
    }

    /// What the check says of a table that is held against the schema.
    private func outcome(_ bytes: [UInt8], _ name: String, _ json: JSON, nulls: [String] = []) async throws -> Outcome {
        var specimen = try Specimen.version("v1").setting("training", "data", to: ["mine"])
            .setting("evaluation", "data", to: .null)
        specimen.data["mine"] = bytes
        specimen.datasets["mine"] = [
            "path": .string(name), "format": .string(table(bytes, name).format.rawValue),
            "nulls": .array(nulls.map(JSON.string)),
        ]
        specimen.schema = json
        return try await specimen.run(DataSchema.self)
    }

    @Test func `there are tables of every kind to try`() { #expect(Self.tables.count > 40) }

    @Test(arguments: tables) func `a table keeps the schema that was inferred from it`(path: String) async throws {
        let bytes = try Fixture.bytes(path), name = path.split(separator: "/").last.map(String.init) ?? path
        let inferred: InferredSchema
        do { inferred = try InferredSchema(of: [table(bytes, name)]) } catch {
            // What cannot be read, or has no rows, has no schema; the check says so, too.
            let refused = try await outcome(bytes, name, ["columns": [["name": "x"]]])
            #expect(refused.verdict == .fail, "\(error)")
            return
        }
        let (_, json) = try schema(inferred)
        let outcome = try await outcome(bytes, name, json)
        // Columns that cannot be read are in no schema.
        let left = inferred.remarks.map { String($0.dropFirst(name.count)) }
        #expect(outcome.findings.map { String($0.message.dropFirst(name.count)) } == left)
        #expect(
            outcome.verdict == (left.isEmpty ? .pass : .warn), "\(outcome.words)\n\(inferred.text(name: "mine"))")
    }

    /// Names and values that YAML, numbers and times could trip over.
    @Test(arguments: 0..<40) func `so does a table of odd names and values`(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
        let odd = [
            "yes", "null", "~", "1e5", "-", "a: b", "# c", "\"", "\\", "é", "\u{85}", "\u{7F}", "日本", "{x}", "", "00",
            "0x1F", "2026-01-01", "2026-13-01", "true", "FALSE", "1", "0", "nan", "-inf", "9007199254740993", "-0.0",
            "1.5", " 7 ", "+3", "007", "'", "🐧", "x\ny", "x,y",
        ]
        let quote = { (text: String) in "\"" + text.replacing("\"", with: "\"\"") + "\"" }
        let names = ["a", "null", "#", "é: {", "1", "true"]
        let pools = names.map { _ in (0...Int(random.next() % 4)).map { _ in pick(odd) } }
        let rows = (0..<Int(5 + random.next() % 60)).map { _ in pools.map { quote(pick($0)) }.joined(separator: ",") }
        let text = ([names.map(quote).joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
        let nulls = pick([[], ["~"], ["nan", "-"]])
        let inferred = try InferredSchema(of: [table(Array(text.utf8), "odd.csv")], nulls: nulls)
        let (_, json) = try schema(inferred)
        let outcome = try await outcome(Array(text.utf8), "odd.csv", json, nulls: nulls)
        #expect(outcome.verdict == .pass, "\(outcome.words)\n\(inferred.text(name: "mine"))\n\(text)")
    }

    private let orders: String = {
        let rows = (1...40).map { row in
            "\(row),A\(row),\(Double(row) / 4),\(row % 3),\(["new", "old"][row % 2]),\(row % 10 == 0 ? "" : "2026-01-\(10 + row % 20)"),"
                + "\(row % 2 == 0 ? "True" : "False"),0\(1000 + row % 7),some words \(row)"
        }
        return (["id,code,price,count,state,day,paid,zip,note"] + rows).joined(separator: "\n") + "\n"
    }()

    @Test func `types, ranges, lists, keys and missing values are found`() throws {
        let inferred = try InferredSchema(of: [table(Array(orders.utf8), "orders.csv")], label: "paid")
        _ = try schema(inferred, name: "shop/orders")
        #expect(
            inferred.text(name: "shop/orders") == """
                # Inferred from 40 rows of orders.csv. Review it; every later change is a commit.
                apiVersion: martlet.dev/v1
                kind: Schema
                metadata:
                  name: "shop/orders"
                spec:
                  columns:
                    - {name: id, type: int, role: id, min: 1, max: 40, unique: true}
                    - {name: code, type: string, role: id, unique: true}
                    - {name: price, type: float, min: 0.25, max: 10}
                    - {name: count, type: int, min: 0, max: 2}
                    - {name: state, type: string, allowed: [new, old]}
                    - {name: day, type: timestamp, role: time, nullable: true, maxNullShare: 0.15}
                    - {name: paid, type: bool, role: label}
                    - {name: zip, type: string}
                    - {name: note, type: string}

                """)
    }

    @Test(arguments: [
        ("1,A1,", "1,A2,"), ("5,A5,1.25", "5,A5,11.25"), ("5,A5,1.25,2", "5,A5,1.25,2.5"), (",old,", ",lost,"),
        ("2026-01-11", "soon"), (",True,", ",perhaps,"), ("7,A7,", ",A7,"), ("2026-01-1", ""),
    ])
    func `a table that is changed does not keep it`(old: String, new: String) async throws {
        let (_, json) = try schema(try InferredSchema(of: [table(Array(orders.utf8), "orders.csv")]))
        let changed = orders.replacing(old, with: new)
        #expect(changed != orders)
        let found = try await outcome(Array(changed.utf8), "orders.csv", json).verdict
        #expect(found == .fail, "\(old) → \(new)")
    }

    @Test func `several tables keep one schema`() async throws {
        let one = "x,y,z\n1,a,5\n2,b,\n", two = "x,y\n1.5,7\n-3,8\n"
        let inferred = try InferredSchema(of: [
            table(Array(one.utf8), "one.csv"), table(Array(two.utf8), "two.csv"),
        ])
        let (schema, json) = try schema(inferred)
        #expect(schema.columns.map(\.type) == [.float, .string, .int])
        #expect(schema.columns[0].min == -3 && schema.columns[0].max == 2 && !schema.columns[2].required)
        #expect(schema.columns[2].maxNullShare == 0.55)
        for (text, name) in [(one, "one.csv"), (two, "two.csv")] {
            let outcome = try await outcome(Array(text.utf8), name, json)
            #expect(outcome.verdict == .pass, "\(outcome.words)")
        }
    }

    @Test func `what cannot be read, has no rows or lacks the label is said`() throws {
        func words(_ text: String, label: String? = nil) -> String {
            do {
                _ = try InferredSchema(of: [table(Array(text.utf8), "t.csv")], label: label)
                return ""
            } catch { return "\(error)" }
        }
        #expect(words("a,b\n").contains("t.csv: it has no rows"))
        #expect(words("a,b\n1\n").contains("t.csv: "))
        #expect(words("a,b\u{202E}\n1,2\n").contains("rename it"))
        #expect(words("a,target\n1,2\n", label: "targt").contains("did you mean 'target'?"))
    }

    @Test(arguments: [1 << 26, 1 << 12]) func `a key is one whether memory holds its values or not`(bytes: Int) throws {
        let room = KeyRoom(bytes: bytes)
        func isKey(_ values: [String]) throws -> Bool {
            var facts = ColumnFacts("id", room: room)
            for value in values { Array(value.utf8).withUnsafeBufferPointer { facts.take($0, isNull: $0.isEmpty) } }
            try facts.finish()
            return facts.isKey
        }
        let keys = (0..<2_000).map { "k\($0)" }
        #expect(try isKey(keys))
        #expect(try !isKey(keys + ["k3"]) && !isKey(keys + ["k1999"]) && !isKey(keys + [""]))
        #expect(try !isKey(keys.map { "two \($0)" }) && isKey((0..<2_000).map { "\($0)" }))
    }
}
