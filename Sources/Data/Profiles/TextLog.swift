/// Texts one after the other, with their hashes: cheaper than counting them where most are different.
struct TextLog: Sendable {
    struct Entry: Hashed, Sendable {
        let hash: UInt64
        let place: TextArena.Place
    }

    private static let chunkSize = 4096

    private(set) var arena = TextArena()
    private(set) var chunks: [[Entry]] = []
    private(set) var count = 0
    private(set) var lengths = TextLengths()

    /// How often a text of the table that was before occurs, where that is more than once.
    private var repeated: [TextArena.Place: Int] = [:]

    /// The last place of that table.
    private var lastOfTable: TextArena.Place?

    /// The first texts by bytes, gathered while the bytes are at hand.
    private(set) var smallest = SmallestTexts()

    init() {}

    /// Goes on from a table.
    init(_ table: TextTable) {
        arena = table.arena
        lastOfTable = table.distinct > 0 ? table.place(at: table.distinct - 1) : nil
        lengths = table.lengths
        makeRoom(for: table.distinct)
        for index in 0..<table.distinct {
            table.withBytes(at: index) { bytes in
                let entry = Entry(hash: StableHash.of(bytes), place: table.place(at: index))
                append(entry)
                smallest.offer(entry, bytes, arena)
            }
            if table.count(at: index) > 1 { repeated[table.place(at: index)] = table.count(at: index) }
        }
    }

    var heldBytes: Int { count == 0 ? 0 : count * MemoryLayout<Entry>.size + arena.bytes }

    /// How often the text of an entry came until its next entry.
    @inline(__always)
    func count(_ entry: Entry) -> Int {
        guard let lastOfTable, entry.place <= lastOfTable, !repeated.isEmpty else { return 1 }
        return repeated[entry.place] ?? 1
    }

    /// Adds the texts at `spans` of `block`.
    mutating func add(_ spans: UnsafeBufferPointer<TextSpan>, of block: UnsafeRawBufferPointer) {
        var total = 0
        var longest: UInt32 = 0
        for span in spans {
            total &+= Int(span.count)
            longest = max(longest, span.count)
        }
        if longest > TextArena.longest { return addLong(spans, of: block) }
        let (start, isASCII) = arena.append(spans, of: block, total: total)
        append(spans, from: start)
        var place = start
        for span in spans {
            let bytes = span.bytes(in: block)
            place = place.next(count: bytes.count)
            lengths.add(bytes, scalars: isASCII ? bytes.count : nil)
            smallest.offer(Entry(hash: span.hash, place: place), bytes, arena)
        }
    }

    private mutating func addLong(_ spans: UnsafeBufferPointer<TextSpan>, of block: UnsafeRawBufferPointer) {
        for span in spans {
            let bytes = span.bytes(in: block)
            lengths.add(bytes, scalars: span.scalars)
            if bytes.count <= TextArena.longest {
                addAlone(bytes, hash: span.hash)
            } else {
                TextArena.shortened(bytes, span.hash).withUnsafeBytes { addAlone($0, hash: StableHash.of($0)) }
            }
        }
    }

    private mutating func addAlone(_ bytes: UnsafeRawBufferPointer, hash: UInt64) {
        let entry = Entry(hash: hash, place: arena.append(bytes))
        makeRoom(for: 1)
        append(entry)
        smallest.offer(entry, bytes, arena)
    }

    private mutating func append(_ entry: Entry) {
        chunks[chunks.count - 1].append(entry)
    }

    /// Adds the entries of texts that stand one after the other behind a place.
    private mutating func append(_ spans: UnsafeBufferPointer<TextSpan>, from start: TextArena.Place) {
        makeRoom(for: spans.count)
        var place = start
        chunks[chunks.count - 1].append(addingCapacity: spans.count) { output in
            for span in spans {
                place = place.next(count: Int(span.count))
                output.append(Entry(hash: span.hash, place: place))
            }
        }
    }

    /// Makes a chunk with room for some more entries the last.
    private mutating func makeRoom(for new: Int) {
        count += new
        if let last = chunks.last, last.capacity - last.count >= new { return }
        var chunk: [Entry] = []
        chunk.reserveCapacity(max(new, Self.chunkSize))
        chunks.append(chunk)
    }

    /// By rising hash; takes the entries out.
    mutating func sorted() -> [Entry] { HashSort.sorted(&chunks, count: count) }
}
