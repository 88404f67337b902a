/// Counts how often each text occurs: an open-addressed table over one arena of bytes.
///
/// Entries keep the order in which they came first. A text longer than `longest` bytes is kept as its first 224 bytes and
/// a hash of all, so that columns of documents stay small.
public struct TextCounts: Sendable {
    public static let longest = 256

    /// Where the text of each entry ends in `arena`.
    private var ends: [Int] = []
    private var counts: [Int] = []
    private var arena: [UInt8] = []
    /// 32 bits of hash above the number of the entry plus one; 0 is free.
    private var slots: [UInt64]

    public init(capacity: Int = 16) {
        slots = [UInt64](repeating: 0, count: Self.slotCount(for: capacity))
    }

    /// How many different texts there are.
    public var distinct: Int { counts.count }

    /// How many texts were added.
    public var total: Int { counts.reduce(0, +) }

    public func count(at index: Int) -> Int { counts[index] }

    public func withBytes<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let start = index == 0 ? 0 : ends[index - 1]
        return arena.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<ends[index]])) }
    }

    public func text(at index: Int) -> String { withBytes(at: index) { String(decoding: $0, as: UTF8.self) } }

    /// How often `bytes` came.
    public func count(of bytes: UnsafeRawBufferPointer) -> Int {
        find(bytes, hash: StableHash.of(bytes)).map { counts[$0] } ?? 0
    }

    /// Adds a text with its `StableHash`, as often as `times` says.
    @inline(__always)
    public mutating func add(_ bytes: UnsafeRawBufferPointer, hash: UInt64, times: Int = 1) {
        if bytes.count > Self.longest { return addLong(bytes, hash: hash, times: times) }
        let tag = hash >> 32
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: tag) & mask
        while slots[slot] != 0 {
            if slots[slot] >> 32 == tag {
                let index = Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) &- 1
                if isEqual(index, bytes) {
                    counts[index] &+= times
                    return
                }
            }
            slot = (slot &+ 1) & mask
        }
        insert(bytes, tag: tag, slot: slot, times: times)
    }

    public mutating func merge(_ other: TextCounts) {
        for index in 0..<other.distinct {
            other.withBytes(at: index) { add($0, hash: StableHash.of($0), times: other.counts[index]) }
        }
    }

    /// The entries that `keep` maps to a positive count, with that count.
    func filtered(_ keep: (Int) -> Int) -> TextCounts {
        var result = TextCounts(capacity: distinct)
        for index in 0..<distinct {
            let count = keep(counts[index])
            if count > 0 { withBytes(at: index) { result.add($0, hash: StableHash.of($0), times: count) } }
        }
        return result
    }
}

extension TextCounts {
    private static func slotCount(for capacity: Int) -> Int {
        var slots = 16
        while slots < capacity * 2 { slots *= 2 }
        return slots
    }

    @inline(__always)
    private func isEqual(_ index: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        let start = index == 0 ? 0 : ends[index &- 1]
        guard ends[index] &- start == bytes.count else { return false }
        return arena.withUnsafeBytes { arena in
            for offset in 0..<bytes.count where arena[start &+ offset] != bytes[offset] { return false }
            return true
        }
    }

    private func find(_ bytes: UnsafeRawBufferPointer, hash: UInt64) -> Int? {
        if bytes.count > Self.longest {
            return Self.shortened(bytes, hash).withUnsafeBytes { find($0, hash: StableHash.of($0)) }
        }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash >> 32) & mask
        while slots[slot] != 0 {
            let index = Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) - 1
            if slots[slot] >> 32 == hash >> 32, isEqual(index, bytes) { return index }
            slot = (slot + 1) & mask
        }
        return nil
    }

    @inline(never)
    private mutating func insert(_ bytes: UnsafeRawBufferPointer, tag: UInt64, slot: Int, times: Int) {
        arena.append(contentsOf: bytes)
        ends.append(arena.count)
        counts.append(times)
        slots[slot] = tag << 32 | UInt64(counts.count)
        if counts.count &* 2 > slots.count { grow() }
    }

    private mutating func grow() {
        var larger = [UInt64](repeating: 0, count: slots.count * 2)
        let mask = larger.count - 1
        for entry in slots where entry != 0 {
            var slot = Int(truncatingIfNeeded: entry >> 32) & mask
            while larger[slot] != 0 { slot = (slot + 1) & mask }
            larger[slot] = entry
        }
        slots = larger
    }

    @inline(never)
    private mutating func addLong(_ bytes: UnsafeRawBufferPointer, hash: UInt64, times: Int) {
        Self.shortened(bytes, hash).withUnsafeBytes { add($0, hash: StableHash.of($0), times: times) }
    }

    /// At most 224 bytes of whole characters, an ellipsis and the hash.
    private static func shortened(_ bytes: UnsafeRawBufferPointer, _ hash: UInt64) -> [UInt8] {
        var end = 224
        while end > 220, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(bytes[..<end]) + Array("…#\(String(hash, radix: 16))".utf8)
    }
}
