/// How often each text occurs, in the order of their hashes, so that two columns are compared in one walk.
public struct TextCounts: Sendable {
    private var entries: [TextLog.Entry] = []

    /// Empty where every text occurs once.
    private var counts: [Int] = []
    private var arena = TextArena()

    /// Instead of `entries`, where the texts themselves are not known: enough to be walked along with counts that have them.
    private var hashes: [UInt64]?

    /// Of all texts, repeated ones as often as they occur.
    public private(set) var lengths = TextLengths()

    /// The first texts by bytes, where there are so many that they were gathered beforehand.
    private var smallest: [TextLog.Entry]?

    init() {}

    init(_ table: TextTable) {
        arena = table.arena
        lengths = table.lengths
        let keys = (0..<table.distinct).map { index in
            (hash: table.withBytes(at: index) { StableHash.of($0) }, index: index)
        }
        for key in keys.sorted(by: { ($0.hash, $0.index) < ($1.hash, $1.index) }) {
            let count = table.count(at: key.index)
            append(TextLog.Entry(hash: key.hash, place: table.place(at: key.index)), count)
        }
    }

    init(_ log: consuming HashLog) {
        lengths = log.lengths
        let counted = log.counted()
        hashes = counted.hashes
        counts = counted.counts
    }

    init(_ log: consuming TextLog) {
        arena = log.arena
        lengths = log.lengths
        smallest = log.smallest.sorted(log.arena)
        entries = log.sorted()
        var kept = 0
        for index in entries.indices {
            let entry = entries[index]
            let count = log.count(entry)
            let same = self.index(of: entry, amongFirst: kept)
            if same != nil || count > 1, counts.isEmpty {
                counts.reserveCapacity(entries.count)
                counts.append(contentsOf: repeatElement(1, count: kept))
            }
            if let same {
                counts[same] += count
            } else {
                if count > 1 || !counts.isEmpty { counts.append(count) }
                entries[kept] = entry
                kept += 1
            }
        }
        entries.removeLast(entries.count - kept)
    }

    /// False where only their hashes are known.
    var hasTexts: Bool { hashes == nil }

    /// How many different texts there are.
    public var distinct: Int { hashes?.count ?? entries.count }

    public func count(at index: Int) -> Int { counts.isEmpty ? 1 : counts[index] }

    /// How often the rarest came; 1 where there is none.
    var least: Int { distinct == 0 ? 1 : counts.min() ?? 1 }

