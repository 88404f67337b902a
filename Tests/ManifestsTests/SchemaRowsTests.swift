import Domain
import Manifests
import Testing

/// Mappings and rules of a schema, as they are written.
struct SchemaRowsTests {
    private func read(_ more: String) -> ManifestFile {
        let text = """
            apiVersion: martlet.dev/v1
            kind: Schema
            metadata: {name: prices}
            spec:
              columns:
                - {name: open, type: float}
                - {name: close, type: float}
                - {name: zip}
                - {name: state}
            \(more)
            """
        return YAMLManifests().read(Array(text.utf8), path: "models/prices/schema.yaml")
    }

    @Test func `mappings and rules are read with their places`() throws {
        let file = read(
            """
              mappings:
                - {from: zip, to: state}
                - from: [open, zip]
                  to: state
              rules:
                - assert: open <= close
                - assert: "open > 0"
                  where: zip == '12345'
                  description: no free shares
            """)
        #expect(file.diagnostics.isEmpty, "\(file.diagnostics)")
        guard case .schema(let schema)? = file.documents.first?.manifest else {
            Issue.record("no schema")
            return
        }
        #expect(schema.mappings.map(\.from) == [["zip"], ["open", "zip"]])
        #expect(schema.mappings.map(\.place.line) == [11, 12] && schema.rules.map(\.place.line) == [15, 16])
        #expect(schema.rules.map(\.assert.text) == ["open <= close", "open > 0"])
        #expect(schema.rules[1].where?.text == "zip == '12345'" && schema.columns[2].place.line == 8)
    }

    @Test(arguments: [
        ("  rules:\n    - assert: open <= clse\n", "11:15", "'open <= clse', character 9: there is no column 'clse'"),
        (
            "  rules:\n    - assert: open < 1\n      where: open\n", "12:14",
            "character 1: the whole must be a condition"
        ),
        ("  rules:\n    - where: open < 1\n", "11:7", "missing field 'assert'"),
        ("  rules:\n    - assert: [open]\n", "11:15", "expected a condition"),
        ("  mappings:\n    - {from: zap, to: state}\n", "11:7", "there is no column 'zap'"),
        ("  rules:\n    - assert: \"true\"\n", "11:15", "it looks at no column"),
        ("  mappings:\n    - {from: [zip, zip], to: state}\n", "11:7", "'from' names a column twice"),
        ("  mappings:\n    - {from: [], to: state}\n", "11:14", "names no column"),
        ("  mappings:\n    - {from: [zip, state], to: state}\n", "11:7", "'state' always follows from itself"),
    ])
    func `what is wrong with them has its place`(more: String, place: String, words: String) {
        let found = read(more).diagnostics.map(\.description)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix("models/prices/schema.yaml:\(place): error: ") == true, "\(found)")
        #expect(found.first?.contains(words) == true, "\(found)")
    }

    @Test func `without columns there is nothing to map, and too many rules are not taken`() {
        let bare = "apiVersion: martlet.dev/v1\nkind: Schema\nmetadata: {name: a}\nspec:\n"
        let none = YAMLManifests().read(
            Array((bare + "  columns: []\n  mappings: [{from: zip, to: state}]\n").utf8), path: "models/a/schema.yaml")
        #expect(
            none.diagnostics.contains { $0.message.contains("mappings and rules need columns") }, "\(none.diagnostics)")
        let many = read("  rules:\n" + String(repeating: "    - assert: open < close\n", count: 501))
        #expect(many.diagnostics.contains { $0.message.contains("501 of them, at most 500") }, "\(many.diagnostics)")
    }

    @Test func `columns that stand elsewhere in the file describe the same`() throws {
        func schema(_ more: String, above: String = "") throws -> Schema {
            let bytes = Array(
                (above
                    + "apiVersion: martlet.dev/v1\nkind: Schema\nmetadata: {name: a}\nspec:\n  columns: [{name: x}]\n"
                    + more).utf8)
            guard
                case .schema(let schema)? = YAMLManifests().read(bytes, path: "models/a/schema.yaml").documents.first?
                    .manifest
            else { throw CancellationError() }
            return schema
        }
        let one = try schema(""), other = try schema("  rules: [{assert: x == 'a'}]\n", above: "# a line more\n")
        #expect(one != other && one.described == other.described)
        #expect(try schema("  strict: true\n").described != one.described)
    }

    @Test func `a column may say what it was called before, unless that is a column still`() throws {
        let old = read("    - {name: country, renamedFrom: land}\n")
        #expect(old.diagnostics.isEmpty, "\(old.diagnostics)")
        guard case .schema(let schema)? = old.documents.first?.manifest else {
            Issue.record("no schema")
            return
        }
        #expect(schema.columns.last?.renamedFrom == "land")
        let both = read("    - {name: country, renamedFrom: state}\n")
        #expect(
            both.diagnostics.contains { $0.message.contains("renamedFrom 'state' is a column still") },
            "\(both.diagnostics)")
    }
}
