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

    @Test func `one text that is no number makes both texts`() throws {
        let drift = try Drift(
            reference: profile(["1", "2"], texts: false), current: profile(["1", "two"], texts: true))
        #expect(drift["c"]?.kind == .categorical)
        #expect(drift.warnings.contains { $0.contains("`c`") && $0.contains("compared as texts") })
    }
}
