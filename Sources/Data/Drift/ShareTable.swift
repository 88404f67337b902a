/// Two samples counted over the same bins or categories, which all their distances are made of.
public struct ShareTable: Hashable, Sendable {
    /// Values of the reference in each bin.
    public var reference: [Int] { Array(compact.reference) }

    /// Values of the current sample in each bin.
    public var current: [Int] { Array(compact.current) }

    private let compact: Pair

    private struct Pair: Hashable {
        let reference: CompactCounts
        let current: CompactCounts
    }

    let referenceTotal: Int
    let currentTotal: Int

    /// Bins that are empty on both sides are left out.
    public init(_ pairs: [(reference: Int, current: Int)]) {
        let pairs = pairs.filter { $0.reference > 0 || $0.current > 0 }
        self.init(reference: CompactCounts(pairs.map(\.reference)), current: CompactCounts(pairs.map(\.current)))
    }

    /// Counts of the same bins, none of which is empty on both sides.
    init(reference: CompactCounts, current: CompactCounts) {
        compact = Pair(reference: reference, current: current)
        referenceTotal = reference.reduce(0, +)
        currentTotal = current.reduce(0, +)
    }

    /// Numbers in the bins between `edges`, with open ends; a number equal to an edge goes to the lower bin.
    public init(_ reference: SortedValues, _ current: SortedValues, edges: [Double]) {
        func counts(_ values: SortedValues) -> [Int] {
            let below = edges.map { values.count(atMost: $0) }
            return zip([0] + below, below + [values.count]).map { $1 - $0 }
        }
        compact = Pair(reference: CompactCounts(counts(reference)), current: CompactCounts(counts(current)))
        referenceTotal = reference.count
        currentTotal = current.count
    }

    /// The counts of each bin on both sides.
    var counts: some Sequence<(Int, Int)> { zip(compact.reference, compact.current) }

    /// Bins.
    public var count: Int { compact.reference.count }

    /// `nil` where a sample is empty: it has no shares.
    var shares: (some Sequence<(reference: Double, current: Double)>)? {
        let (all, others) = (Double(referenceTotal), Double(currentTotal))
        let shares = zip(compact.reference, compact.current).lazy.map {
            (reference: Double($0) / all, current: Double($1) / others)
        }
        return all > 0 && others > 0 ? shares : nil
    }

    /// With one bin for all of which both samples together have fewer than ten values, or than a thousandth of all; `nil` where that would
    /// leave one bin, or hold more than half of either sample.
    ///
    /// Chosen by both together: what one of them happens to have often would look like a difference.
    var mergingRare: ShareTable? {
        let least = max(10, Double(referenceTotal + currentTotal) / 1000)
        let isRare = { (one: Int, other: Int) in Double(one + other) < least }
        let rare = counts.lazy.filter(isRare).reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
        let kept = counts.filter { !isRare($0, $1) }
        guard !kept.isEmpty, 2 * rare.0 <= referenceTotal, 2 * rare.1 <= currentTotal else { return nil }
        let bins = kept.map { (reference: $0.0, current: $0.1) } + [(reference: rare.0, current: rare.1)]
        return ShareTable(bins)
    }

    /// Half the sum of the absolute differences of the shares, 0…1.
    public var totalVariation: Double? { shares.map { $0.reduce(0) { $0 + abs($1.reference - $1.current) } / 2 } }

    /// The largest absolute difference of a share, 0…1.
    public var lInfinity: Double? { shares.map { $0.reduce(0) { max($0, abs($1.reference - $1.current)) } } }
}
