/// Sorts what has a hash, which spreads evenly: two or three passes over its upper bits, and a last look at the few neighbours
/// that these left equal.
enum HashSort {
    private static let bits: UInt64 = 10

    /// All elements by rising hash, those of one hash in their order; empties `chunks` when they have been copied.
    static func sorted<Element: Hashed>(_ chunks: inout [[Element]], count: Int) -> [Element] {
        var elements = [Element](unsafeUninitializedCapacity: count) { _, initialized in initialized = count }
        let top = 64 - bits
        scatter(chunks, to: &elements, shift: count < 1 << 22 ? top - bits : top - 2 * bits)
        chunks = []
        var other = [Element](unsafeUninitializedCapacity: count) { _, initialized in initialized = count }
        for shift in count < 1 << 22 ? [top] : [top - bits, top] {
            scatter([elements], to: &other, shift: shift)
            swap(&elements, &other)
        }
        settle(&elements)
        return elements
    }

    private static func scatter<Element: Hashed>(_ chunks: [[Element]], to other: inout [Element], shift: UInt64) {
        let mask = 1 << Int(bits) - 1
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 1 << Int(bits)) { starts in
            starts.initialize(repeating: 0)
            for chunk in chunks {
                for element in chunk { starts[Int(truncatingIfNeeded: element.hash &>> shift) & mask] &+= 1 }
            }
            var sum = 0
            for digit in starts.indices { (starts[digit], sum) = (sum, sum &+ starts[digit]) }
            other.withUnsafeMutableBufferPointer { other in
                for chunk in chunks {
                    for element in chunk {
                        let digit = Int(truncatingIfNeeded: element.hash &>> shift) & mask
                        other[starts[digit]] = element
                        starts[digit] &+= 1
                    }
                }
            }
        }
    }

    private static func settle<Element: Hashed>(_ elements: inout [Element]) {
        elements.withUnsafeMutableBufferPointer { elements in
            for index in elements.indices.dropFirst() where elements[index].hash < elements[index - 1].hash {
                let moved = elements[index]
                var place = index
                while place > 0, moved.hash < elements[place - 1].hash {
                    elements[place] = elements[place - 1]
                    place -= 1
                }
                elements[place] = moved
            }
        }
    }
}

/// Has a `StableHash`.
protocol Hashed: BitwiseCopyable {
    var hash: UInt64 { get }
}
