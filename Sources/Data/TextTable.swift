/// Counts how often each text occurs while they come: an open-addressed table. Entries keep the order of first coming.
struct TextTable: Sendable {
    private var entries: [Entry] = []
    private(set) var arena = TextArena()
    /// 32 bits of hash above the number of the entry plus one; 0 is free.
    private var slots: [UInt64]

    struct Entry: Sendable {
        let place: TextArena.Place
        var count: Int
    }

    init(capacity: Int = 16) {
        var count = 32
        while count < capacity * 2 { count *= 2 }
        slots = [UInt64](repeating: 0, count: count)
    }

    /// How many different texts there are.
    var distinct: Int { entries.count }

    func count(at index: Int) -> Int { entries[index].count }

    func place(at index: Int) -> TextArena.Place { entries[index].place }

    func withBytes<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        arena.withBytes(entries[index].place, body)
    }

    /// Adds a text with its `StableHash`, as often as `times` says.
    @inline(__always)
    mutating func add(_ bytes: UnsafeRawBufferPointer, hash: UInt64, times: Int = 1) {
        if bytes.count > TextArena.longest { return addLong(bytes, hash: hash, times: times) }
        let tag = hash >> 32
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: tag) & mask
        while slots[slot] != 0 {
            if slots[slot] >> 32 == tag {
                let index = Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) &- 1
                if arena.isEqual(entries[index].place, bytes) {
                    entries[index].count &+= times
                    return
                }
            }
            slot = (slot &+ 1) & mask
        }
        insert(bytes, tag: tag, slot: slot, times: times)
    }

    /// The entries whose count is more than `amount`, lowered by it.
    func lowered(by amount: Int) -> TextTable {
        var result = TextTable(capacity: distinct)
        for entry in entries where entry.count > amount {
            arena.withBytes(entry.place) { result.add($0, hash: StableHash.of($0), times: entry.count - amount) }
        }
        return result
    }

    @inline(never)
    private mutating func insert(_ bytes: UnsafeRawBufferPointer, tag: UInt64, slot: Int, times: Int) {
        entries.append(Entry(place: arena.append(bytes), count: times))
        slots[slot] = tag << 32 | UInt64(entries.count)
        if entries.count &* 2 > slots.count { grow() }
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
        TextArena.shortened(bytes, hash).withUnsafeBytes { add($0, hash: StableHash.of($0), times: times) }
    }
}
