import Domain
import Testing

@testable import Data

struct ColumnMatchTests {
    private func profile(_ cells: [String], texts: Bool) throws -> TableProfile {
        try TableProfile(
            Array(("c,d\n" + cells.map { "\($0),1\n" }.joined()).utf8),
            options: ProfileOptions(textColumns: texts ? ["c"] : []))
    }

    @Test(arguments: [(true, false), (false, true)])
    func `numbers are compared with texts that all spell numbers`(one: Bool, other: Bool) throws {
        let drift = try Drift(
            reference: profile(["1", "2.50", "2.5", "nan"], texts: one),
            current: profile(["1.0", "2.5", "4", "4"], texts: other))
        let column = try #require(drift["c"])
        let plain = try Drift(
            reference: profile(["1", "2.5", "2.5", "nan"], texts: false),
            current: profile(["1", "2.5", "4", "4"], texts: false))
        #expect(column.kind == .numeric && column.json.text() == plain["c"]?.json.text())
        #expect(drift.warnings.contains { $0.contains("`c`") && $0.contains("compared as numbers") })
        #expect(!plain.warnings.contains { $0.contains("compared as") })
    }

    /// Of one cell in two thousand, chance and the cell alone are left of the difference.
    @Test(arguments: [
        (["01234", "10001"], ["01234", "10001"], "N/A"), (["1.0", "2.0"], ["1.0", "2.0"], "?"),
        (["1e0", " 2 "], ["1.00", "+2"], "?"), (["0", "1"], ["-0.0", "1."], "?"),
        (["9007199254740993", "1e300"], ["9007199254740992", "10e299"], "?"),
    ])
    func `a cell that is no number does not change how the others are compared`(
        one: [String], other: [String], odd: String
    ) throws {
        let cells = Array(repeating: one, count: 1000).flatMap(\.self)
        let others = Array(repeating: other, count: 1000).flatMap(\.self) + [odd]
        let plain = try profile(cells, texts: false), mixed = try profile(others, texts: false)
        let sides = [(plain, mixed), (mixed, plain)]
        for (reference, current) in sides + [(try stored(plain), mixed), (mixed, try stored(plain))] {
            let column = try #require(Drift(reference: reference, current: current)["c"])
            #expect(column.kind == .categorical && (column.psi ?? 1) < 0.01 && column.shares.count == 3)
            #expect(column.unseen == (current["c"]?.count(of: odd) == 1 ? [odd] : []))
            #expect(DriftRule().judge([column])[0].outcome == .stable)
        }
    }

    private func stored(_ profile: TableProfile) throws -> TableProfile {
        try StoredProfile(StoredProfile(of: profile, sources: []).bytes()).profile
    }

    @Test func `values that are no finite numbers are the same texts on both sides`() throws {
        let cells = Array(repeating: ["1", "nan", "inf", "-inf"], count: 500).flatMap(\.self)
        let others = Array(repeating: ["1.0", "NaN", "Infinity", "-INF"], count: 500).flatMap(\.self) + ["?"]
        let drift = try Drift(reference: profile(cells, texts: false), current: profile(others, texts: false))
        #expect(drift["c"]?.unseen == ["?"] && drift["c"]?.shares.count == 5)
    }

    @Test func `of a quantity, few cells that are no numbers are as NaN, and many make it texts`() throws {
        let cells = (0..<3000).map { "\(Double($0 * 7919 % 3000) / 7)" }
        for (odd, kind) in [(29, ColumnDrift.Kind.numeric), (31, .categorical)] {
            let mixed = cells.dropLast(odd).map { $0 + "0" } + Array(repeating: "?", count: odd)
            let sides = (try profile(cells, texts: false), try profile(mixed, texts: false))
            for (reference, current) in [sides, (sides.1, sides.0), (try stored(sides.0), sides.1)] {
                let drift = Drift(reference: reference, current: current)
                let column = try #require(drift["c"])
                #expect(column.kind == kind)
                guard kind == .numeric else { continue }
                #expect(DriftRule().judge([column])[0].outcome == .stable)
                #expect(drift.warnings.contains { $0.contains("`c`") && $0.contains("29 texts spell none") })
            }
        }
    }

    @Test func `floats of Parquet are the numbers that a table of text has beside other texts`() throws {
        let texts = try TableProfile(Array("real\n-999\n1.50\n0.500\nunknown\n".utf8))
        let column = try #require(
            Drift(reference: try TableProfile(file: parquetPath("null-numbers")), current: texts)["real"])
        #expect(column.unseen == ["unknown"] && column.shares.count == 5)
    }

    @Test func `texts of which only the heaviest are known are compared with numbers in one group`() throws {
        let codes = (0..<90_000).map { $0 % 30_000 }
        let texts = try stored(profile(codes.map { "0\($0)" } + ["?"], texts: false))
        let numbers = try profile(codes.map { "\($0)" }, texts: false)
        for (reference, current) in [(texts, numbers), (numbers, texts)] {
            let drift = Drift(reference: reference, current: current)
            #expect((drift["c"]?.shares.totalVariation ?? 1) < 1e-4)
            #expect(drift.warnings.contains { $0.contains("compared in one group") }, "\(drift.warnings)")
        }
    }

    @Test func `a reference too large to keep its texts is read again where the other table has numbers`() throws {
        let texts = Array(("c\n" + (0..<70_000).map { "0\($0)\n" }.joined() + "?\n").utf8)
        let numbers = Array(("c\n" + (0..<70_000).map { "\($0)\n" }.joined()).utf8)
        let drift = try Drift(options: ProfileOptions()) { side, options throws(DataError) in
            try TableProfile(side == .reference ? texts : numbers, options: options)
        }
        #expect(drift["c"]?.kind == .numeric && drift["c"]?.kolmogorovSmirnov?.statistic == 0)
    }

    @Test func `one text of few that is no number makes both texts`() throws {
        let drift = try Drift(
            reference: profile(["1", "2"], texts: false), current: profile(["1", "two"], texts: true))
        #expect(drift["c"]?.kind == .categorical)
        #expect(drift.warnings.contains { $0.contains("`c`") && $0.contains("compared as texts") })
    }
}

extension ColumnProfile {
    fileprivate func count(of text: String) -> Int? {
        texts.map { texts in Array(text.utf8).withUnsafeBytes { texts.counts.count(of: $0) } }
    }
}
