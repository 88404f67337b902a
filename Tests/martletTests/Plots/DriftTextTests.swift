import Data
import Domain
import Testing

@testable import martlet

struct DriftTextTests {
    private func profile(shift: Int, kind: String) throws -> TableProfile {
        let rows = (0..<4_000).map { row in
            "\((row * 7919 + shift) % 1000),\(row % 10 < (kind == "a" ? 8 : 3) ? "yes" : "no"),\(row % 7)\n"
        }
        return try TableProfile(Array(("x,answer,same\n" + rows.joined()).utf8))
    }

    @Test func `verdict, effect and both shapes of each column`() throws {
        let drift = Drift(reference: try profile(shift: 0, kind: "a"), current: try profile(shift: 0, kind: "b"))
        let lines = DriftText.text(drift, width: nil).split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("COLUMN  DRIFT    ") && lines[0].contains("┊0.1"))
        #expect(lines[1].hasPrefix("x       stable             ┊           0 "), "\(lines[1])")
        #expect(lines[1].contains("  ██████████  ██████████  numeric"), "\(lines[1])")
        #expect(lines[2].hasPrefix("answer  drifted  ████████████████████  "), "\(lines[2])")
        #expect(lines[2].contains("  ▃█" + String(repeating: " ", count: 10) + "█▄  "), "\(lines[2])")
        #expect(lines[3].hasPrefix("same    stable"))
    }

    @Test func `programs read the verdict and what it rests on`() throws {
        let drift = Drift(reference: try profile(shift: 0, kind: "a"), current: try profile(shift: 0, kind: "b"))
        let answer = try #require(DriftRule().json(drift)["columns"]?["answer"])
        let effect = try #require(answer["effect"]?.double), floor = try #require(answer["noise_floor"]?.double)
        #expect(answer["verdict"] == "drifted" && effect >= 0.1 && floor < 0.1 && answer["rows_needed"] == .null)
        #expect(try #require(answer["p_value_adjusted"]?.double) < 0.01 && answer["psi"]?.double != nil)
        let small = try TableProfile(Array("x,e\n1,\n2,\n5,\n".utf8))
        let few = DriftRule().json(Drift(reference: small, current: small))["columns"]
        #expect(few?["x"]?["verdict"] == "inconclusive" && few?["x"]?["rows_needed"] == 151)
        #expect(few?["e"]?["verdict"] == "undefined" && few?["e"]?["effect"] == .null)
    }

    @Test func `few rows need more, and nothing is undefined`() throws {
        let small = try TableProfile(Array("x,e\n1,\n2,\n5,\n".utf8))
        let text = DriftText.text(Drift(reference: small, current: small), width: 40)
        #expect(text.contains("x       needs 151 rows") && text.contains("needs N rows: on each side"), "\(text)")
        #expect(text.contains("e       undefined") && !text.contains("nan"), "\(text)")
        let table = text.split(separator: "\n").prefix(3)
        #expect(table.allSatisfy { $0.count <= 40 }, "\(text)")
    }

    @Test(arguments: [
        (3.23456789e-07, "3.235e-07"), (-9.99996e-05, "-1e-04"), (1.2346e-120, "1.235e-120"), (2e-05, "2e-05"),
        (1.23456e18, "1.235e+18"), (.leastNonzeroMagnitude, "5e-324"), (0.00012345678, "0.000123"), (0, "0"),
    ])
    func `numbers far from one have four digits, too`(number: Double, text: String) {
        #expect(EvaluationText.rounded(number) == text)
    }

    @Test func `of many categories the heaviest are drawn`() throws {
        let shares = ShareTable((0..<40).map { (reference: $0 == 30 ? 90 : 1, current: 2) })
        let sparks = DriftText.sparks(shares)
        #expect(sparks.reference.count == 16 && sparks.reference.contains("█") && sparks.current.count == 16)
        #expect(DriftText.sparks(ShareTable([])).reference == "")
    }
}
