import Domain
import Testing

@testable import Checks

@Suite struct CandidatesTests {
    /// A regression of two regions; of the north predictions are a third too high. What stands in `more` is logged, too.
    private func specimen(_ more: [String] = []) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl", "labels": "labels.csv"])
            .setting("task", to: "regression").setting("evaluation", "columns", to: .empty)
            .setting("evaluation", "slices", to: ["region"])
        let rows = 0..<300
        specimen.files["predictions.csv"] = Array(
            ("label,prediction,region\n"
                + rows.map { "\($0 + 1),\($0 + 2),\($0 % 3 == 0 ? "north" : "south")\n" }
                .joined()).utf8)
        let entries = rows.map { row in
            let isNorth = row % 3 == 0
            // Of the south only the last are off, but further, and to both sides.
            let prediction =
                Double(row + 1) * (isNorth ? 1.3 : 1) + (!isNorth && row > 270 ? row % 2 == 0 ? 200 : -200 : 0)
            return #"{"request_id":"r\#(row)","version":"v1","prediction":\#(prediction),"features":{"region":"#
                + #""\#(isNorth ? "north" : "south")"}}"#
        }
        specimen.files["log.jsonl"] = Array((entries + more).joined(separator: "\n").utf8)
        specimen.files["labels.csv"] = Array(("request_id,label\n" + rows.map { "r\($0),\($0 + 1)\n" }.joined()).utf8)
        return specimen
    }

    private func candidates(_ specimen: Specimen) async throws -> (JSON?, Outcome) {
        let outcome = try await specimen.run(PredictionQuality.self)
        return (outcome.measurements["candidates"], outcome)
    }

    @Test func `requests of a slice that fails are candidates beside the worst of all`() async throws {
        let (found, outcome) = try await candidates(specimen())
        #expect(outcome.words.contains("slice region=north"), "\(outcome.words)")
        let far = found?["large-error"]?.array ?? [], slice = found?["failing-slice"]?.array ?? []
        #expect(far.count == 10 && slice.count == 10, "\(found?.text() ?? "")")
        #expect(far.allSatisfy { (Int($0.string?.dropFirst() ?? "") ?? 0) % 3 != 0 })
        #expect(slice.prefix(2) == ["r297", "r294"])
    }

    @Test func `requests that another version answered otherwise are candidates, the furthest apart first`()
        async throws
    {
        let (none, _) = try await candidates(specimen())
        #expect(none?["versions-disagree"] == nil)
        let shadow = [(5, 6.0), (7, 100.0), (8, 50.0)].map { row, prediction in
            #"{"request_id":"r\#(row)","version":"v2","prediction":\#(prediction)}"#
        }
        let (found, _) = try await candidates(specimen(shadow))
        #expect(found?["versions-disagree"] == ["r7", "r8"], "\(found?.text() ?? "")")
    }

    @Test func `of classes the spelling of an answer does not count`() async throws {
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl", "labels": "labels.csv"])
        let rows = (0..<150).flatMap { row in
            [#"{"request_id":"r\#(row)","version":"v1","prediction":\#(row % 2),"score":\#(row % 2 == 0 ? 0.1 : 0.9)}"#]
                + (row < 3
                    ? [
                        #"{"request_id":"r\#(row)","version":"v2","prediction":"\#(["0.0", "0", "1"][row])","score":0.4}"#
                    ] : [])
        }
        specimen.files["log.jsonl"] = Array(rows.joined(separator: "\n").utf8)
        specimen.files["labels.csv"] = Array(
            ("request_id,label\n" + (0..<150).map { "r\($0),\($0 % 2)\n" }.joined()).utf8)
        let (found, outcome) = try await candidates(specimen)
        #expect(found?["versions-disagree"] == ["r1", "r2"], "\(outcome.words) \(outcome.measurements.text())")
    }
}
