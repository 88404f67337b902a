extension RawTree {
    /// How many entries two trees have in common at their starts and, besides those, at their ends, told by the bytes.
    static func sharedEnds(_ one: RawTree, _ other: RawTree) -> (first: Int, last: Int) {
        one.bytes.withUnsafeBytes { left in
            other.bytes.withUnsafeBytes { right in
                let prefix = sharedPrefix(left, right)
                let first = one.index { $0.upperBound > prefix }
                let start = first == 0 ? 0 : one.entries[first - 1].whole.upperBound
                let suffix = sharedSuffix(left, right, atMost: min(left.count, right.count) - start)
                let end = one.index { $0.lowerBound >= left.count - suffix }
                guard end < one.entries.count else { return (first, 0) }
                // The same bytes are the same entries only where an entry begins on the other side, too.
                let begin = one.entries[end].whole.lowerBound - left.count + right.count
                let otherEnd = other.index { $0.lowerBound >= begin }
                guard otherEnd < other.entries.count, other.entries[otherEnd].whole.lowerBound == begin else {
                    return (first, 0)
                }
                return (first, one.entries.count - end)
            }
        }
    }

    /// The first entry whose place fulfils a condition that all later ones fulfil, too.
    private func index(where isIt: (Range<Int>) -> Bool) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if isIt(entries[middle].whole) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private static func sharedPrefix(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int {
        let limit = min(one.count, other.count)
        var count = 0
        while count + 8 <= limit,
            one.loadUnaligned(fromByteOffset: count, as: UInt64.self)
                == other.loadUnaligned(fromByteOffset: count, as: UInt64.self)
        { count += 8 }
        while count < limit, one[count] == other[count] { count += 1 }
        return count
    }

    private static func sharedSuffix(
        _ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer, atMost limit: Int
    ) -> Int {
        var count = 0
        while count + 8 <= limit,
            one.loadUnaligned(fromByteOffset: one.count - count - 8, as: UInt64.self)
                == other.loadUnaligned(fromByteOffset: other.count - count - 8, as: UInt64.self)
        { count += 8 }
        while count < limit, one[one.count - count - 1] == other[other.count - count - 1] { count += 1 }
        return count
    }
}
