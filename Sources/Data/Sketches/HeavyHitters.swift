import Domain

/// Finds every text that makes up more than a 1024th of a stream, in bounded memory (Misra, Gries 1982).
///
/// When the table is full, all counts are lowered by their median and what falls to zero goes. A count is therefore too low
/// by at most `uncertainty`, itself at most a 2048th of all. Texts are told apart by their 64-bit hashes, and once counts
/// have been lowered, only texts that came twice keep their bytes: among a million different ones most are never looked at
/// again. Sketches merge; the same texts in the same order give the same one.
struct HeavyHitters: Sendable {
    private static let capacity = 4096

    private struct Slot {
        var hash: UInt64 = 0

        /// 0 where the slot is free.
        var count = 0

        /// Where its bytes stand in `places`, -1 where they were not kept.
        var text: Int32 = -1
    }

    private var slots = [Slot](repeating: Slot(), count: capacity * 2)
    private var used = 0
    private var arena = TextArena()
    private var places: [TextArena.Place] = []
    private(set) var uncertainty = 0

    /// Those whose bytes were kept.
    var entries: TextTable {
        var table = TextTable(capacity: used)
        for slot in slots where slot.text >= 0 {
            arena.withBytes(places[Int(slot.text)]) { table.add($0, hash: StableHash.of($0), times: slot.count) }
        }
        return table
    }

    /// The most that a text which is not among `entries` may have come.
    var mostUnlisted: Int { uncertainty + (slots.lazy.filter { $0.text < 0 }.map(\.count).max() ?? 0) }

    @inline(__always)
    mutating func add(_ bytes: UnsafeRawBufferPointer, hash: UInt64, times: Int = 1) {
        let place = place(of: hash)
        if slots[place].count == 0 {
            slots[place].hash = hash
            slots[place].count = times
            if uncertainty == 0 || times > 1 { slots[place].text = keep(bytes, hash) }
            used &+= 1
            if used > Self.capacity { lower() }
        } else {
            slots[place].count &+= times
            if slots[place].text < 0 { slots[place].text = keep(bytes, hash) }
        }
    }

    mutating func merge(_ other: HeavyHitters) {
        uncertainty += other.uncertainty
        for slot in other.slots where slot.count > 0 {
            if slot.text >= 0 {
                other.arena.withBytes(other.places[Int(slot.text)]) { add($0, hash: slot.hash, times: slot.count) }
            } else {
                add(hash: slot.hash, times: slot.count)
            }
        }
    }

    /// Adds a text whose bytes are gone: it came once since counts were lowered last.
    private mutating func add(hash: UInt64, times: Int) {
        let place = place(of: hash)
        if slots[place].count == 0 { used += 1 }
        slots[place].hash = hash
        slots[place].count += times
        if used > Self.capacity { lower() }
    }

    /// The slot of `hash`, or the free one where it would go.
    @inline(__always)
    private func place(of hash: UInt64) -> Int {
        slots.withUnsafeBufferPointer { slots in
            var place = Int(truncatingIfNeeded: hash) & (slots.count &- 1)
            while slots[place].count > 0, slots[place].hash != hash { place = (place &+ 1) & (slots.count &- 1) }
            return place
        }
    }

    @inline(never)
    private mutating func keep(_ bytes: UnsafeRawBufferPointer, _ hash: UInt64) -> Int32 {
        places.append(
            bytes.count <= TextArena.longest
                ? arena.append(bytes)
                : TextArena.shortened(bytes, hash).withUnsafeBytes { arena.append($0) })
        return Int32(places.count - 1)
    }

    @inline(never)
    private mutating func lower() {
        let median = medianCount()
        var lowered = HeavyHitters()
        lowered.uncertainty = uncertainty + median
        for slot in slots where slot.count > median {
            let place = lowered.place(of: slot.hash)
            lowered.slots[place] = Slot(hash: slot.hash, count: slot.count - median)
            lowered.used += 1
            guard slot.text >= 0 else { continue }
            lowered.slots[place].text = arena.withBytes(places[Int(slot.text)]) { lowered.keep($0, slot.hash) }
        }
        self = lowered
    }

    /// Mostly 1, which needs no sorting.
    private func medianCount() -> Int {
        var ones = 0
        for slot in slots where slot.count == 1 { ones &+= 1 }
        if ones * 2 >= used { return 1 }
        return slots.map(\.count).filter { $0 > 0 }.sorted()[used / 2]
    }
}
