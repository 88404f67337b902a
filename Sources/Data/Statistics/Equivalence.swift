/// Whether a difference is shown to be smaller than a margin to either side: two one-sided tests (Schuirmann 1987).
public struct Equivalence: Hashable, Sendable {
    public let difference: Double

    /// The one-sided bounds of `difference`, each at `1 - alpha`.
    public let bounds: Interval
    public let margin: Double

    /// The greater of the two tests'.
    public let pValue: Double

    /// Observations with which a difference of nothing would be shown so with probability `power`; `nil` for margin 0, and
    /// where more of them would not do.
    public let observationsNeeded: Int?

    /// Not shown where the difference is shown to be greater, or the data would have shown a difference of nothing.
    public let verdict: NonInferiority.Verdict

    /// Without `degreesOfFreedom` by the normal distribution, else by Student's t.
    public init(
        difference: Double, standardError: Double, observations: Int?, margin: Double, degreesOfFreedom: Double? = nil,
        alpha: Double = 0.05, power: Double = 0.8
    ) {
        func tail(_ distance: Double) -> Double {
            guard standardError > 0 else { return distance > 0 ? 0 : 1 }
            let t = distance / standardError
            return degreesOfFreedom.map { SpecialFunctions.studentTail(t, dof: $0) } ?? SpecialFunctions.normalTail(t)
        }
        let z = SpecialFunctions.normalQuantile(1 - alpha)
        let reach = (degreesOfFreedom.map { SpecialFunctions.studentQuantile(1 - alpha, dof: $0) } ?? z) * standardError
        self.difference = difference
        self.margin = margin
        bounds = Interval(lower: difference - reach, upper: difference + reach)
        pValue = max(tail(difference + margin), tail(margin - difference))
        let needed = observations.flatMap {
            NonInferiority.needed(z + SpecialFunctions.normalQuantile((1 + power) / 2), standardError, $0, margin)
        }
        observationsNeeded = needed
        verdict =
            bounds.lower >= -margin && bounds.upper <= margin
            ? .shown
            : bounds.lower > margin || bounds.upper < -margin
                || (observations ?? 0) >= needed ?? .max
                ? .notShown : .inconclusive
    }

    /// One value against others of its kind, all of which vary alike, such as a metric of trainings that differ in their
    /// seed (Crawford and Howell 1998); `nil` without two others.
    public init?(of value: Double, among others: [Double], margin: Double, alpha: Double = 0.05) {
        guard others.count > 1 else { return nil }
        let count = Double(others.count)
        let mean = CompensatedSum.of(others) / count
        let variance = CompensatedSum.of(others.map { ($0 - mean) * ($0 - mean) }) / (count - 1)
        self.init(
            difference: value - mean, standardError: (variance * (1 + 1 / count)).squareRoot(), observations: nil,
            margin: margin, degreesOfFreedom: count - 1, alpha: alpha)
    }
}
