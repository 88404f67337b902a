import Data
import Domain
import Testing

@testable import martlet

struct ReliabilityPlotTests {
    private func reliability(_ rows: String) throws -> Reliability {
        let predictions = try Predictions(
            Array(("label,prediction,score\n" + rows).utf8), task: .binaryClassification,
            columns: PredictionColumns(score: "score"))
        return try #require(Reliability(of: predictions))
    }

    private let rows =
        String(repeating: "0,0,0.05\n", count: 30) + String(repeating: "1,1,0.85\n", count: 8)
        + String(repeating: "0,1,0.85\n", count: 2)

    @Test func `one line a bin, with share, interval and mean score`() throws {
        #expect(
            ReliabilityPlot.text(try reliability(rows), width: 50) == """
                  SCORE      ROWS  0             0.5             1
                  0.0 – 0.1    30  ●─│┤
                  0.1 – 0.2     0
                  0.2 – 0.3     0
                  0.3 – 0.4     0
                  0.4 – 0.5     0
                  0.5 – 0.6     0
                  0.6 – 0.7     0
                  0.7 – 0.8     0
                  0.8 – 0.9    10                 ├────────●─│─┤
                  0.9 – 1.0     0
                  ● share of label 1 with its interval
                  │ mean score, ◆ both: calibrated
                """)
    }

    @Test func `one row, and a narrow screen`() throws {
        let text = ReliabilityPlot.text(try reliability("1,1,1\n"), width: 40)
        #expect(text.split(separator: "\n").count == 13)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 40 }, "\(text)")
        #expect(text.contains("◆") && text.contains("  0.9 – 1.0     1  "))
    }
}
