import Data
import Domain
import Testing

@testable import martlet

struct ComparisonTextTests {
    private func predictions(_ right: Int) throws -> Predictions {
        let rows = (0..<200).map { "r\($0),\($0 % 2),\($0 < right ? $0 % 2 : 1 - $0 % 2)\n" }
        return try Predictions(
            Array(("id,label,prediction\n" + rows.joined()).utf8), task: .binaryClassification,
            columns: PredictionColumns(id: "id"))
    }

    private func line(_ text: String, _ metric: String) -> String {
        text.split(separator: "\n").first { $0.hasPrefix(metric) }.map(String.init) ?? ""
    }

    @Test func `a difference stands with its interval beside nothing`() throws {
        let text = ComparisonText.text(try Comparison(of: predictions(120), and: predictions(180)), width: nil)
        let better = line(text, "accuracy")
        #expect(better.contains("0.6") && better.contains("0.9") && better.contains("0.3"), "\(text)")
        #expect(better.hasSuffix("  " + String(repeating: " ", count: 15) + "┊         ├─●──┤"), "\(better)")
        #expect(line(text, "auc").split(separator: " ") == ["auc", "–", "–", "–", "–", "–"], "\(text)")
    }

    @Test func `no difference at all stands in the middle`() throws {
        let same = try predictions(120)
        let text = ComparisonText.text(try Comparison(of: same, and: same), width: 60)
        #expect(line(text, "accuracy").hasSuffix("  " + String(repeating: " ", count: 15) + "●"), "\(text)")
    }

    @Test func `a narrow screen keeps metric and plot`() throws {
        let text = ComparisonText.text(try Comparison(of: predictions(120), and: predictions(150)), width: 40)
        #expect(line(text, "accuracy").count <= 40 && line(text, "accuracy").contains("●"), "\(text)")
        #expect(text.contains("left out on this narrow screen: "))
    }
}
