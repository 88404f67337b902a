import Data
import Testing

@testable import martlet

struct HistogramPlotTests {
    private func column(_ values: [String]) throws -> ColumnProfile {
        let profile = try TableProfile(Array(("x,y\n" + values.map { "\($0),\n" }.joined()).utf8))
        return try #require(profile["x"])
    }

    @Test func `numbers in a cell of a table`() throws {
        #expect(HistogramPlot.cell(try column((0..<16).map { "\($0)" })) == "████████████████")
        #expect(HistogramPlot.cell(try column(["0", "0", "0", "16"])) == "█              ▃")
        #expect(HistogramPlot.cell(try column(["7", "7"])) == "█")
    }

    @Test func `texts in a cell of a table`() throws {
        let values = Array(repeating: "yes", count: 6) + ["no", "no", "a long answer that is cut", "x"]
        #expect(HistogramPlot.cell(try column(values)) == "yes 60 %, no 20 %, a long answ… 10 %")
        #expect(HistogramPlot.cell(try column(["", ""])) == "")
        #expect(HistogramPlot.cell(try column(["\u{1B}[31mred", "b"])) == " [31mred 50 %, b 50 %")
    }

    @Test func `one line a bin`() throws {
        #expect(
            HistogramPlot.text(try column(["1", "2", "2", "4"]), bins: 3, width: 40) == """
                  1 … 2  1  ██████████████
                  2 … 3  2  ████████████████████████████
                  3 … 4  1  ██████████████
                """)
        let narrow = HistogramPlot.text(try column((0..<50).map { "\($0 * 1_000_003)" }), width: 40)
        #expect(narrow.split(separator: "\n").allSatisfy { $0.count <= 40 }, "\(narrow)")
    }

    @Test func `texts by weight, with the others in one line`() throws {
        let text = HistogramPlot.text(try column(["a", "a", "b", "c", "d"]), bins: 2, width: 40)
        #expect(
            text.split(separator: "\n").map { $0.prefix(13) } == ["  a         2", "  b         1", "  (others)  2"])
    }

    @Test(arguments: [[], ["", ""], ["nan", "inf"], ["1e308", "-1e308"], ["5e-324", "0"]])
    func `odd columns are drawn without a fault`(values: [String]) throws {
        let text = HistogramPlot.text(try column(values), width: 40)
        #expect(!text.isEmpty && !text.contains("nan"))
    }
}
