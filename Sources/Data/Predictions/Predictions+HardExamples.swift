import Domain

/// A row that is worth a look, as ``HardExamples`` finds it.
public struct HardExample: Hashable, Sendable {
    /// What the column of ids says, or the number of the row, from 1.
    public let id: String
    public let reason: HardExamples.Reason
    /// The probability of label 1, or of the predicted class of more; `nil` of a number.
    public let score: Double?
    public let label: String
    public let prediction: String
    /// What the other version predicted.
    public var against: String?
    /// `region=north`, where the row is in a slice that fails.
    public var slice: String?
}

extension Predictions {
    /// The hardest rows; `nil` where nothing tells them: of a ranking, and of a classification without scores, another version and slices.
    ///
    /// - Parameter other: Another version's predictions on the same rows. Throws where they are not.
    public func hardExamples(
        atMost most: Int = 500, against other: Predictions? = nil
    ) throws(DataError) -> [HardExample]? {
        guard task != .ranking, hasScoresOrNumbers || other != nil || !columns.slices.isEmpty else { return nil }
        var hard = HardExamples(rows: rowCount, atMost: most)
        add(to: &hard)
        let slices = FailingSlices(of: self, columns: columns.slices)
        for row in 0..<rowCount where slices.places[row] >= 0 {
            if let rank = wrongness(row) { hard.add(row, .slice, rank: rank) }
        }
        let answers: [Int: String] =
            try other.map { other throws(DataError) in
                try disagreements(with: other, &hard)
            } ?? [:]
        return hard.picked.map { row, reason in
            var example = example(row, reason)
            example.against = answers[row]
            example.slice = slices.places[row] < 0 ? nil : slices.titles[Int(slices.places[row])]
            return example
        }
    }

    private var hasScoresOrNumbers: Bool {
        switch values {
        case .binary(let rows): rows.scores != nil
        case .multiclass(let rows): rows.scores != nil
        case .regression: true
        case .ranking: false
        }
    }

    private func add(to hard: inout HardExamples) {
        switch values {
        case .binary(let rows):
            guard let scores = rows.scores else { return }
            for (row, score) in scores.enumerated() {
                hard.add(row, likeliest: max(score, 1 - score), wrongly: wrongness(row))
            }
        case .multiclass(let rows):
            guard let scores = rows.scores else { return }
            for row in 0..<rowCount {
                let likeliest = scores.reduce(-Double.infinity) { $1[row].isNaN ? .nan : max($0, $1[row]) }
                hard.add(row, likeliest: likeliest, wrongly: wrongness(row))
            }
        case .regression:
            for row in 0..<rowCount { if let rank = wrongness(row) { hard.add(row, .far, rank: rank) } }
        case .ranking: return
        }
    }

    /// The less the more wrong: the probability of the true label, 0 where there is none; of a number the error below 0. `nil` where it is
    /// right.
    private func wrongness(_ row: Int) -> Double? {
        switch values {
        case .binary(let rows):
            guard rows.labels[row] != rows.predictions[row] else { return nil }
            return rows.scores.map { rows.labels[row] == 1 ? $0[row] : 1 - $0[row] } ?? 0
        case .multiclass(let rows):
            guard rows.labels[row] != rows.predictions[row] else { return nil }
            return rows.scores.map { $0[Int(rows.labels[row])][row] } ?? 0
        case .regression(let rows):
            guard rows.labels[row] != rows.predictions[row] else { return nil }
            return -abs(rows.labels[row] - rows.predictions[row])
        case .ranking: return nil
        }
    }

    /// Adds the rows on which the other version says something else, and returns what it says of those that both have.
    ///
    /// Two members of a committee disagree (Seung, Opper, Sompolinsky 1992, Query by Committee): first where their probabilities are the
    /// furthest apart (half the sum of the differences), or their numbers.
    private func disagreements(
        with other: Predictions, _ hard: inout HardExamples
    ) throws(DataError) -> [Int: String] {
        let pair = try PairedPredictions(self, other)
        var answers: [Int: String] = [:]
        for place in 0..<pair.first.rowCount {
            let row = pair.rowsOfFirst?[place] ?? place
            answers[row] = pair.second.prediction(place)
            if let distance = pair.first.distance(to: pair.second, place) {
                hard.add(row, .disagreement, rank: distance.isNaN ? 0 : -distance)
            }
        }
        return answers
    }

    /// How far two predictions of a row are apart; `nil` where they are the same.
    private func distance(to other: Predictions, _ row: Int) -> Double? {
        switch (values, other.values) {
        case (.binary(let one), .binary(let two)):
            guard one.predictions[row] != two.predictions[row] else { return nil }
            guard let first = one.scores, let second = two.scores else { return 0 }
            return abs(first[row] - second[row])
        case (.multiclass(let one), .multiclass(let two)):
            guard one.predictions[row] != two.predictions[row] else { return nil }
            guard let first = one.scores, let second = two.scores else { return 0 }
            return zip(first, second).reduce(0) { $0 + abs($1.0[row] - $1.1[row]) } / 2
        case (.regression(let one), .regression(let two)):
            let distance = abs(one.predictions[row] - two.predictions[row])
            return distance == 0 ? nil : distance
        default: return nil
        }
    }

    private func prediction(_ row: Int) -> String {
        switch values {
        case .binary(let rows): String(rows.predictions[row])
        case .multiclass(let rows): rows.classes[Int(rows.predictions[row])]
        case .regression(let rows): "\(rows.predictions[row])"
        case .ranking: ""
        }
    }

    private func example(_ row: Int, _ reason: HardExamples.Reason) -> HardExample {
        let id = ids?[row] ?? String(row + 1), prediction = prediction(row)
        switch values {
        case .binary(let rows):
            return HardExample(
                id: id, reason: reason, score: rows.scores?[row], label: String(rows.labels[row]),
                prediction: prediction)
        case .multiclass(let rows):
            return HardExample(
                id: id, reason: reason, score: rows.scores?[Int(rows.predictions[row])][row],
                label: rows.classes[Int(rows.labels[row])], prediction: prediction)
        case .regression(let rows):
            return HardExample(
                id: id, reason: reason, score: nil, label: "\(rows.labels[row])", prediction: prediction)
        case .ranking: return HardExample(id: id, reason: reason, score: nil, label: "", prediction: "")
        }
    }
}
