import Glibc

/// Decides whether a column has drifted: its effect is large *and* chance does not explain it.
///
/// Effects are the Jensen-Shannon distance (natural logarithm) of categories and the first Wasserstein distance of numbers over
/// the reference's standard deviation. Two-sample p-values (chi-square, Kolmogorov-Smirnov) are adjusted over all columns by
/// Benjamini and Hochberg. Where samples are so small that the effect of no drift at all may reach the threshold, the answer
/// is neither yes nor no but how many rows are needed, unless the effect goes beyond both together. Nor is it where a stored profile
/// or a sketch leaves open on which side of the threshold the effect is, or could be all of the difference that a test sees.
public struct DriftRule: Hashable, Sendable {
    /// Effect from which a column drifts; half of it is a warning.
    public var threshold: Double

    /// False discovery rate.
    public var significance: Double

    public init(threshold: Double = 0.1, significance: Double = 0.01) {
        self.threshold = threshold
        self.significance = significance
    }

    public enum Outcome: Hashable, Sendable {
        case stable
        /// The effect is at least half the threshold, and not by chance.
        case slight
        case drifted
        /// Too few rows to tell; about so many are needed on each side.
        case inconclusive(rowsNeeded: Int)
        /// What stands in for the values cannot tell: the effect of all of them may be as large as this, and as small as it was found.
        case unclear(upTo: Double)
        /// A side has no values, or the reference does not vary while the current values are the same.
        case undefined
    }

    public struct Judgement: Hashable, Sendable {
        public let column: String
        public let outcome: Outcome

        /// `nil` where undefined.
        public let effect: Double?
        public let adjustedPValue: Double?

        /// The effect that no drift stays below with probability 0.95.
        public let noiseFloor: Double?
    }

    /// A judgement on each column, in their order.
    public func judge(_ drift: Drift) -> [Judgement] { judge(drift.columns) }

    public func judge(_ columns: [ColumnDrift]) -> [Judgement] {
        let measured = columns.map(measure)
        let adjusted = Self.benjaminiHochberg(measured.map { $0?.pValue })
        let least = Self.benjaminiHochberg(measured.map { $0?.leastPValue })
        return columns.indices.map { index in
            guard let measure = measured[index], let p = adjusted[index], let least = least[index] else {
                return Judgement(
                    column: columns[index].name, outcome: .undefined, effect: nil, adjustedPValue: nil, noiseFloor: nil)
            }
            return Judgement(
                column: columns[index].name, outcome: outcome(measure, p, least), effect: measure.effect,
                adjustedPValue: p,
                noiseFloor: measure.floor)
        }
    }

    /// - Parameter least: The p-value if sketches were the values.
    private func outcome(_ measure: Measure, _ p: Double, _ least: Double) -> Outcome {
        let isReal = p < significance
        if measure.floor >= threshold {
            let isBeyond = isReal && measure.least >= threshold + measure.floor
            return isBeyond ? .drifted : .inconclusive(rowsNeeded: measure.rows(threshold))
        }
        if isReal, measure.least >= threshold { return .drifted }
        // What groups of texts hide may be real where they show nothing.
        if measure.most >= threshold, isReal || measure.isGrouped { return .unclear(upTo: measure.most) }
        if !isReal, least < significance, measure.most >= threshold { return .unclear(upTo: measure.most) }
        return isReal && measure.effect >= threshold / 2 ? .slight : .stable
    }

    /// Effect, significance and noise of a column. `scale` times the root of 1/n + 1/m is the noise floor.
    private struct Measure {
        let effect: Double
        let pValue: Double
        let scale: Double
        let floor: Double
        /// The p-value if sketches were the values.
        var leastPValue: Double

        /// Between which the effect of all values lies, where others stand in for them.
        var least: Double
        var most: Double
        var isGrouped = false

        init(effect: Double, pValue: Double, scale: Double, h: Double) {
            (self.effect, self.pValue, self.leastPValue, self.scale) = (effect, pValue, pValue, scale)
            floor = scale * h.squareRoot()
            (least, most) = (effect, effect)
        }

        /// Rows on each side that push the floor below `threshold`.
        func rows(_ threshold: Double) -> Int {
            Int(min(1e15, (2 * (scale / threshold) * (scale / threshold)).rounded(.up))) + 1
        }
    }

    /// Of categories, or values that count as such.
    private static func measure(_ shares: ShareTable, _ h: Double) -> Measure? {
        guard let effect = JensenShannon.distance(shares), let test = ChiSquare(shares) else { return nil }
        let dof = Double(test.degreesOfFreedom)
        let scale = dof > 0 ? (SpecialFunctions.chiSquareQuantile(tail: 0.05, dof: dof) / 8).squareRoot() : 0
        return Measure(effect: effect, pValue: test.pValue, scale: scale, h: h)
    }

    /// Of categories of which too many are too rare to tell, and none of which shows a change: with the rare ones as one, where the others
    /// are enough to tell.
    private func measure(_ shares: ShareTable, _ h: Double, insteadOf all: Measure) -> Measure {
        guard all.floor >= threshold, all.effect < threshold + all.floor, all.pValue >= significance,
            let merged = shares.mergingRare, let measure = Self.measure(merged, h), measure.floor < threshold
        else { return all }
        return measure
    }

    private func measure(_ column: ColumnDrift) -> Measure? {
        guard column.referenceCount > 0, column.currentCount > 0 else { return nil }
        let h = 1 / Double(column.referenceCount) + 1 / Double(column.currentCount)
        if column.isByValue {
            guard var measure = Self.measure(column.shares, h) else { return nil }
            if column.exact { measure = self.measure(column.shares, h, insteadOf: measure) }
            if let widest = column.uncertainty?.widest {
                measure.most = JensenShannon.distance(widest) ?? measure.effect
                measure.isGrouped = true
            }
            // What a sketch counts too low of its heaviest texts counts as others: that alone can look like drift.
            if column.hasEstimatedCounts { measure.least = 0 }
            return measure
        }
        guard let effect = column.wassersteinOverReferenceDeviation, let test = column.kolmogorovSmirnov,
            let p = test.pValue
        else { return nil }
        var measure = Measure(effect: effect, pValue: p, scale: 2.2, h: h)
        measure.leastPValue = test.leastPValue ?? p
        let slack = column.uncertainty?.distance ?? 0
        (measure.least, measure.most) = (effect - slack, effect + slack)
        return measure
    }

    /// The least false discovery rate at which each hypothesis is rejected (Benjamini, Hochberg 1995); absent ones do not count.
    static func benjaminiHochberg(_ pValues: [Double?]) -> [Double?] {
        var adjusted = MultipleTests.benjaminiHochberg(pValues.compactMap(\.self))[...]
        return pValues.map { $0 == nil ? nil : adjusted.popFirst() }
    }
}
