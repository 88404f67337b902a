/// What the order of scores says about labels: areas under the ROC and precision-recall curves, and the Brier score's parts.
///
/// Equal scores are one threshold. Areas are `nil` where a label that they need does not occur.
struct ScoreRanking {
    let auc: Double?
    let averagePrecision: Double?
    let precisionRecallTrapezoid: Double?
    let distinctScores: Int
    let brier: BrierSplit

    /// From scores in ascending order and the labels of the same rows: bit 1 of `outcomes`.
    init(ascending scores: ArraySlice<Double>, outcomes: ArraySlice<UInt8>) {
        var positives = 0
        for outcome in outcomes { positives &+= Int(outcome >> 1) }
        let negatives = outcomes.count - positives
        var walk = Walk(brier: BrierSplit(rows: outcomes.count, positives: positives))
        scores.withUnsafeBufferPointer { scores in
            outcomes.withUnsafeBufferPointer { outcomes in
                var end = scores.count
                while end > 0 {
                    let score = scores[end - 1]
                    var begin = end
                    var hits = 0
                    while begin > 0, scores[begin - 1] == score {
                        begin -= 1
                        hits &+= Int(outcomes[begin] >> 1)
                    }
                    walk.step(score, hits: hits, misses: end - begin - hits)
                    end = begin
                }
            }
        }
        let pairs = Double(positives) * Double(negatives)
        auc = pairs > 0 ? walk.doubledArea / (2 * pairs) : nil
        averagePrecision = positives > 0 ? walk.precisionSteps.value / Double(positives) : nil
        precisionRecallTrapezoid = positives > 0 ? walk.trapezoids.value / Double(positives) : nil
        distinctScores = walk.thresholds
        brier = walk.brier
    }

    /// The thresholds from the greatest score down.
    private struct Walk {
        var brier: BrierSplit
        var hits = 0
        var misses = 0
        var thresholds = 0
        var lastPrecision = 1.0
        var doubledArea = 0.0
        var precisionSteps = CompensatedSum()
        var trapezoids = CompensatedSum()

        @inline(__always)
        mutating func step(_ score: Double, hits new: Int, misses more: Int) {
            brier.add(score: score, rows: new &+ more, positives: new)
            thresholds &+= 1
            doubledArea += Double(more &* (2 &* hits &+ new))
            hits &+= new
            misses &+= more
            let precision = Double(hits) / Double(hits &+ misses)
            if new > 0 {
                precisionSteps.add(Double(new) * precision)
                trapezoids.add(Double(new) * (precision + lastPrecision) / 2)
            }
            lastPrecision = precision
        }
    }
}
