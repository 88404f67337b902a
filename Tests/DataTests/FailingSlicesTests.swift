import Domain
import Testing

@testable import Data

/// The values are those that `Reference/make_failing_slices.py` prints.
@Suite struct FailingSlicesTests {
    /// A thousand rows: of the north 120 of 200 are right, of the south 736 of 760, of the west 14 of 40; of kind a 370 of 500.
    private func classified() throws -> Predictions {
        var lines = ["id,label,prediction,region,kind"], wrong = 0
        for (region, rows, right) in [("north", 200, 120), ("south", 760, 736), ("west", 40, 14)] {
            for row in 0..<rows {
                // All that are wrong are of kind a.
                let isRight = row < right
                let kind = !isRight || (lines.count - wrong) % 87 < 37 ? "a" : "b"
                wrong += isRight ? 0 : 1
                lines.append("\(region)\(row),1,\(isRight ? 1 : 0),\(region),\(kind)")
            }
        }
        return try Predictions(
            Array(lines.joined(separator: "\n").utf8), task: .binaryClassification,
            columns: PredictionColumns(id: "id", slices: ["region", "kind"]))
    }

    @Test func `a slice fails where it is worse by a fifth and by more than chance, as SciPy has it`() throws {
        let table = try classified()
        let slices = FailingSlices(of: table, columns: ["region", "kind"])
        #expect(slices.titles == ["region=north"])
        let chance = try #require(slices.chances.first)
        #expect(abs(chance - 0.009777042506226425) < 1e-9, "\(chance)")
        #expect(slices.places.count { $0 == 0 } == 200 && slices.places.prefix(200).allSatisfy { $0 == 0 })
        #expect(FailingSlices(of: table, columns: []).titles.isEmpty)
    }

    @Test func `of numbers the mean absolute error counts`() throws {
        let lines = (0..<600).map { row in
            let error = 1 + Double((row * 7) % 5) * 0.1 + (row % 3 == 0 ? 0.57 : 0)
            return "0,\(row % 2 == 0 ? error : -error),\(row % 3)"
        }
        let table = try Predictions(
            Array((["label,prediction,third"] + lines).joined(separator: "\n").utf8), task: .regression,
            columns: PredictionColumns(slices: ["third"]))
        let slices = FailingSlices(of: table, columns: ["third"])
        #expect(slices.titles == ["third=0"])
        let chance = try #require(slices.chances.first)
        #expect(abs(chance - 0.0020884394648847124) < 1e-9, "\(chance)")
    }

    @Test func `rows that are wrong in a failing slice are listed, and every listed row names its slice`() throws {
        let examples = try #require(try classified().hardExamples())
        #expect(examples.count == 80 && examples.allSatisfy { $0.reason == .slice && $0.slice == "region=north" })
        #expect(examples.first?.id == "north120" && examples.first?.against == nil)
        let few = try #require(try classified().hardExamples(atMost: 2))
        #expect(few.map(\.id) == ["north120", "north121"])
    }
}
