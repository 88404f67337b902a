/// What is kept of texts that are too many to count: the frequent ones, the number of different ones, and their lengths.
struct TextSketch: Sendable {
    private(set) var frequent = HeavyHitters()
    private(set) var distinct = HyperLogLog()
    private(set) var lengths = TextLengths()

    init(_ log: TextLog) {
        for entry in log.chunks.joined() {
            log.arena.withBytes(entry.place) { add($0, hash: entry.hash, times: log.count(entry)) }
        }
    }

    init(_ counts: TextCounts) { add(counts) }

    /// Adds the texts at `spans` of `block`.
    mutating func add(_ spans: UnsafeBufferPointer<TextSpan>, of block: UnsafeRawBufferPointer) {
        for span in spans { add(span.bytes(in: block), hash: span.hash) }
    }

    @inline(__always)
    mutating func add(_ bytes: UnsafeRawBufferPointer, hash: UInt64, times: Int = 1) {
        frequent.add(bytes, hash: hash, times: times)
        distinct.add(hash: hash)
        lengths.add(bytes, times: times)
    }

    mutating func add(_ counts: TextCounts) {
        for index in 0..<counts.distinct {
            counts.withBytes(at: index) { add($0, hash: counts.hash(at: index), times: counts.count(at: index)) }
        }
    }

    mutating func merge(_ other: TextSketch) {
        frequent.merge(other.frequent)
        distinct.merge(other.distinct)
        lengths.merge(other.lengths)
    }
}
