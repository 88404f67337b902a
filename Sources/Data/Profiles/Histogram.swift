/// How many values lie in equally wide bins between the least and the greatest: numpy's histogram.
public struct Histogram: Hashable, Sendable {
    /// One more than there are bins; ascending, but where all values are the same.
    public let edges: [Double]

    /// Of bins that hold their lower edge, the last its upper one, too.
    public let counts: [Int]

    /// `nil` where there are no values. Values that are all the same have one bin.
    ///
    /// - Parameter ends: The least and the greatest value, where those of a sketch are not the column's.
    public init?(of values: SortedValues, ends: ClosedRange<Double>? = nil, bins: Int) {
        guard let least = ends?.lowerBound ?? values.minimum, let greatest = ends?.upperBound ?? values.maximum,
            bins > 0
        else { return nil }
        guard least < greatest else {
            edges = [least, greatest]
            counts = [values.count]
            return
        }
        let range = greatest - least, step = range / Double(bins)
        edges = (0...bins).map { place in
            if place == bins { return greatest }
            guard !range.isFinite else { return min(greatest, least + Double(place) * step) }
            // Neither part is too large for a double, as the range is.
            let share = Double(place) / Double(bins)
            return least * (1 - share) + greatest * share
        }
        let below = edges.dropFirst().dropLast().map { values.count(atMost: $0.nextDown) }
        counts = zip([0] + below, below + [values.count]).map { $1 - $0 }
    }
}
