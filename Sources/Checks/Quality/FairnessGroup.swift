import Data
import Domain

/// The rows of one group.
struct FairnessGroup {
    let name: String
    let rows: Int
    let correct: Int
    let counts: BinaryCounts?

    init(name: String, counts: BinaryCounts) {
        self.name = name
        self.counts = counts
        rows = counts.rows
        correct = counts.correct
    }

    init(name: String, rows: Int, correct: Int) {
        self.name = name
        self.rows = rows
        self.correct = correct
        counts = nil
    }

    func insufficient(_ column: String, _ minRows: Int, _ verdict: Verdict) -> Finding {
        Finding(verdict, "group \(column)=\(name) has \(rows) rows, fewer than \(minRows): it cannot be judged")
    }

    /// Of a group that is large enough, the rates that have too few rows of a label.
    func insufficient(_ column: String, labels least: Int, _ verdict: Verdict) -> [Finding] {
        guard let counts else { return [] }
        return [("1", counts.positives, "true"), ("0", counts.negatives, "false")].filter { $0.1 < least }.map {
            Finding(
                verdict,
                "group \(column)=\(name) has \($0.1) rows of label \($0.0), fewer than \(least): its \($0.2) positive "
                    + "rate cannot be judged")
        }
    }
}
