/// Moves the ends of a percentile interval by the bias and the skew of its replicates: BCa (Efron 1987).
struct BiasCorrection {
    /// Of the replicates' median from the estimate, and of the spread with the value, both on the normal scale.
    private let bias: Double
    private let acceleration: Double

    /// `nil` where every replicate lies to one side of the estimate, or leaving out units does not move it.
    ///
    /// `leftOut` has the estimate on all units, then without each in turn.
    init?(replicates: [Double], leftOut: [Double?]) {
        let values = leftOut.compactMap(\.self).filter(\.isFinite)
        guard values.count == leftOut.count, values.count > 1, let estimate = values.first, !replicates.isEmpty else {
            return nil
        }
        let below = replicates.count { $0 < estimate } + replicates.count { $0 <= estimate }
        bias = SpecialFunctions.normalQuantile(Double(below) / Double(2 * replicates.count))
        let parts = values.dropFirst()
        let mean = CompensatedSum.of(parts) / Double(parts.count)
        let square = CompensatedSum.of(parts.lazy.map { ($0 - mean) * ($0 - mean) })
        let cube = CompensatedSum.of(parts.lazy.map { ($0 - mean) * ($0 - mean) * (mean - $0) })
        acceleration = cube / (6 * square * square.squareRoot())
        guard bias.isFinite, acceleration.isFinite else { return nil }
    }

    /// The share of replicates to leave below an end that leaves `share` below where there is neither bias nor skew.
    func corrected(_ share: Double) -> Double {
        let place = bias + SpecialFunctions.normalQuantile(share)
        return SpecialFunctions.normalCumulative(bias + place / (1 - acceleration * place))
    }
}
