/// Leaves out each unit in turn, to see how far single ones reach.
///
/// Many units are left out in groups (Efron and Narasimhan 2020), which their keys decide: their order does not matter.
struct Jackknife {
    /// More units are left out in groups.
    static let alone = 5_000
    static let groups = 1_000

    /// For each unit what it is left out with.
    private let groups: [Int32]
    private let count: Int

    init(_ keys: [UInt64]) {
        let isAlone = keys.count <= Self.alone
        count = isAlone ? keys.count : Self.groups
        groups = keys.enumerated().map { unit, key in
            Int32(truncatingIfNeeded: isAlone ? unit : Int(SplitMix.mix(key) % UInt64(Self.groups)))
        }
    }

    /// How many rounds of sixteen.
    var rounds: Int { (count + Resampler.lanes) / Resampler.lanes }

    /// How many sets of units there are: all, then all without each.
    var sets: Int { count + 1 }

    /// How often each unit counts in the sixteen sets of a round.
    func weights(round: Int) -> [SIMD16<UInt8>] {
        let first = Resampler.lanes * round
        return groups.map { group in
            var weights = SIMD16<UInt8>(repeating: 1)
            let lane = Int(group) + 1 - first
            if weights.indices.contains(lane) { weights[lane] = 0 }
            return weights
        }
    }
}
