/// The hashes of texts one after the other: a third of a `TextLog`'s memory and less, where no text will be shown.
///
/// Among two million texts, the chance that two different ones have the same 64-bit hash is one in ten million.
struct HashLog: Sendable {
    private var chunks: [[UInt64]] = []
    private(set) var count = 0
    private(set) var lengths = TextLengths()

    /// How often more than once a text of the table that was before occurs.
    private var repeated: [UInt64: Int] = [:]

    init() {}

    /// Goes on from a table.
    init(_ table: TextTable) {
        var hashes: [UInt64] = []
        lengths = table.lengths
        for index in 0..<table.distinct {
            table.withBytes(at: index) { bytes in
                hashes.append(StableHash.of(bytes))
            }
            if table.count(at: index) > 1 { repeated[hashes[index], default: 0] += table.count(at: index) - 1 }
        }
        count = hashes.count
        chunks = [hashes]
    }

    var heldBytes: Int { count * MemoryLayout<UInt64>.size }

    /// Adds the texts at `spans` of `block`.
    mutating func add(_ spans: UnsafeBufferPointer<TextSpan>, of block: UnsafeRawBufferPointer) {
        var hashes: [UInt64] = []
        hashes.reserveCapacity(spans.count)
        for span in spans {
            let bytes = span.bytes(in: block)
            hashes.append(bytes.count <= TextArena.longest ? span.hash : Self.hash(ofLong: bytes, span.hash))
            lengths.add(bytes, scalars: span.scalars)
        }
        count += hashes.count
        chunks.append(hashes)
    }

    private static func hash(ofLong bytes: UnsafeRawBufferPointer, _ hash: UInt64) -> UInt64 {
        TextArena.shortened(bytes, hash).withUnsafeBytes { StableHash.of($0) }
    }

    /// Each different hash, ascending, with how often it came; takes them out.
    mutating func counted() -> (hashes: [UInt64], counts: [Int]) {
        var hashes = HashSort.sorted(&chunks, count: count)
        var counts: [Int] = []
        var kept = 0
        for index in hashes.indices {
            let hash = hashes[index]
            if kept > 0, hashes[kept - 1] == hash {
                if counts.isEmpty {
                    counts.reserveCapacity(hashes.count)
                    counts.append(contentsOf: repeatElement(1, count: kept))
                }
                counts[kept - 1] += 1
                continue
            }
            hashes[kept] = hash
            kept += 1
            if !counts.isEmpty { counts.append(1) }
        }
        hashes.removeLast(hashes.count - kept)
        if repeated.isEmpty { return (hashes, counts) }
        if counts.isEmpty { counts = [Int](repeating: 1, count: kept) }
        for index in hashes.indices { counts[index] += repeated[hashes[index]] ?? 0 }
        return (hashes, counts)
    }
}

extension UInt64: Hashed {
    /// It is one.
    var hash: UInt64 { self }
}