    /// Hands out a text; an empty one where only its hash is known.
    public func withBytes<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        hashes == nil ? arena.withBytes(entries[index].place, body) : body(UnsafeRawBufferPointer(start: nil, count: 0))
    }

    public func text(at index: Int) -> String { withBytes(at: index) { String(decoding: $0, as: UTF8.self) } }

    @inline(__always)
    func hash(at index: Int) -> UInt64 { hashes.map { $0[index] } ?? entries[index].hash }

    /// By bytes.
    func precedes(_ one: Int, _ other: Int) -> Bool { arena.precedes(entries[one].place, entries[other].place) }

    /// How often `bytes` came.
    public func count(of bytes: UnsafeRawBufferPointer) -> Int {
        if bytes.count > TextArena.longest {
            return TextArena.shortened(bytes, StableHash.of(bytes)).withUnsafeBytes { count(of: $0) }
        }
        return index(of: bytes, hash: StableHash.of(bytes)).map { count(at: $0) } ?? 0
    }

    /// Those that may be among the heaviest: all that occur more than once, and the first of the others by bytes.
    var candidates: [Int] {
        guard let smallest else { return Array(0..<distinct) }
        let repeated = counts.indices.filter { counts[$0] > 1 }
        let first = smallest.compactMap { entry in arena.withBytes(entry.place) { index(of: $0, hash: entry.hash) } }
        return repeated + first.filter { count(at: $0) == 1 }
    }

    /// Those of `indices`, which ascend, that may be among the `limit` heaviest of these.
    func candidates(among indices: [Int], limit: Int) -> [Int] {
        guard smallest != nil else { return indices }
        func isAmong(_ index: Int) -> Bool {
            let place = indices.partitioningIndex { $0 >= index }
            return place < indices.count && indices[place] == index
        }
        // Whatever occurs once and is not gathered comes after all that is.
        let few = candidates.filter(isAmong)
        return few.count < min(limit, indices.count) ? indices : few
    }

    /// The texts of both.
    func merged(with other: TextCounts) -> TextCounts {
        var merged = TextCounts()
        merged.arena = arena
        merged.arena.append(other.arena)
        merged.lengths = lengths
        merged.lengths.merge(other.lengths)
        merged.entries.reserveCapacity(max(distinct, other.distinct))
        walk(other) { mine, theirs in
            if let mine {
                merged.append(entries[mine], count(at: mine) + (theirs.map { other.count(at: $0) } ?? 0))
            } else if let theirs {
                merged.append(moved(other.entries[theirs]), other.count(at: theirs))
            }
        }
        if smallest != nil || other.smallest != nil {
            var first = SmallestTexts()
            for entry in (smallest ?? entries) + (other.smallest ?? other.entries).map(moved) {
                merged.arena.withBytes(entry.place) { first.offer(entry, $0, merged.arena) }
            }
            merged.smallest = first.sorted(merged.arena)
        }
        return merged
    }

    /// Hands out the entries of each text that either has, in the order of hashes.
    func walk(_ other: TextCounts, _ body: (Int?, Int?) -> Void) {
        var (i, j) = (0, 0)
        while i < distinct || j < other.distinct {
            if j == other.distinct || i < distinct && hash(at: i) < other.hash(at: j) {
                body(i, nil)
                i += 1
            } else if i == distinct || other.hash(at: j) < hash(at: i) {
                body(nil, j)
                j += 1
            } else if hashes != nil || other.hashes != nil
                || withBytes(at: i, { other.arena.isEqual(other.entries[j].place, $0) })
            {
                body(i, j)
                (i, j) = (i + 1, j + 1)
            } else {
                walkCollision(other, &i, &j, body)
            }
        }
    }
}

extension TextCounts {
    /// Different texts with one hash, which hardly ever happens.
    private func walkCollision(_ other: TextCounts, _ i: inout Int, _ j: inout Int, _ body: (Int?, Int?) -> Void) {
        let hash = entries[i].hash
        var left: [Int] = []
        while j < other.distinct, other.entries[j].hash == hash {
            left.append(j)
            j += 1
        }
        while i < distinct, entries[i].hash == hash {
            let partner = left.firstIndex { index in
                withBytes(at: i) { other.arena.isEqual(other.entries[index].place, $0) }
            }
            body(i, partner.map { left.remove(at: $0) })
            i += 1
        }
        for index in left { body(nil, index) }
    }

    /// An entry of another arena, once that has been appended to this one.
    private func moved(_ entry: TextLog.Entry) -> TextLog.Entry {
        TextLog.Entry(hash: entry.hash, place: entry.place.moved(by: arena.chunkCount))
    }

    private mutating func append(_ entry: TextLog.Entry, _ count: Int) {
        if count != 1 { spellOutCounts() }
        entries.append(entry)
        if !counts.isEmpty || count != 1 { counts.append(count) }
    }

    private mutating func spellOutCounts() {
        if counts.isEmpty { counts = [Int](repeating: 1, count: entries.count) }
    }

    /// Among entries of which the last have the greatest hash.
    @inline(__always)
    private func index(of entry: TextLog.Entry, amongFirst kept: Int) -> Int? {
        var index = kept - 1
        while index >= 0, entries[index].hash == entry.hash {
            if arena.areEqual(entries[index].place, entry.place) { return index }
            index -= 1
        }
        return nil
    }

    private func index(of bytes: UnsafeRawBufferPointer, hash: UInt64) -> Int? {
        var low = entries.partitioningIndex { $0.hash >= hash }
        while low < entries.count, entries[low].hash == hash {
            if arena.isEqual(entries[low].place, bytes) { return low }
            low += 1
        }
        return nil
    }
}

extension Array {
    /// Where the elements begin for which `belongsAfter` holds; it must hold for all behind one for which it does.
    fileprivate func partitioningIndex(_ belongsAfter: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongsAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
