/// What is kept of texts that are too many to count: the frequent ones, the number of different ones, and their lengths.
struct TextSketch: Sendable {
    private(set) var frequent = HeavyHitters()
    private(set) var distinct = HyperLogLog()
    private(set) var lengths = TextLengths()

    init(_ counts: TextCounts) { add(counts) }

    @inline(__always)
    mutating func add(_ bytes: UnsafeRawBufferPointer, hash: UInt64, times: Int = 1) {
        frequent.add(bytes, hash: hash, times: times)
        distinct.add(hash: hash)
        lengths.add(bytes, times: times)
    }

    mutating func add(_ counts: TextCounts) {
        for index in 0..<counts.distinct {
            counts.withBytes(at: index) { add($0, hash: StableHash.of($0), times: counts.count(at: index)) }
        }
    }

    mutating func merge(_ other: TextSketch) {
        frequent.merge(other.frequent)
        distinct.merge(other.distinct)
        lengths.merge(other.lengths)
    }
}
