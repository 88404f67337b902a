import Domain
import Testing

@testable import Data

/// The names é and é, in one scalar and in two, which a person reads alike and Swift holds equal.
struct ExactTextTests {
    private let composed = "\u{E9}"
    private let decomposed = "e\u{301}"

    private func isSame(_ one: String?, _ other: String) -> Bool { one?.hasBytes(of: other) == true }

    @Test func `texts of other bytes are others`() {
        #expect(composed == decomposed && ExactText(composed) != ExactText(decomposed))
        #expect(Set([composed, decomposed, composed].map(ExactText.init)).count == 2)
        #expect(!["a", composed].containsExactly(decomposed) && ["a", decomposed].containsExactly(decomposed))
    }

    @Test func `a name is found byte for byte, and without that as a person reads it`() {
        #expect(["a", composed, decomposed].place(of: decomposed) == 2)
        #expect(["a", composed].place(of: decomposed) == 1 && ["a"].place(of: decomposed) == nil)
        #expect([composed, decomposed, "x"].places(of: [decomposed, composed]) == [1, 0, -1])
        #expect([composed, "x"].places(of: ["x", decomposed]) == [1, 0])
        #expect([composed, decomposed].places(of: [decomposed]) == [-1, 0])
    }

    @Test(arguments: [TextFormat.csv, .jsonLines])
    func `a table may have both as columns`(format: TextFormat) throws {
        let text =
            format == .csv
            ? "\(composed),\(decomposed)\n1,3\n2,4\n"
            : "{\"\(composed)\": 1, \"\(decomposed)\": 3}\n{\"\(decomposed)\": 4, \"\(composed)\": 2}\n"
        let profile = try TableProfile(Array(text.utf8), format: format)
        try expectBoth(profile)
        let drift = Drift(reference: profile, current: profile)
        #expect(drift.columns.count == 2 && isSame(drift[decomposed]?.name, decomposed) && drift.missing.isEmpty)
        let merged = try profile.merged(with: profile)
        #expect(merged.columns.map(\.rows) == [4, 4] && merged[decomposed]?.numbers?.moments.sum == 14)
        let table = try Array(text.utf8).withUnsafeBytes {
            try TableSource($0, format: format).table([
                ColumnRequest(decomposed, .number), ColumnRequest(composed, .number),
            ])
        }
        #expect(table[decomposed]?.numbers?.values == [3, 4] && table[composed]?.numbers?.values == [1, 2])
    }

    @Test(arguments: [TextFormat.csv, .jsonLines])
    func `a column is found by the other form of its name where there is but one`(format: TextFormat) throws {
        let text = format == .csv ? "\(decomposed)\n1\n" : "{\"\(decomposed)\": 1}\n"
        let table = try Array(text.utf8).withUnsafeBytes {
            try TableSource($0, format: format).table([ColumnRequest(composed, .number)])
        }
        #expect(table[composed]?.numbers?.values == [1])
    }

    @Test func `so may a Parquet file`() throws {
        try expectBoth(try TableProfile(file: parquetPath("normal-forms")))
        let table = try ParquetFile(path: parquetPath("normal-forms")).table([ColumnRequest(decomposed, .number)])
        #expect(table.columns[0].numbers?.values == [3, 4])
    }

    private func expectBoth(_ profile: TableProfile) throws {
        #expect(profile.columns.count == 2 && isSame(profile.columns[0].name, composed))
        #expect(isSame(profile[decomposed]?.name, decomposed) && profile[decomposed]?.numbers?.moments.sum == 7)
        #expect(profile[composed]?.numbers?.moments.sum == 3)
    }

    @Test func `two columns of the same bytes are still refused`() throws {
        let error = #expect(throws: DataError.self) { try TableProfile(Array("\(composed),\(composed)\n1,2\n".utf8)) }
        #expect(error?.message.contains("two columns are named") == true)
    }

    @Test func `they are two classes, of one version and of two`() throws {
        func predictions(_ rows: [(String, String)]) throws -> Predictions {
            let text = "id,label,prediction\n" + rows.enumerated().map { "\($0),\($1.0),\($1.1)\n" }.joined()
            return try Predictions(
                Array(text.utf8), task: .multiclassClassification, columns: PredictionColumns(id: "id"))
        }
        let rows = [(composed, composed), (decomposed, decomposed), ("x", "x"), (composed, decomposed)]
        #expect(Evaluation(of: try predictions(rows)).metrics["accuracy"] == 0.75)
        let comparison = try Comparison(
            of: predictions(rows), and: predictions(rows.map { ($0.0, "x") }), bootstrap: nil)
        #expect(comparison.mcNemar?.onlyFirstCorrect == 2)
    }

    @Test func `of a binary classification one may be the positive label`() throws {
        let text = "label,prediction\n\(composed),\(decomposed)\n\(decomposed),\(decomposed)\n"
        let predictions = try Predictions(
            Array(text.utf8), task: .binaryClassification, columns: PredictionColumns(positiveLabel: decomposed))
        #expect(Evaluation(of: predictions).metrics["accuracy"] == 0.5)
    }
}
