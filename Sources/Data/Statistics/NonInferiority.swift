import Glibc

/// Whether a candidate is shown to be worse than a baseline by less than a margin.
///
/// Shown where the lower one-sided bound of the difference, in the direction in which more is better, is at least minus the
/// margin. Where it is not, the verdict tells a candidate that is worse from data that is too little to say.
public struct NonInferiority: Hashable, Sendable {
    public enum Verdict: String, Hashable, Sendable {
        case shown

        /// The data would have shown a candidate that is as good, or shows that this one is worse.
        case notShown = "not-shown"

        /// Too few rows to tell.
        case inconclusive
    }

    /// Candidate minus baseline, signed so that more is better.
    public let gain: Double

    /// The one-sided bounds of `gain`, each at `1 - alpha`.
    public let bounds: Interval
    public let margin: Double

    /// Of a candidate that is worse by exactly the margin.
    public let pValue: Double

    /// Rows with which a candidate that is exactly as good would be shown so with probability `power`; `nil` for margin 0.
    public let rowsNeeded: Int?
    public let verdict: Verdict

    /// Whether the candidate is shown to be better.
    public var isSuperior: Bool { bounds.lower > 0 }

    /// Rows with which a gain like this one would be shown to be one with probability `power`; `nil` without a gain.
    public let rowsForSuperiority: Int?

    /// What the data cannot show where no row of them moves a metric: that as many as this many rows leave unseen would not.
    public struct Unseen: Hashable, Sendable {
        /// The rows that could have moved it.
        let rows: Double

        /// How far it would move if all of them did.
        let reach: Double

        public init(rows: Double, reach: Double) {
            self.rows = rows
            self.reach = reach
        }

        /// How far it would move by the greatest share of such rows that may have gone unseen.
        func width(_ alpha: Double) -> Double { reach * unseenShare(of: rows, alpha: alpha) }

        /// Of `all` rows, of which these are a part, so many that would show that it moves by less than the margin, if none moves it.
        func rowsNeeded(_ margin: Double, _ alpha: Double, of all: Int) -> Int? {
            guard margin > 0, reach > 0, rows > 0 else { return margin > 0 && rows > 0 ? 0 : nil }
            guard margin < reach else { return 1 }
            let needed = (log(alpha) / log1p(-margin / reach)).rounded(.up) * (Double(all) / rows)
            return needed < 1e15 ? Int(needed.rounded(.up)) : nil
        }

        /// That none of the rows moves it if so many do that it moves by the margin.
        func chance(_ margin: Double) -> Double { margin < reach ? exp(rows * log1p(-margin / reach)) : 0 }
    }

    /// - Parameters:
    ///   - operands: What the difference was computed from, whose rounding does not decide.
    ///   - unseen: What counts where the standard error is 0; without it, no error is no doubt.
    public init(
        difference: Double, standardError: Double, rows: Int, margin: Double, higherIsBetter: Bool = true,
        alpha: Double = 0.05, power: Double = 0.8, of operands: [Double] = [], unseen: Unseen? = nil
    ) {
        let gain = higherIsBetter ? difference : -difference
        let unseen = standardError > 0 ? nil : unseen
        let width = unseen?.width(alpha) ?? SpecialFunctions.normalQuantile(1 - alpha) * standardError
        let chance =
            standardError > 0
            ? SpecialFunctions.normalTail((gain + margin) / standardError)
            : gain > -margin ? unseen?.chance(gain + margin) ?? 0 : 1
        self.init(
            gain, Interval(lower: gain - width, upper: gain + width), chance, rows, margin, (alpha, power), operands,
            unseen?.rowsNeeded(margin, alpha, of: rows))
    }

    /// Of the shares of rows on which two models are right: see ``PairedProportions``.
    public init(
        of shares: PairedProportions, margin: Double, alpha: Double = 0.05, power: Double = 0.8,
        of operands: [Double] = []
    ) {
        let unseen = shares.standardError > 0 ? nil : Unseen(rows: Double(shares.rows), reach: 1)
        self.init(
            shares.difference, shares.bounds(alpha: alpha), shares.chance(ofAtMost: -margin), shares.rows, margin,
            (alpha, power), operands, unseen?.rowsNeeded(margin, alpha, of: shares.rows))
    }

    /// Without `needed`, rows follow from how far the lower bound is below the gain.
    private init(
        _ gain: Double, _ bounds: Interval, _ chance: Double, _ rows: Int, _ margin: Double,
        _ levels: (alpha: Double, power: Double), _ operands: [Double], _ needed: Int?
    ) {
        let z = SpecialFunctions.normalQuantile(1 - levels.alpha)
        let reach = z + SpecialFunctions.normalQuantile(levels.power)
        let error = (gain - bounds.lower) / z
        self.gain = gain
        self.margin = margin
        self.bounds = bounds
        pValue = chance
        rowsNeeded = needed ?? Self.needed(reach, error, rows, margin)
        rowsForSuperiority = Self.needed(reach, error, rows, gain)
        verdict =
            Bound.isAtLeast(bounds.lower, -margin, of: operands)
            ? .shown
            : bounds.upper < -margin || (rowsNeeded.map { rows >= $0 } ?? false) ? .notShown : .inconclusive
    }

    /// Rows with which `margin` is `reach` standard errors, which shrink with the root of their number.
    static func needed(_ reach: Double, _ standardError: Double, _ rows: Int, _ margin: Double) -> Int? {
        let errors = reach * standardError / margin
        let needed = (Double(rows) * errors * errors).rounded(.up)
        return margin > 0 && needed < 1e15 ? Int(needed) : nil
    }
}
