import Data
import Domain

/// The confusion and the order that calibrated scores let expect of a binary classification whose labels have not come.
///
/// Of a row predicted 1 with the score p, p true positives are expected and 1 - p false ones; likewise of one predicted 0 (NannyML's
/// CBPE). True only where scores are calibrated, and stay so: it sees other inputs, and no change of what they mean.
struct ExpectedQuality {
    static let metrics = ["accuracy", "precision", "recall", "f1_binary", "auc"]

    private var truePositives = 0.0
    private var falsePositives = 0.0
    private var falseNegatives = 0.0
    private var trueNegatives = 0.0
    private var scores: [Double] = []

    var rows: Int { scores.count }

    /// - Parameter score: The probability of the label 1.
    mutating func add(isPositive: Bool, score: Double) {
        scores.append(score)
        if isPositive {
            truePositives += score
            falsePositives += 1 - score
        } else {
            falseNegatives += score
            trueNegatives += 1 - score
        }
    }

    /// `nil` of another metric, and of nothing divided by nothing.
    subscript(metric: String) -> Double? {
        let (part, whole): (Double, Double)
        switch metric {
        case "accuracy": (part, whole) = (truePositives + trueNegatives, Double(rows))
        case "precision": (part, whole) = (truePositives, truePositives + falsePositives)
        case "recall": (part, whole) = (truePositives, truePositives + falseNegatives)
        case "f1_binary":
            (part, whole) = (2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
        case "auc": (part, whole) = pairs
        default: return nil
        }
        return whole > 0 ? part / whole : nil
    }

    /// Of how many pairs of a positive and a negative row the positive one has the greater score, half of it where both have the same,
    /// and how many pairs there are, as both are expected:
    ///
    ///     Σ pᵢ (1 − pⱼ) ([pᵢ > pⱼ] + ½ [pᵢ = pⱼ])   and   Σ pᵢ (1 − pⱼ),   i ≠ j
    ///
    /// Their quotient is the area under the ROC curve (Hanley and McNeil 1982) that CBPE draws from the expected confusion at each threshold,
    /// but for i = j: no row is a pair with itself, and to take it for one draws a small sample's area towards one half.
    private var pairs: (ordered: Double, all: Double) {
        let ascending = scores.sorted()
        var (ordered, all, positives, negatives) = (0.0, 0.0, 0.0, 0.0)
        var begin = 0
        while begin < ascending.count {
            let score = ascending[begin]
            let end = ascending[begin...].firstIndex { $0 != score } ?? ascending.count
            let count = Double(end - begin), ties = count * (count - 1) * score * (1 - score)
            ordered += count * score * negatives + ties / 2
            all += count * (score * negatives + (1 - score) * positives) + ties
            positives += count * score
            negatives += count * (1 - score)
            begin = end
        }
        return (ordered, all)
    }

    var json: JSON {
        .object([("rows", .int(rows))] + Self.metrics.map { ($0, JSON(self[$0])) })
    }
}

extension ExpectedQuality {
    /// Of all requests of a log. Throws where one has no score, or none that is a probability.
    init(_ log: ServingLog, positive: String?) throws(MissingEvidence) {
        try self.init(
            log.entries.map { ($0.prediction.map(RunTable.text) ?? "", $0.score) }, positive: positive, in: log.path)
    }

    /// Of predictions whose labels are known, to see whether their scores keep what they promise.
    init(_ table: RunTable, _ columns: Model.Columns, positive: String?) throws(MissingEvidence) {
        guard let score = columns.score, let scores = try table.numbers(score),
            let predictions = table.texts(columns.prediction)
        else {
            throw MissingEvidence(
                "\(table.path) has no scores: name their column in spec.evaluation.columns.score", file: table.path)
        }
        try self.init(Array(zip(predictions, scores)), positive: positive, in: table.path)
    }

    private init(
        _ rows: [(prediction: String, score: Double?)], positive: String?, in path: String
    ) throws(MissingEvidence) {
        var labels = BinaryLabels(positive: positive)
        for row in rows {
            guard let score = row.score, (0...1).contains(score) else {
                throw MissingEvidence("\(path): a row has no score between 0 and 1", file: path)
            }
            guard let label = labels.value(of: row.prediction) else {
                throw MissingEvidence("\(path): \(labels.complaint(about: row.prediction))", file: path)
            }
            add(isPositive: label == 1, score: score)
        }
    }
}
