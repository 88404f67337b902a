/// Counts how often each number occurs, while there are few different ones.
struct NumberCounts: Sendable {
    /// How many different numbers are counted before a sketch takes over.
    static let limit = 65_536

    private struct Slot {
        var number = 0.0
        var count = 0
    }

    private var slots = [Slot](repeating: Slot(), count: 64)
    private var distinct = 0

    /// Instead of the slots, as long as it can.
    private var decimals: DecimalCounts? = DecimalCounts()

    /// Adds numbers up to the one that would be too many, and returns how many it took.
    mutating func add(_ values: UnsafeBufferPointer<Double>) -> Int {
        if let taken = decimals?.add(values, distinctLimit: Self.limit) { return taken }
        if let runs = decimals?.runs {
            decimals = nil
            for run in runs { insert(run.value, run.count) }
        }
        var index = 0
        while true {
            let room = min(slots.count / 2, Self.limit) - distinct
            index += add(UnsafeBufferPointer(rebasing: values[index...]), room: room)
            if index == values.count || distinct >= Self.limit { return index }
            grow()
        }
    }

    /// Ascending.
    var sorted: SortedValues {
        if let decimals { return SortedValues(ascending: decimals.runs) }
        let numbers = RadixSort.sorted(slots.filter { $0.count > 0 }.map(\.number))
        return SortedValues(ascending: numbers.map { ($0, count(of: $0)) })
    }

    private func count(of number: Double) -> Int {
        var place = Int(truncatingIfNeeded: StableHash.of(number)) & (slots.count - 1)
        while slots[place].number != number { place = (place + 1) & (slots.count - 1) }
        return slots[place].count
    }

    private mutating func add(_ values: UnsafeBufferPointer<Double>, room: Int) -> Int {
        var left = room
        let mask = slots.count - 1
        var taken = 0
        slots.withUnsafeMutableBufferPointer { slots in
            for value in values {
                var place = Int(truncatingIfNeeded: StableHash.of(value)) & mask
                while slots[place].count > 0, slots[place].number != value { place = (place &+ 1) & mask }
                if slots[place].count == 0 {
                    if left == 0 { break }
                    left -= 1
                    slots[place].number = value
                }
                slots[place].count &+= 1
                taken &+= 1
            }
        }
        distinct += room - left
        return taken
    }

    /// Adds a number that is not there.
    private mutating func insert(_ number: Double, _ count: Int) {
        if distinct * 2 >= slots.count { grow() }
        var place = Int(truncatingIfNeeded: StableHash.of(number)) & (slots.count - 1)
        while slots[place].count > 0 { place = (place + 1) & (slots.count - 1) }
        slots[place] = Slot(number: number, count: count)
        distinct += 1
    }

    private mutating func grow() {
        var larger = [Slot](repeating: Slot(), count: slots.count * 2)
        let mask = larger.count - 1
        for slot in slots where slot.count > 0 {
            var place = Int(truncatingIfNeeded: StableHash.of(slot.number)) & mask
            while larger[place].count > 0 { place = (place + 1) & mask }
            larger[place] = slot
        }
        slots = larger
    }
}
