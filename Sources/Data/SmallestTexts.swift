import Glibc

/// The first different texts by bytes of all that come.
///
/// Where a million texts occur once each, the listed ones are among these: finding them later would look up every text.
struct SmallestTexts: Sendable {
    static let limit = ColumnProfile.listed

    private var candidates: [TextLog.Entry] = []

    /// The last of `limit` texts: what is not before it is none of them. Empty until there are so many.
    private var bound: [UInt8] = []

    /// Its first eight bytes, which order as the texts do, and the next eight.
    private var boundStart = UInt64.max
    private var boundNext = UInt64.max

    @inline(__always)
    mutating func offer(_ entry: TextLog.Entry, _ bytes: UnsafeRawBufferPointer, _ arena: TextArena) {
        if bytes.count >= 8 {
            let start = bytes.loadUnaligned(as: UInt64.self).bigEndian
            if start > boundStart { return }
            if start == boundStart, bytes.count >= 16,
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian > boundNext
            {
                return
            }
        }
        if bound.isEmpty || isBelowBound(bytes) { take(entry, arena) }
    }

    /// At most `limit`, in the order of their bytes.
    func sorted(_ arena: TextArena) -> [TextLog.Entry] {
        var copy = self
        copy.trim(arena)
        return copy.candidates
    }

    @inline(__always)
    private func isBelowBound(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bound.withUnsafeBytes { bound in TextArena.precedes(bytes, bound) }
    }

    @inline(never)
    private mutating func take(_ entry: TextLog.Entry, _ arena: TextArena) {
        candidates.append(entry)
        if candidates.count >= 4 * Self.limit { trim(arena) }
    }

    private mutating func trim(_ arena: TextArena) {
        candidates.sort { arena.precedes($0.place, $1.place) }
        var kept: [TextLog.Entry] = []
        for candidate in candidates where kept.count < Self.limit {
            if let last = kept.last, arena.areEqual(last.place, candidate.place) { continue }
            kept.append(candidate)
        }
        candidates = kept
        guard kept.count == Self.limit, let last = kept.last else { return }
        bound = arena.withBytes(last.place) { Array($0) }
        boundStart = word(ofBoundAt: 0)
        boundNext = word(ofBoundAt: 8)
    }

    private func word(ofBoundAt start: Int) -> UInt64 {
        (start..<(start + 8)).reduce(0) { $0 << 8 | ($1 < bound.count ? UInt64(bound[$1]) : 0) }
    }
}
