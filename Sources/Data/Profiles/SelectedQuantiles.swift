/// Finds quantiles of numbers without sorting them all.
enum SelectedQuantiles {
    /// Linearly interpolated (type 7), one for each of `shares`; NaN of nothing. No value may be negative or NaN.
    static func of(_ values: UnsafeBufferPointer<Double>, _ shares: [Double]) -> [Double] {
        guard values.count > 0 else { return shares.map { _ in .nan } }
        guard values.count > 10_000 else {
            let sorted = values.sorted()
            return shares.map { SortedValues.linearQuantile($0, of: sorted.count) { sorted[$0] } }
        }
        return selected(values, shares)
    }

    /// Only the values that share a bucket with one that is asked for are sorted.
    private static func selected(_ values: UnsafeBufferPointer<Double>, _ shares: [Double]) -> [Double] {
        var counts = Array(repeating: 0, count: 1 << 16)
        for value in values { counts[bucket(value)] &+= 1 }
        var places: [Int: (bucket: Int, before: Int)] = [:]
        for share in shares {
            _ = SortedValues.linearQuantile(share, of: values.count) { rank in
                places[rank] = place(ofRank: rank, counts)
                return 0
            }
        }
        var isNear = Array(repeating: false, count: counts.count)
        for place in places.values { isNear[place.bucket] = true }
        let near = Dictionary(grouping: values.lazy.filter { isNear[bucket($0)] }, by: bucket).mapValues { $0.sorted() }
        return shares.map { share in
            SortedValues.linearQuantile(share, of: values.count) { rank in
                guard let place = places[rank], let sorted = near[place.bucket] else { return .nan }
                return sorted[rank - place.before]
            }
        }
    }

    /// The exponent and the first five bits of the fraction: they order as the number does.
    @inline(__always)
    private static func bucket(_ value: Double) -> Int {
        Int(truncatingIfNeeded: (value.bitPattern << 1) >> 48)
    }

    private static func place(ofRank rank: Int, _ counts: [Int]) -> (bucket: Int, before: Int) {
        var before = 0
        for (bucket, count) in counts.enumerated() {
            if before + count > rank { return (bucket, before) }
            before += count
        }
        return (counts.count - 1, before)
    }
}
