import Glibc

/// The sampling error of areas under the ROC curve, of one model or of two on the same rows (DeLong et al. 1988).
///
/// Computed from mid-ranks in O(n log n) (Sun and Xu 2014). There is none without two rows of each label.
public struct DeLong: Hashable, Sendable {
    public let auc: Double
    public let standardError: Double
    let positives: Int
    let negatives: Int

    /// `labels` are 0 and 1; scores must be finite.
    public init?(labels: [UInt8], scores: [Double]) {
        guard let parts = Components(labels, scores) else { return nil }
        self.init(parts)
    }

    private init(_ parts: Components) {
        auc = parts.auc
        standardError = parts.covariance(with: parts).squareRoot()
        positives = parts.positives.count
        negatives = parts.negatives.count
    }

    /// On the logit scale, so that it stays within 0…1; of an area of exactly 0 or 1 by Wilson on the rarer label's rows.
    public func interval(confidence: Double = 0.95) -> Interval? {
        guard let z = Interval.twoSided(confidence) else { return nil }
        return interval(errors: z) ?? .wilson(successes: auc * rarer, of: rarer, confidence: confidence)
    }

    /// The same at all looks of a sequence together; `nil` of fewer rows than the first has.
    public func interval(in sequence: ConfidenceSequence) -> Interval? {
        guard let reach = sequence.reach(at: positives + negatives) else { return nil }
        return interval(errors: reach)
            ?? sequence.proportion(successes: Int((auc * rarer).rounded(.down)), of: min(positives, negatives))
    }

    private var rarer: Double { Double(min(positives, negatives)) }

    /// So many standard errors to either side; `nil` where these are 0.
    private func interval(errors: Double) -> Interval? {
        let spread = auc * (1 - auc)
        guard spread > 0, standardError > 0 else { return nil }
        let odds = auc / (1 - auc)
        func bound(_ shift: Double) -> Double {
            let value = odds * exp(shift)
            return value / (1 + value)
        }
        return Interval(
            lower: bound(-errors * standardError / spread), upper: bound(errors * standardError / spread))
    }

    /// Two areas on the same rows, second minus first.
    public struct Difference: Hashable, Sendable {
        public let first: DeLong
        public let second: DeLong
        public let difference: Double
        public let standardError: Double

        /// `nil` where the standard error is 0: the two models rank the rows alike.
        public let z: Double?

        /// Two-sided.
        public let pValue: Double?

        public init?(labels: [UInt8], first: [Double], second: [Double]) {
            guard let one = Components(labels, first), let two = Components(labels, second) else { return nil }
            self.first = DeLong(one)
            self.second = DeLong(two)
            difference = two.auc - one.auc
            let variance = one.covariance(with: one) + two.covariance(with: two) - 2 * one.covariance(with: two)
            standardError = max(0, variance).squareRoot()
            let size = max(self.first.standardError, self.second.standardError)
            z = standardError > 1e-9 * size ? difference / standardError : nil
            pValue = z.map { 2 * SpecialFunctions.normalTail(abs($0)) }
        }

        public func interval(confidence: Double = 0.95) -> Interval? {
            Interval.twoSided(confidence).map {
                Interval(lower: difference - $0 * standardError, upper: difference + $0 * standardError)
            }
        }
    }
}

/// For each row the share of rows of the other label that it is ranked rightly against.
private struct Components {
    let auc: Double
    private(set) var positives: [Double]
    private(set) var negatives: [Double]

    init?(_ labels: [UInt8], _ scores: [Double]) {
        let hits = labels.count { $0 == 1 }
        let misses = labels.count - hits
        guard hits > 1, misses > 1, scores.count == labels.count, scores.allSatisfy(\.isFinite) else { return nil }
        var shares = Array(repeating: 0.0, count: labels.count)
        let order = AscendingOrder.of(scores)
        var below = (hits: 0, misses: 0)
        var begin = 0
        while begin < order.count {
            var end = begin
            var tied = (hits: 0, misses: 0)
            while end < order.count, scores[Int(order[end])] == scores[Int(order[begin])] {
                if labels[Int(order[end])] == 1 { tied.hits += 1 } else { tied.misses += 1 }
                end += 1
            }
            let hitShare = (Double(below.misses) + Double(tied.misses) / 2) / Double(misses)
            let missShare = (Double(hits - below.hits) - Double(tied.hits) / 2) / Double(hits)
            for row in order[begin..<end] { shares[Int(row)] = labels[Int(row)] == 1 ? hitShare : missShare }
            below = (below.hits + tied.hits, below.misses + tied.misses)
            begin = end
        }
        positives = shares.indices.lazy.filter { labels[$0] == 1 }.map { shares[$0] }
        negatives = shares.indices.lazy.filter { labels[$0] == 0 }.map { shares[$0] }
        auc = CompensatedSum.of(positives) / Double(hits)
    }

    func covariance(with other: Components) -> Double {
        Self.covariance(positives, auc, other.positives, other.auc) / Double(positives.count)
            + Self.covariance(negatives, auc, other.negatives, other.auc) / Double(negatives.count)
    }

    /// The sample covariance, with n - 1.
    private static func covariance(_ one: [Double], _ mean: Double, _ other: [Double], _ otherMean: Double) -> Double {
        var sum = CompensatedSum()
        for (a, b) in zip(one, other) { sum.add((a - mean) * (b - otherMean)) }
        return sum.value / Double(one.count - 1)
    }
}
