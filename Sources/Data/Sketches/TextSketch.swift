/// What is kept of texts that are too many to count: the frequent ones, the number of different ones, groups, and their lengths.
struct TextSketch: Sendable {
    private(set) var frequent = HeavyHitters()
    private(set) var distinct = HyperLogLog()
    private(set) var lengths = TextLengths()

    /// How many texts there are in each of `TextGroups`.
    private var groups = [Int](repeating: 0, count: TextGroups.count)

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
            lengths.add(bytes, scalars: span.scalars)
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
        groups[TextGroups.group(of: hash)] &+= times
    }

    /// How many texts there are in each group that `counts` lacks.
    func others(than counts: TextCounts) -> [Int] {
        var others = groups
        for index in 0..<counts.distinct {
            others[TextGroups.group(of: counts.hash(at: index))] -= counts.count(at: index)
        }
        return others
    }

    mutating func merge(_ other: TextSketch) {
        frequent.merge(other.frequent)
        distinct.merge(other.distinct)
        lengths.merge(other.lengths)
        for index in groups.indices { groups[index] += other.groups[index] }
    }
}
