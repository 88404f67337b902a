import Domain
import Manifests
import Testing

/// Ranges of statistics and of the number of rows in a schema, as they are written.
struct SchemaStatisticsTests {
    private func read(_ column: String, rows: String = "") -> ManifestFile {
        let text = """
            apiVersion: martlet.dev/v1
            kind: Schema
            metadata: {name: prices}
            spec:
              columns:
                - name: open
                  \(column)
            \(rows)
            """
        return YAMLManifests().read(Array(text.utf8), path: "models/prices/schema.yaml")
    }

    @Test func `ranges are read, and rows have standard ones`() throws {
        let ranges = ["mean: {min: 1}", "standardDeviation: {max: 2}", "quantiles: [{at: 0.5, min: 1, max: 3}]"]
        let file = read(
            (["type: float"] + ranges).joined(separator: "\n      "),
            rows: "  rows: {min: 10, minFraction: 0.9}")
        #expect(file.diagnostics.isEmpty, "\(file.diagnostics)")
        guard case .schema(let schema)? = file.documents.first?.manifest else {
            Issue.record("no schema")
            return
        }
        let column = schema.columns[0]
        #expect(column.mean?.min == 1 && column.mean?.max == nil && column.standardDeviation?.max == 2)
        #expect(column.quantiles.map(\.at) == [0.5] && column.quantiles[0].max == 3)
        #expect(schema.rows.min == 10 && schema.rows.minFraction == 0.9 && schema.rows.maxFraction == 2)
        #expect(schema.rows.place?.line == 11 && schema.described.rows.place == nil)
        guard case .schema(let plain)? = read("type: float").documents.first?.manifest else {
            Issue.record("no schema")
            return
        }
        #expect(plain.rows == Schema.Rows() && plain.rows.minFraction == 0.5)
    }

    @Test(arguments: ["mean: {min: 1}", "standardDeviation: {min: 1}", "quantiles: [{at: 0, min: 1}]"])
    func `only numbers have statistics`(range: String) {
        let found = read(range).diagnostics.map(\.description)
        #expect(
            found.count == 1 && found[0].contains("only a column of numbers has any, and this is a string"), "\(found)")
        #expect(found.first?.hasPrefix("models/prices/schema.yaml:7:") == true, "\(found)")
    }

    @Test(arguments: [
        ("mean: {min: 2, max: 1}", "2.0 is greater than max 1.0"), ("mean: {}", "give min, max or both"),
        ("mean: {min: .nan, max: 1}", "expected a number"), ("quantiles: [{at: 1.5, min: 0}]", "from 0 to 1"),
        ("quantiles: [{at: 0.5}]", "give min, max or both"), ("quantiles: [{min: 0}]", "missing field 'at'"),
        ("quantiles: [" + String(repeating: "{at: 0, min: 0}, ", count: 101) + "]", "101 of them, at most 100"),
    ])
    func `a range that is none is refused`(range: String, words: String) {
        let found = read("type: float\n      \(range)").diagnostics.map(\.description)
        #expect(found.count == 1 && found[0].contains(words), "\(found)")
    }

    @Test(arguments: [
        ("{min: 5, max: 1}", "5.0 is greater than max 1.0"), ("{minFraction: 2}", "from 0 to 1"),
        ("{maxFraction: 0.5}", "of at least 1"),
    ])
    func `rows that no table can have are refused`(rows: String, words: String) {
        let found = read("type: float", rows: "  rows: \(rows)").diagnostics.map(\.description)
        #expect(found.count == 1 && found[0].contains(words), "\(found)")
    }
}
