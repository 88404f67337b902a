/// A row that is worth a look, as ``HardExamples`` finds it.
public struct HardExample: Hashable, Sendable {
    /// What the column of ids says, or the number of the row, from 1.
    public let id: String
    public let reason: HardExamples.Reason
    /// The probability of label 1, or of the predicted class of more; `nil` of a number.
    public let score: Double?
    public let label: String
    public let prediction: String
}

extension Predictions {
    /// The hardest rows; `nil` of a ranking, and of a classification without scores.
    public func hardExamples(atMost most: Int = 500) -> [HardExample]? {
        var hard = HardExamples(rows: rowCount, atMost: most)
        switch values {
        case .binary(let rows):
            guard let scores = rows.scores else { return nil }
            for (row, score) in scores.enumerated() {
                let isWrong = rows.labels[row] != rows.predictions[row]
                hard.add(
                    row, likeliest: max(score, 1 - score),
                    wrongly: isWrong ? (rows.labels[row] == 1 ? score : 1 - score) : nil)
            }
        case .multiclass(let rows):
            guard let scores = rows.scores else { return nil }
            for row in 0..<rowCount {
                let isWrong = rows.labels[row] != rows.predictions[row]
                let likeliest = scores.reduce(-Double.infinity) { $1[row].isNaN ? .nan : max($0, $1[row]) }
                hard.add(row, likeliest: likeliest, wrongly: isWrong ? scores[Int(rows.labels[row])][row] : nil)
            }
        case .regression(let rows):
            for row in 0..<rowCount where rows.labels[row] != rows.predictions[row] {
                hard.add(row, .far, rank: -abs(rows.labels[row] - rows.predictions[row]))
            }
        case .ranking: return nil
        }
        return hard.picked.map(example)
    }

    private func example(_ row: Int, _ reason: HardExamples.Reason) -> HardExample {
        let id = ids?[row] ?? String(row + 1)
        switch values {
        case .binary(let rows):
            return HardExample(
                id: id, reason: reason, score: rows.scores?[row], label: String(rows.labels[row]),
                prediction: String(rows.predictions[row]))
        case .multiclass(let rows):
            return HardExample(
                id: id, reason: reason, score: rows.scores?[Int(rows.predictions[row])][row],
                label: rows.classes[Int(rows.labels[row])], prediction: rows.classes[Int(rows.predictions[row])])
        case .regression(let rows):
            return HardExample(
                id: id, reason: reason, score: nil, label: "\(rows.labels[row])", prediction: "\(rows.predictions[row])"
            )
        case .ranking: return HardExample(id: id, reason: reason, score: nil, label: "", prediction: "")
        }
    }
}
