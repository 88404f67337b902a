import Domain
import Glibc

/// Different texts, each with the line where it came first: an open-addressed table.
///
/// Its hashes differ from process to process, so that nobody can choose texts which all have one. What it answers does not.
struct KeyTable {
    struct Entry: Hashed {
        let hash: UInt64
        let line: Int
        let start: UInt32

        /// Of the text itself, also where it is kept shortened.
        let count: UInt32

        var keptCount: Int { min(Int(count), KeyTable.longest) }
    }

    /// Of a longer text its beginning and its SHA-256 are kept, which together are as long.
    static let longest = 1024

    /// What an entry takes beside its text.
    static let overhead = 48

    private(set) var bytes: [UInt8] = []
    private var entries: [Entry] = []

    /// 32 bits of hash above the number of the entry plus one; 0 is free.
    private var slots = [UInt64](repeating: 0, count: 64)

    var count: Int { entries.count }

    /// False where the text was there already. `line` is asked for where it was not.
    mutating func insert(_ text: UnsafeRawBufferPointer, line: () -> Int) -> Bool {
        if text.count > Self.longest {
            return Self.shortened(text).withUnsafeBytes { insert($0, of: text.count, line) }
        }
        return insert(text, of: text.count, line)
    }

    private mutating func insert(_ kept: UnsafeRawBufferPointer, of count: Int, _ line: () -> Int) -> Bool {
        var hasher = Hasher()
        hasher.combine(bytes: kept)
        let hash = UInt64(bitPattern: Int64(hasher.finalize()))
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            if slots[slot] >> 32 == hash >> 32, isSame(Int(slots[slot] & 0xFFFF_FFFF) - 1, hash, count, kept) {
                return false
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        entries.append(
            Entry(
                hash: hash, line: line(), start: UInt32(truncatingIfNeeded: bytes.count),
                count: UInt32(truncatingIfNeeded: count)))
        bytes.append(contentsOf: kept)
        slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(entries.count)
        if entries.count * 4 > slots.count * 3 { grow() }
        return true
    }

    private func isSame(_ index: Int, _ hash: UInt64, _ count: Int, _ kept: UnsafeRawBufferPointer) -> Bool {
        let entry = entries[index]
        return entry.hash == hash && Int(entry.count) == count
            && withText(of: entry) { text in
                guard let one = text.baseAddress, let other = kept.baseAddress else { return true }
                return memcmp(one, other, kept.count) == 0
            }
    }

    func withText<Result>(of entry: Entry, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[Int(entry.start)..<(Int(entry.start) + entry.keptCount)]))
        }
    }

    private mutating func grow() {
        slots = [UInt64](repeating: 0, count: slots.count * 2)
        for (index, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = entry.hash & 0xFFFF_FFFF_0000_0000 | UInt64(index + 1)
        }
    }

    private static func shortened(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        let digest = SHA256.digest(of: text).bytes
        return Array(text.prefix(longest - digest.count)) + digest
    }

    /// Takes the entries out, by hash, then by length, then by bytes; the bytes stay.
    mutating func sorted() -> [Entry] {
        var chunks = [entries]
        let count = entries.count
        entries = []
        slots = []
        var sorted = HashSort.sorted(&chunks, count: count)
        for index in sorted.indices.dropFirst() where sorted[index].hash == sorted[index - 1].hash {
            var place = index
            while place > 0, precedes(sorted[place], sorted[place - 1]) {
                sorted.swapAt(place, place - 1)
                place -= 1
            }
        }
        return sorted
    }

    private func precedes(_ one: Entry, _ other: Entry) -> Bool {
        withText(of: one) { text in
            withText(of: other) { Self.precedes((one.hash, one.count, text), (other.hash, other.count, $0)) }
        }
    }

    /// The order of sorted parts.
    static func precedes(
        _ one: (hash: UInt64, count: UInt32, text: UnsafeRawBufferPointer),
        _ other: (hash: UInt64, count: UInt32, text: UnsafeRawBufferPointer)
    ) -> Bool {
        if one.hash != other.hash { return one.hash < other.hash }
        if one.count != other.count { return one.count < other.count }
        return TextArena.precedes(one.text, other.text)
    }
}
