/// How often each row counts in sixteen replicates at once.
typealias RowWeights = UnsafeBufferPointer<SIMD16<UInt8>>

/// The weights of some rows as numbers to calculate with, eight replicates in each of two halves.
struct WeightBlock {
    /// As many as stay in the nearest cache while they are summed in several ways.
    static let rows = 128

    /// Of the rows of the block, among all.
    let range: Range<Int>
    private let numbers: UnsafeBufferPointer<SIMD8<Double>>

    /// Of a row of the block, counted from its first.
    @inline(__always)
    func weights(_ row: Int, half: Int) -> SIMD8<Double> { numbers[2 &* row &+ half] }

    /// Hands out all rows, block by block.
    static func forEach(_ weights: RowWeights, _ body: (WeightBlock) -> Void) {
        forEach(count: weights.count, body) { range, bytes in
            for row in range { bytes[row &- range.lowerBound] = weights[row] }
        }
    }

    /// Hands out the rows that are half of `doubled`, in that order, block by block.
    static func forEach(_ weights: RowWeights, halfOf doubled: [Int32], _ body: (WeightBlock) -> Void) {
        doubled.withUnsafeBufferPointer { doubled in
            forEach(count: doubled.count, body) { range, bytes in
                for index in range { bytes[index &- range.lowerBound] = weights[Int(doubled[index] >> 1)] }
            }
        }
    }

    private static func forEach(
        count: Int, _ body: (WeightBlock) -> Void,
        gather: (Range<Int>, UnsafeMutableBufferPointer<SIMD16<UInt8>>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: SIMD16<UInt8>.self, capacity: rows) { bytes in
            bytes.initialize(repeating: .zero)
            withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: 2 * rows) { numbers in
                numbers.initialize(repeating: .zero)
                for start in stride(from: 0, to: count, by: rows) {
                    let range = start..<min(count, start + rows)
                    gather(range, bytes)
                    convert(UnsafeRawBufferPointer(bytes), to: UnsafeMutableRawBufferPointer(numbers))
                    body(WeightBlock(range: range, numbers: UnsafeBufferPointer(numbers)))
                }
            }
        }
    }

    private static func convert(_ bytes: UnsafeRawBufferPointer, to numbers: UnsafeMutableRawBufferPointer) {
        numbers.withMemoryRebound(to: Double.self) { numbers in
            for index in 0..<bytes.count { numbers[index] = Double(bytes[index]) }
        }
    }
}

/// A weighted sum in each of sixteen replicates, in the order of the rows.
struct LaneSum {
    private var low = SIMD8<Double>.zero
    private var high = SIMD8<Double>.zero

    subscript(lane: Int) -> Double { lane < 8 ? low[lane] : high[lane - 8] }

    /// Adds the weights of a block.
    mutating func add(_ block: WeightBlock) {
        for row in 0..<block.range.count {
            low += block.weights(row, half: 0)
            high += block.weights(row, half: 1)
        }
    }

    /// Adds the values of a block's rows, each times its weight. `values` has those of all rows.
    mutating func add(_ values: [Double], _ block: WeightBlock) {
        values.withUnsafeBufferPointer { values in
            var (low, high) = (low, high)
            let start = block.range.lowerBound
            for row in 0..<block.range.count {
                let value = values[start &+ row]
                low += block.weights(row, half: 0) * value
                high += block.weights(row, half: 1) * value
            }
            (self.low, self.high) = (low, high)
        }
    }
}

/// How much weight each of some codes has in each of sixteen replicates.
struct LaneTally {
    private var sums: [SIMD8<Double>]

    init(codes: Int) { sums = Array(repeating: .zero, count: 2 * codes) }

    /// Whole numbers.
    func count(of code: Int, lane: Int) -> Int { Int(sums[2 * code + lane / 8][lane % 8]) }

    /// Adds the rows of a block. `codes` has those of all rows.
    mutating func add<Code: BinaryInteger>(_ codes: [Code], _ block: WeightBlock) {
        let start = block.range.lowerBound
        codes.withUnsafeBufferPointer { codes in
            sums.withUnsafeMutableBufferPointer { sums in
                for row in 0..<block.range.count {
                    let place = 2 &* Int(truncatingIfNeeded: codes[start &+ row])
                    sums[place] += block.weights(row, half: 0)
                    sums[place &+ 1] += block.weights(row, half: 1)
                }
            }
        }
    }
}
