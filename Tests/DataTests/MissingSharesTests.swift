import Domain
import Testing

@testable import Data

struct MissingSharesTests {
    /// A thousand rows, of which some in a hundred hold `missing`.
    private func profile(_ share: Int, _ missing: String, rows: Int = 1000) throws -> TableProfile {
        try TableProfile(
            Array(("c,d\n" + (0..<rows).map { "\($0 % 100 < share ? missing : "\($0 % 7 + 1)"),1\n" }.joined()).utf8))
    }

    @Test(arguments: [("", "null"), ("nan", "NaN"), ("-inf", "infinite")])
    func `a share of missing values that changed is told of`(text: String, kind: String) throws {
        let drift = try Drift(reference: profile(1, text), current: profile(30, text))
        #expect(drift["c"]?.missesOthers == true && drift["d"]?.missesOthers == false)
        #expect(
            drift.warnings.contains { $0.contains("`c`: 30 % of the current rows are \(kind), 1 % of the reference's") }
        )
        let back = try Drift(reference: profile(30, text), current: profile(1, text))
        #expect(back["c"]?.missesOthers == true)
    }

    @Test func `small changes and those by chance are not`() throws {
        #expect(try Drift(reference: profile(1, ""), current: profile(5, ""))["c"]?.missesOthers == false)
        #expect(
            try Drift(reference: profile(2, "", rows: 20), current: profile(4, "", rows: 20))["c"]?.missesOthers
                == false)
        #expect(try Drift(reference: profile(50, ""), current: profile(50, ""))["c"]?.missesOthers == false)
    }

    @Test func `the share of NaN is a figure, of texts it is none`() throws {
        let drift = try Drift(reference: profile(0, "nan"), current: profile(20, "nan"))
        #expect(
            drift["c"]?.json["nan_rate_reference"] == .double(0) && drift["c"]?.json["nan_rate_current"] == .double(0.2)
        )
        let texts = try Drift(reference: profile(50, "x"), current: profile(50, "x"))
        #expect(texts["c"]?.json["nan_rate_reference"] == .null)
    }
}
