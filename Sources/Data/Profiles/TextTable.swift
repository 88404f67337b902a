/// Counts how often each text occurs while they come: an open-addressed table. Entries keep the order of first coming.
struct TextTable: Sendable {
    private var entries: [Entry] = []
    private(set) var arena = TextArena()
    /// 32 bits of hash above the number of the entry plus one; 0 is free.
    private var slots: [UInt64]

    /// How often the text of an entry came as a longer one that was shortened to it.
    private var shortened: [Int: Int] = [:]

    /// Of those, before they were.
    private var shortenedLengths = TextLengths()

    struct Entry: Sendable {
        let place: TextArena.Place
        var count: Int

        /// The text itself where it has at most eight bytes.
        let word: UInt64
    }

    init(capacity: Int = 16) {
        var count = 32
        while count < capacity * 2 { count *= 2 }
        slots = [UInt64](repeating: 0, count: count)
    }

    /// How many different texts there are.
    var distinct: Int { entries.count }

    func count(at index: Int) -> Int { entries[index].count }

    /// Of all texts as they came, repeated ones as often as they did.
    var lengths: TextLengths {
        var lengths = shortenedLengths
        for index in entries.indices {
            let times = entries[index].count - (shortened.isEmpty ? 0 : shortened[index] ?? 0)
            if times > 0 { withBytes(at: index) { lengths.add($0, times: times) } }
        }
        return lengths
    }

    func place(at index: Int) -> TextArena.Place { entries[index].place }

    func withBytes<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        arena.withBytes(entries[index].place, body)
    }

    /// Adds a text with its `StableHash`, as often as `times` says, of so many `scalars` where they are known.
    @inline(__always)
    mutating func add(_ bytes: UnsafeRawBufferPointer, hash: UInt64, times: Int = 1, scalars: Int? = nil) {
        if bytes.count > TextArena.longest { return addLong(bytes, hash: hash, times: times, scalars: scalars) }
        let word = StableHash.word(of: bytes)
        let found = slots.withUnsafeBufferPointer { slots in
            entries.withUnsafeBufferPointer { Self.find(bytes, hash >> 32, word, slots, $0, arena) }
        }
        if found.entry >= 0 {
            entries[found.entry].count &+= times
        } else {
            insert(bytes, tag: hash >> 32, slot: found.slot, word: word, times: times)
        }
    }

    /// Adds the texts at `spans` of `block`.
    mutating func add(_ spans: UnsafeBufferPointer<TextSpan>, of block: UnsafeRawBufferPointer) {
        var index = 0
        while index < spans.count {
            index = addKnown(spans, from: index, of: block)
            if index == spans.count { return }
            add(spans[index].bytes(in: block), hash: spans[index].hash, scalars: spans[index].scalars)
            index += 1
        }
    }

    /// Adds texts up to the first that is new or long, and returns its index.
    private mutating func addKnown(
        _ spans: UnsafeBufferPointer<TextSpan>, from start: Int, of block: UnsafeRawBufferPointer
    ) -> Int {
        let arena = arena
        return slots.withUnsafeBufferPointer { slots in
            entries.withUnsafeMutableBufferPointer { entries in
                for index in start..<spans.count {
                    let span = spans[index]
                    if span.count > TextArena.longest { return index }
                    let found = Self.find(
                        span.bytes(in: block), span.hash >> 32, span.word, slots, UnsafeBufferPointer(entries), arena)
                    if found.entry < 0 { return index }
                    entries[found.entry].count &+= 1
                }
                return spans.count
            }
        }
    }

    /// The number of a text's entry, or -1 and the slot where it would go.
    @inline(__always)
    private static func find(
        _ bytes: UnsafeRawBufferPointer, _ tag: UInt64, _ word: UInt64, _ slots: UnsafeBufferPointer<UInt64>,
        _ entries: UnsafeBufferPointer<Entry>, _ arena: borrowing TextArena
    ) -> (entry: Int, slot: Int) {
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: tag) & mask
        while slots[slot] != 0 {
            if slots[slot] >> 32 == tag {
                let index = Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) &- 1
                let entry = entries[index]
                if entry.word == word, entry.place.count == bytes.count,
                    bytes.count <= 8 || arena.isEqual(entry.place, bytes)
                {
                    return (index, slot)
                }
            }
            slot = (slot &+ 1) & mask
        }
        return (-1, slot)
    }

    @inline(never)
    private mutating func insert(
        _ bytes: UnsafeRawBufferPointer, tag: UInt64, slot: Int, word: UInt64, times: Int
    ) {
        entries.append(Entry(place: arena.append(bytes), count: times, word: word))
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
    private mutating func addLong(_ bytes: UnsafeRawBufferPointer, hash: UInt64, times: Int, scalars: Int?) {
        shortenedLengths.add(bytes, times: times, scalars: scalars)
        TextArena.shortened(bytes, hash).withUnsafeBytes { short in
            let tag = StableHash.of(short) >> 32
            let found = slots.withUnsafeBufferPointer { slots in
                entries.withUnsafeBufferPointer { Self.find(short, tag, 0, slots, $0, arena) }
            }
            let entry = found.entry >= 0 ? found.entry : entries.count
            if found.entry >= 0 {
                entries[entry].count &+= times
            } else {
                insert(short, tag: tag, slot: found.slot, word: 0, times: times)
            }
            shortened[entry, default: 0] += times
        }
    }
}
