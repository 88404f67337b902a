/// What is kept of texts that are too many to count: the frequent ones, the number of different ones, and their lengths.
struct TextSketch: Sendable {
    private(set) var frequent = HeavyHitters()
    private(set) var distinct = HyperLogLog()
    private(set) var lengths = TextLengths()

    init(_ log: TextLog) {
        lengths = log.lengths
        for entry in log.chunks.joined() {
            log.arena.withBytes(entry.place) { count($0, hash: entry.hash, times: log.count(entry)) }
        }
    }

    init(_ counts: TextCounts) {
        lengths = counts.lengths
        for index in 0..<counts.distinct {
            counts.withBytes(at: index) { count($0, hash: counts.hash(at: index), times: counts.count(at: index)) }
        }
    }

    /// Adds the texts at `spans` of `block`.
    mutating func add(_ spans: UnsafeBufferPointer<TextSpan>, of block: UnsafeRawBufferPointer) {
        for span in spans {
            let bytes = span.bytes(in: block)
            lengths.add(bytes)
            if bytes.count <= TextArena.longest {
                count(bytes, hash: span.hash, times: 1)
            } else {
                // As texts are known that came before the sketch.
                TextArena.shortened(bytes, span.hash).withUnsafeBytes { count($0, hash: StableHash.of($0), times: 1) }
            }
        }
    }

    @inline(__always)
    private mutating func count(_ bytes: UnsafeRawBufferPointer, hash: UInt64, times: Int) {
        frequent.add(bytes, hash: hash, times: times)
        distinct.add(hash: hash)
    }

    mutating func merge(_ other: TextSketch) {
        frequent.merge(other.frequent)
        distinct.merge(other.distinct)
        lengths.merge(other.lengths)
    }
}
