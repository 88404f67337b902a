import Domain
import Testing

@testable import Data

struct FairnessTests {
    private static var cases: [JSON] { get throws { try Reference.json("fairness.json").array ?? [] } }

    private func fairness(_ table: String, privileged: String) throws -> (Fairness, JSON, [String]) {
        var columns = PredictionColumns(sensitive: ["g"])
        columns.privileged = ["g": privileged]
        let evaluation = Evaluation(
            of: try Predictions(Array(table.utf8), task: .binaryClassification, columns: columns))
        return (evaluation.fairness[0], try #require(evaluation.json["fairness"]?["g"]), evaluation.warnings)
    }

    @Test func `signed differences and the Theil index agree with AIF360`() throws {
        #expect(try Self.cases.count == 11)
        for one in try Self.cases {
            let json = try fairness(one["table"]?.string ?? "", privileged: one["privileged"]?.string ?? "").1
            Reference.expect(json, toAgreeWith: try #require(one["expected"]), one["name"]?.string ?? "")
        }
    }

    @Test func `every null is explained`() throws {
        for one in try Self.cases {
            let (_, json, warnings) = try fairness(
                one["table"]?.string ?? "", privileged: one["privileged"]?.string ?? "")
            let members = (json.members ?? []) + (json["privileged"]?.members ?? [])
            for member in members where member.value == .null {
                #expect(warnings.contains { $0.contains(member.key) }, "\(one["name"]?.string ?? ""): \(member.key)")
            }
        }
    }

    @Test func `a privileged group that is not there is a warning`() throws {
        let (found, json, warnings) = try fairness("label,prediction,g\n1,1,a\n0,0,b\n", privileged: "c")
        #expect(found.privileged == nil && json["privileged"] == nil)
        #expect(warnings.contains("fairness by g: there is no group c, named as privileged"))
    }

    @Test func `the Theil index is 0 without errors, and ln 2 where half have nothing`() {
        var counts = BinaryCounts()
        #expect(counts.theilIndex == nil)
        counts.truePositives = 5
        #expect(counts.theilIndex == 0)
        counts.falseNegatives = 5
        // Half have all: ln 2.
        #expect(abs((counts.theilIndex ?? 0) - 0.6931471805599453) < 1e-15)
    }
}
