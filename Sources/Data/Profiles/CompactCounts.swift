/// Counts in order, of which most are small: a byte each, so that those of a million categories are a million bytes.
struct CompactCounts: Hashable, Sendable, Sequence {
    /// 255 stands for the next of `large`.
    private var small: [UInt8] = []
    private var large: [Int] = []

    init() {}

    init(_ counts: [Int]) {
        for count in counts { append(count) }
    }

    var count: Int { small.count }

    @inline(__always)
    mutating func append(_ count: Int) {
        if count < 255 {
            small.append(UInt8(truncatingIfNeeded: count))
        } else {
            small.append(255)
            large.append(count)
        }
    }

    func makeIterator() -> Iterator { Iterator(small: small.makeIterator(), large: large.makeIterator()) }

    struct Iterator: IteratorProtocol {
        fileprivate var small: Array<UInt8>.Iterator
        fileprivate var large: Array<Int>.Iterator

        @inline(__always)
        mutating func next() -> Int? {
            guard let count = small.next() else { return nil }
            return count < 255 ? Int(count) : large.next()
        }
    }
}
