import Data
import Domain

/// Requests that are worth a person's look: those answered most wrongly, and of those without a label the least certain.
struct Candidates {
    /// The requests' ids by reason, at most ``most`` of them.
    let json: JSON
    static let most = 20

    init(_ log: ServingLog, labels: [String: String], task: ModelTask, positive: String?) {
        var hard = HardExamples(rows: log.entries.count, atMost: Self.most)
        var binary = BinaryLabels(positive: positive)
        for (row, entry) in log.entries.enumerated() {
            guard let request = entry.request else { continue }
            let label = labels[request].flatMap { $0.isEmpty ? nil : $0 }
            switch task {
            case .binaryClassification:
                guard let score = entry.score, (0...1).contains(score) else { continue }
                guard let label else {
                    hard.add(row, .uncertain, rank: max(score, 1 - score))
                    continue
                }
                guard let truth = binary.value(of: label),
                    let answer = entry.prediction.flatMap({ binary.value(of: RunTable.text($0)) }), truth != answer
                else { continue }
                hard.add(row, .wrong, rank: truth == 1 ? score : 1 - score)
            case .regression:
                guard let truth = label.flatMap(Double.init),
                    let answer = entry.prediction.flatMap({ Double(RunTable.text($0)) }), truth != answer
                else { continue }
                hard.add(row, .far, rank: -abs(truth - answer))
            case .multiclassClassification, .ranking, .detection: continue
            }
        }
        let picked = hard.picked.prefix(Self.most)
        json = .object(
            HardExamples.Reason.allCases.compactMap { reason in
                let ids = picked.filter { $0.reason == reason }.map { Excerpt.line(log.entries[$0.row].request ?? "") }
                return ids.isEmpty ? nil : (reason.rawValue, .array(ids.map(JSON.string)))
            })
    }
}
