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

    /// - Parameter operands: What the difference was computed from, whose rounding does not decide.
    public init(
        difference: Double, standardError: Double, rows: Int, margin: Double, higherIsBetter: Bool = true,
        alpha: Double = 0.05, power: Double = 0.8, of operands: [Double] = []
    ) {
        let gain = higherIsBetter ? difference : -difference
        let z = SpecialFunctions.normalQuantile(1 - alpha)
        let bounds = Interval(lower: gain - z * standardError, upper: gain + z * standardError)
        let reach = z + SpecialFunctions.normalQuantile(power)
        self.gain = gain
        self.margin = margin
        self.bounds = bounds
        pValue =
            standardError > 0 ? SpecialFunctions.normalTail((gain + margin) / standardError) : gain > -margin ? 0 : 1
        rowsNeeded = Self.needed(reach, standardError, rows, margin)
        rowsForSuperiority = Self.needed(reach, standardError, rows, gain)
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
