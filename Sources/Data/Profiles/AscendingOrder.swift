/// Sorts row numbers by the numbers in their rows, in linear time.
enum AscendingOrder {
    /// The rows from the least value to the greatest, NaN last; equal values by `minor`, then by row.
    static func of(_ values: [Double], thenBy minor: [UInt8]? = nil) -> [Int32] {
        let count = values.count
        var order = minor.map(countingOrder) ?? Array(0..<Int32(truncatingIfNeeded: count))
        var keys = order.map { key(values[Int($0)]) }
        var histograms = Array(repeating: 0, count: 6 << 11)
        for key in keys {
            for digit in 0..<6 { histograms[digit << 11 | digits(key, digit)] &+= 1 }
        }
        var otherOrder = order
        var otherKeys = keys
        for digit in 0..<6 {
            var starts = Array(histograms[(digit << 11)..<((digit + 1) << 11)])
            if starts.contains(count) { continue }
            var total = 0
            for index in starts.indices { (starts[index], total) = (total, total + starts[index]) }
            scatter(keys, order, into: &otherKeys, &otherOrder, digit, &starts)
            swap(&keys, &otherKeys)
            swap(&order, &otherOrder)
        }
        return order
    }

    /// Bits that compare as the number does: the zeros are one, NaN is above all.
    @inline(__always)
    private static func key(_ value: Double) -> UInt64 {
        if value.isNaN { return .max }
        let bits = (value + 0).bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }

    @inline(__always)
    private static func digits(_ key: UInt64, _ digit: Int) -> Int {
        Int(truncatingIfNeeded: key >> UInt64(digit &* 11)) & 2047
    }

    private static func scatter(
        _ keys: [UInt64], _ order: [Int32], into otherKeys: inout [UInt64], _ otherOrder: inout [Int32], _ digit: Int,
        _ starts: inout [Int]
    ) {
        keys.withUnsafeBufferPointer { keys in
            order.withUnsafeBufferPointer { order in
                otherKeys.withUnsafeMutableBufferPointer { otherKeys in
                    otherOrder.withUnsafeMutableBufferPointer { otherOrder in
                        starts.withUnsafeMutableBufferPointer { starts in
                            for index in 0..<keys.count {
                                let bucket = digits(keys[index], digit)
                                let place = starts[bucket]
                                starts[bucket] = place &+ 1
                                otherKeys[place] = keys[index]
                                otherOrder[place] = order[index]
                            }
                        }
                    }
                }
            }
        }
    }

    private static func countingOrder(_ minor: [UInt8]) -> [Int32] {
        var starts = Array(repeating: 0, count: 257)
        for value in minor { starts[Int(value) + 1] += 1 }
        for index in 1..<257 { starts[index] += starts[index - 1] }
        var order = Array(repeating: Int32(0), count: minor.count)
        for (row, value) in minor.enumerated() {
            order[starts[Int(value)]] = Int32(truncatingIfNeeded: row)
            starts[Int(value)] += 1
        }
        return order
    }
}
