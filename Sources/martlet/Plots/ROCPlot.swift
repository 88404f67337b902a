import Data

/// The share of label 1 that scores find, over the share of label 0 that they take for it.
enum ROCPlot {
    private static let height = 11

    /// Within `width` characters, at least 28.
    static func text(_ curve: ROCCurve, width: Int) -> String {
        let columns = min(51, max(11, width - 17))
        var cells = Array(repeating: Array(repeating: Character(" "), count: columns), count: height)
        var lowest = height - 1
        for column in 0..<columns {
            let share = Double(column) / Double(columns - 1)
            cells[row(share)][column] = "·"
            let top = row(curve.truePositiveRate(at: share))
            for row in top...max(top, lowest) { cells[row][column] = "●" }
            lowest = top - 1
        }
        let labels = [0: "TPR  1.0", height / 2: "     0.5", height - 1: "     0.0"]
        let lines = cells.enumerated().map { row, cells in
            let line = String(cells.reversed().drop { $0 == " " }.reversed())
            return "  " + (labels[row] ?? "        ") + "  " + line
        }
        return (lines + ["            \(ReliabilityPlot.scale(columns))  FPR", "  ● scores, · chance"]).joined(
            separator: "\n")
    }

    private static func row(_ rate: Double) -> Int { Int(((1 - rate) * Double(height - 1)).rounded()) }
}
