import Glibc

/// How often each label met each prediction, and the rates that follow; a rate of nothing is `nil`.
public struct BinaryCounts: Hashable, Sendable {
    public var truePositives = 0
    public var falsePositives = 0
    public var falseNegatives = 0
    public var trueNegatives = 0

    public init() {}

    public var rows: Int { truePositives + falsePositives + falseNegatives + trueNegatives }
    public var positives: Int { truePositives + falseNegatives }
    public var negatives: Int { falsePositives + trueNegatives }
    public var selected: Int { truePositives + falsePositives }
    public var correct: Int { truePositives + trueNegatives }

    public var accuracy: Double? { ratio(correct, rows) }
    public var precision: Double? { ratio(truePositives, selected) }
    public var recall: Double? { ratio(truePositives, positives) }
    public var specificity: Double? { ratio(trueNegatives, negatives) }
    public var falsePositiveRate: Double? { ratio(falsePositives, negatives) }
    public var falseNegativeRate: Double? { ratio(falseNegatives, positives) }
    public var selectionRate: Double? { ratio(selected, rows) }

    public var balancedAccuracy: Double? {
        guard let recall, let specificity else { return nil }
        return (recall + specificity) / 2
    }

    public var f1: Double? { ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives) }

    /// Recall counts twice as much as precision.
    public var f2: Double? { ratio(5 * truePositives, 5 * truePositives + 4 * falseNegatives + falsePositives) }

    /// Of the label 0 taken as the positive one.
    private var f1OfNegatives: Double? { ratio(2 * trueNegatives, 2 * trueNegatives + falsePositives + falseNegatives) }

    public var f1Macro: Double? { rows == 0 ? nil : ((f1 ?? 0) + (f1OfNegatives ?? 0)) / 2 }

    public var f1Weighted: Double? {
        rows == 0
            ? nil : (Double(positives) * (f1 ?? 0) + Double(negatives) * (f1OfNegatives ?? 0)) / Double(rows)
    }

    /// Matthews' correlation; 0 where a label or a prediction is the same in every row.
    public var matthewsCorrelation: Double? {
        guard rows > 0 else { return nil }
        let square =
            Double(selected) * Double(positives) * Double(negatives) * Double(trueNegatives + falseNegatives)
        guard square > 0 else { return 0 }
        let agreement = Double(truePositives) * Double(trueNegatives) - Double(falsePositives) * Double(falseNegatives)
        return agreement / square.squareRoot()
    }

    /// Cohen's kappa; `nil` where labels and predictions are all the same one.
    public var cohenKappa: Double? {
        let chance =
            Double(selected) * Double(positives) + Double(trueNegatives + falseNegatives) * Double(negatives)
        let all = Double(rows) * Double(rows)
        return all > chance ? (Double(correct) * Double(rows) - chance) / (all - chance) : nil
    }

    /// False negatives for each false positive: treatment equality compares it (Berk et al. 2018).
    public var errorRatio: Double? { ratio(falseNegatives, falsePositives) }

    /// How unequally predictions deal out benefits: 1 for a right one, 2 for a false positive, 0 for a false negative (Speicher
    /// et al. 2018). 0 where all have the same; `nil` where nobody has any.
    public var theilIndex: Double? {
        let sum = Double(correct + 2 * falsePositives)
        guard sum > 0 else { return nil }
        func part(_ rows: Int, _ benefit: Double) -> Double {
            let share = benefit * Double(self.rows) / sum
            return Double(rows) * share * log(share)
        }
        return (part(correct, 1) + part(falsePositives, 2)) / Double(rows)
    }

    /// Counts the rows of another.
    mutating func add(_ other: BinaryCounts) {
        truePositives += other.truePositives
        falsePositives += other.falsePositives
        falseNegatives += other.falseNegatives
        trueNegatives += other.trueNegatives
    }

    /// Counts a row by its label and prediction: bit 1 and bit 0 of `outcome`.
    @inline(__always)
    mutating func add(outcome: UInt8) {
        truePositives &+= outcome == 3 ? 1 : 0
        falseNegatives &+= outcome == 2 ? 1 : 0
        falsePositives &+= outcome == 1 ? 1 : 0
        trueNegatives &+= outcome == 0 ? 1 : 0
    }

    private func ratio(_ part: Int, _ whole: Int) -> Double? { whole == 0 ? nil : Double(part) / Double(whole) }
}
