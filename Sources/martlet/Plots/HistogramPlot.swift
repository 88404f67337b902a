import Data
import Domain

/// What a column's values are like, as blocks.
enum HistogramPlot {
    /// In one cell of a table: the heights of equally wide bins, or the heaviest texts with their shares.
    static func cell(_ column: ColumnProfile, bins: Int = 16) -> String {
        if let numbers = column.numbers {
            return numbers.histogram(bins: bins).map { Bars.spark($0.counts) } ?? ""
        }
        guard let texts = column.texts, texts.count > 0 else { return "" }
        let words = texts.heaviest(3).map { text, count in
            "\(short(text, 12)) \(percent(Double(count) / Double(texts.count)))"
        }
        return words.dropFirst().reduce(words.first ?? "") { $0.count + $1.count > 34 ? $0 : "\($0), \($1)" }
    }

    /// One line a bin or text, within `width` characters.
    static func text(_ column: ColumnProfile, bins: Int = 12, width: Int) -> String {
        let rows = rows(column, bins: bins)
        let label = rows.map(\.label.count).max() ?? 0
        let count = rows.map { String($0.count).count }.max() ?? 0
        let most = Double(max(1, rows.map(\.count).max() ?? 1))
        let room = min(50, max(4, width - label - count - 6))
        return rows.map { row in
            let number = String(row.count)
            return "  " + row.label + String(repeating: " ", count: label - row.label.count + 2)
                + String(repeating: " ", count: count - number.count) + number
                + (row.count > 0 ? "  " + Bars.bar(Double(row.count) / most, width: room) : "")
        }.joined(separator: "\n")
    }

    private static func rows(_ column: ColumnProfile, bins: Int) -> [(label: String, count: Int)] {
        if let numbers = column.numbers {
            guard let histogram = numbers.histogram(bins: bins) else { return [("no finite number", 0)] }
            return histogram.counts.indices.map { bin in
                let to = EvaluationText.rounded(histogram.edges[bin + 1])
                return ("\(EvaluationText.rounded(histogram.edges[bin])) … \(to)", histogram.counts[bin])
            }
        }
        guard let texts = column.texts, texts.count > 0 else { return [("no value", 0)] }
        let listed = texts.heaviest(bins).map { (label: short($0.text, 24), count: $0.count) }
        let others = texts.count - listed.reduce(0) { $0 + $1.count }
        return listed + (others > 0 ? [(label: "(others)", count: others)] : [])
    }

    private static func short(_ text: String, _ length: Int) -> String {
        let line = Excerpt.line(text)
        return line.count > length ? line.prefix(length - 1) + "…" : line
    }

    static func percent(_ share: Double) -> String {
        let percent = (share * 100).rounded()
        return percent == 0 && share > 0 ? "<1 %" : percent == 100 && share < 1 ? ">99 %" : "\(Int(percent)) %"
    }
}
