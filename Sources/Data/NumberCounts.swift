/// Counts how often each number occurs, while there are few different ones.
struct NumberCounts: Sendable {
    /// How many different numbers are counted before a sketch takes over.
    static let limit = 65_536

    private var numbers: [Double]
    private var counts: [Int]
    private(set) var distinct = 0

    init() {
        numbers = [Double](repeating: 0, count: 64)
        counts = [Int](repeating: 0, count: 64)
    }

    /// Adds numbers up to the one that would be too many, and returns how many it took.
    mutating func add(_ values: UnsafeBufferPointer<Double>) -> Int {
        var index = 0
        while true {
            let room = min(numbers.count / 2, Self.limit) - distinct
            index += add(UnsafeBufferPointer(rebasing: values[index...]), room: room)
            if index == values.count || distinct >= Self.limit { return index }
            grow()
        }
    }

    /// Ascending.
    var sorted: SortedValues {
        let places = counts.indices.filter { counts[$0] > 0 }.sorted { numbers[$0] < numbers[$1] }
        return SortedValues(ascending: places.map { (numbers[$0], counts[$0]) })
    }

    private mutating func add(_ values: UnsafeBufferPointer<Double>, room: Int) -> Int {
        var left = room
        let mask = numbers.count - 1
        var taken = 0
        numbers.withUnsafeMutableBufferPointer { numbers in
            counts.withUnsafeMutableBufferPointer { counts in
                for value in values {
                    var slot = Int(truncatingIfNeeded: StableHash.of(value)) & mask
                    while counts[slot] > 0, numbers[slot] != value { slot = (slot &+ 1) & mask }
                    if counts[slot] == 0 {
                        if left == 0 { break }
                        left -= 1
                        numbers[slot] = value
                    }
                    counts[slot] &+= 1
                    taken &+= 1
                }
            }
        }
        distinct += room - left
        return taken
    }

    private mutating func grow() {
        let (old, oldCounts) = (numbers, counts)
        numbers = [Double](repeating: 0, count: old.count * 2)
        counts = [Int](repeating: 0, count: old.count * 2)
        let mask = numbers.count - 1
        for index in old.indices where oldCounts[index] > 0 {
            var slot = Int(truncatingIfNeeded: StableHash.of(old[index])) & mask
            while counts[slot] > 0 { slot = (slot + 1) & mask }
            numbers[slot] = old[index]
            counts[slot] = oldCounts[index]
        }
    }
}
