/// Finds the median of numbers without sorting them all.
enum MiddleValue {
    /// The middle value, or the mean of the two middle values; NaN of nothing. No value may be negative or NaN.
    static func median(of values: UnsafeBufferPointer<Double>) -> Double {
        guard values.count > 0 else { return .nan }
        let low = (values.count - 1) / 2
        let high = values.count / 2
        guard values.count > 10_000 else {
            let sorted = values.sorted()
            return (sorted[low] + sorted[high]) / 2
        }
        var counts = Array(repeating: 0, count: 1 << 16)
        for value in values { counts[bucket(value)] &+= 1 }
        let (first, before) = self.bucket(ofRank: low, counts)
        let (last, _) = self.bucket(ofRank: high, counts)
        let near = values.filter { (first...last).contains(bucket($0)) }.sorted()
        return (near[low - before] + near[high - before]) / 2
    }

    /// The exponent and the first five bits of the fraction: they order as the number does.
    @inline(__always)
    private static func bucket(_ value: Double) -> Int {
        Int(truncatingIfNeeded: (value.bitPattern << 1) >> 48)
    }

    private static func bucket(ofRank rank: Int, _ counts: [Int]) -> (bucket: Int, before: Int) {
        var before = 0
        for (bucket, count) in counts.enumerated() {
            if before + count > rank { return (bucket, before) }
            before += count
        }
        return (counts.count - 1, before)
    }
}
