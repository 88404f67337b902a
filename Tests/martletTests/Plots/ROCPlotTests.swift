import Data
import Domain
import Testing

@testable import martlet

struct ROCPlotTests {
    private func curve(_ rows: String) throws -> ROCCurve {
        let predictions = try Predictions(
            Array(("label,prediction,score\n" + rows).utf8), task: .binaryClassification,
            columns: PredictionColumns(score: "score"))
        return try #require(Evaluation(of: predictions).curve)
    }

    @Test func `the curve rises over chance`() throws {
        let rows = "1,1,0.9\n1,1,0.8\n1,1,0.8\n0,1,0.8\n1,0,0.4\n0,0,0.3\n0,0,0.2\n1,0,0.1\n0,0,0\n"
        #expect(
            ROCPlot.text(try curve(rows), width: 40) == """
                  TPR  1.0                   ●●●●●●
                                             ● ··
                                  ●●●●●●●●●●●··
                                  ●        ··
                                 ●       ··
                       0.5      ●     ···
                               ●    ··
                             ●●   ··
                            ●   ··
                            ● ··
                       0.0  ●·
                            0         0.5         1  FPR
                  ● scores, · chance
                """)
    }

    @Test func `a narrow screen, and scores that know everything or nothing`() throws {
        for (rows, count) in [("1,1,1\n0,0,0\n", 21), ("1,1,0.5\n0,1,0.5\n", 11), ("1,1,0\n0,0,1\n", 20)] {
            let text = ROCPlot.text(try curve(rows), width: 28)
            #expect(text.split(separator: "\n").count == 13)
            #expect(text.count { $0 == "●" } == count + 1, "\(text)")
        }
    }
}
