import Glibc

/// The first different texts by bytes of all that come.
///
/// Where a million texts occur once each, the listed ones are among these: finding them later would look up every text.
struct SmallestTexts: Sendable {
    static let limit = ColumnProfile.listed

    /// A text with its first eight bytes, which order as the texts do.
    private struct Candidate {
        let start: UInt64
        let entry: TextLog.Entry
    }

    private var candidates: [Candidate] = []

    /// The last of `limit` texts: what is not before it is none of them. Empty until there are so many.
    private var bound: [UInt8] = []

    /// Its first eight bytes, and the next eight.
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
        if bound.isEmpty || isBelowBound(bytes) { take(entry, bytes, arena) }
    }

    /// At most `limit`, in the order of their bytes.
    func sorted(_ arena: TextArena) -> [TextLog.Entry] {
        var copy = self
        copy.trim(arena)
        return copy.candidates.map(\.entry)
    }

    @inline(__always)
    private func isBelowBound(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bound.withUnsafeBytes { bound in TextArena.precedes(bytes, bound) }
    }

    @inline(never)
    private mutating func take(_ entry: TextLog.Entry, _ bytes: UnsafeRawBufferPointer, _ arena: TextArena) {
        candidates.append(Candidate(start: Self.word(of: bytes, at: 0), entry: entry))
        if candidates.count >= 4 * Self.limit { trim(arena) }
    }

    private mutating func trim(_ arena: TextArena) {
        candidates.sort { one, other in
            one.start != other.start ? one.start < other.start : arena.precedes(one.entry.place, other.entry.place)
        }
        var kept: [Candidate] = []
        for candidate in candidates where kept.count < Self.limit {
            if let last = kept.last, last.start == candidate.start,
                arena.areEqual(last.entry.place, candidate.entry.place)
            {
                continue
            }
            kept.append(candidate)
        }
        candidates = kept
        guard kept.count == Self.limit, let last = kept.last else { return }
        arena.withBytes(last.entry.place) { bytes in
            bound = Array(bytes)
            boundStart = Self.word(of: bytes, at: 0)
            boundNext = Self.word(of: bytes, at: 8)
        }
    }

    /// Eight bytes of a text, and zeros behind its end.
    private static func word(of bytes: UnsafeRawBufferPointer, at start: Int) -> UInt64 {
        (start..<(start + 8)).reduce(0) { $0 << 8 | ($1 < bytes.count ? UInt64(bytes[$1]) : 0) }
    }
}
