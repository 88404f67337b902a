/// How many values lie in equally wide bins between the least and the greatest: numpy's histogram.
public struct Histogram: Hashable, Sendable {
    /// One more than there are bins; ascending, but where all values are the same.
    public let edges: [Double]

    /// Of bins that hold their lower edge, the last its upper one, too.
    public let counts: [Int]

    /// `nil` where there are no values. Values that are all the same have one bin.
    public init?(of values: SortedValues, bins: Int) {
        guard let least = values.minimum, let greatest = values.maximum, bins > 0 else { return nil }
        guard least < greatest else {
            edges = [least, greatest]
            counts = [values.count]
            return
        }
        let range = greatest - least
        let step = range.isFinite ? range / Double(bins) : greatest / Double(bins) - least / Double(bins)
        edges = (0...bins).map { $0 == bins ? greatest : min(greatest, least + Double($0) * step) }
        let below = edges.dropFirst().dropLast().map { values.count(atMost: $0.nextDown) }
        counts = zip([0] + below, below + [values.count]).map { $1 - $0 }
    }
}
