import Glibc

/// Estimates how many distinct values there were, in 16 KiB, with a standard error of 0.81 %.
///
/// The estimator is Ertl's (2017, "New cardinality estimation algorithms for HyperLogLog sketches"): without tables of
/// corrections and unbiased from 0 on. Sketches of shards merge to the sketch of the whole, bit for bit.
public struct HyperLogLog: Hashable, Sendable {
    static let precision = 14
    public static let standardError = 1.04 / 128

    private var registers = [UInt8](repeating: 0, count: 1 << precision)

    /// The logarithm of how many registers there are: `Self.precision`, less once it was folded.
    private var precision: Int { registers.count.trailingZeroBitCount }

    /// Of what is estimated from these registers.
    var standardError: Double { 1.04 / Double(registers.count).squareRoot() }

    public init() {}

    /// Adds a value by its hash (`StableHash`). To one that was folded only another can be added.
    @inline(__always)
    public mutating func add(hash: UInt64) {
        registers.withUnsafeMutableBufferPointer { Self.add(hash, to: $0) }
    }

    /// Adds numbers whose magnitude is below `limit`, and leaves the others out.
    public mutating func add(_ values: UnsafeBufferPointer<Double>, below limit: Double = .infinity) {
        registers.withUnsafeMutableBufferPointer { registers in
            for value in values where value.magnitude < limit { Self.add(StableHash.of(value), to: registers) }
        }
    }

    /// The upper bits choose a register; it keeps the place of the first 1 in the rest.
    @inline(__always)
    private static func add(_ hash: UInt64, to registers: UnsafeMutableBufferPointer<UInt8>) {
        let index = Int(truncatingIfNeeded: hash >> UInt64(64 - precision))
        let rest = hash << UInt64(precision) | 1 << UInt64(precision - 1)
        let rank = UInt8(truncatingIfNeeded: rest.leadingZeroBitCount &+ 1)
        if registers[index] < rank { registers[index] = rank }
    }

    /// Adds another's values, in as many registers as the one with fewer has.
    public mutating func merge(_ other: HyperLogLog) {
        self = folded(to: other.precision)
        let other = other.folded(to: precision)
        for index in registers.indices { registers[index] = max(registers[index], other.registers[index]) }
    }

    public var estimate: Int {
        let largest = 64 - precision
        var histogram = [Int](repeating: 0, count: largest + 2)
        for rank in registers { histogram[Int(rank)] += 1 }
        let m = Double(registers.count)
        var z = m * Self.tau(1 - Double(histogram[largest + 1]) / m)
        for rank in (1...largest).reversed() { z = 0.5 * (z + Double(histogram[rank])) }
        z += m * Self.sigma(Double(histogram[0]) / m)
        let estimate = m * m / (2 * log(2)) / z
        return estimate.isFinite ? Int(estimate.rounded()) : 0
    }

    /// What it would be if it had had at most two to the power of `wanted` registers.
    func folded(to wanted: Int) -> HyperLogLog {
        let lost = precision - wanted
        guard lost > 0 else { return self }
        var folded = HyperLogLog()
        folded.registers = [UInt8](repeating: 0, count: 1 << wanted)
        for (index, rank) in registers.enumerated() where rank > 0 {
            // The bits that no longer choose a register come before those of which the rank is.
            let bits = index & (1 << lost - 1), length = Int.bitWidth - bits.leadingZeroBitCount
            let new = bits == 0 ? rank + UInt8(lost) : UInt8(lost - length + 1)
            folded.registers[index >> lost] = max(folded.registers[index >> lost], new)
        }
        return folded
    }

    private static func sigma(_ start: Double) -> Double {
        if start == 1 { return .infinity }
        var x = start
        var y = 1.0
        var z = x
        while true {
            x *= x
            let previous = z
            z += x * y
            y += y
            if z == previous { return z }
        }
    }

    private static func tau(_ start: Double) -> Double {
        if start == 0 || start == 1 { return 0 }
        var x = start
        var y = 1.0
        var z = 1 - x
        while true {
            x = x.squareRoot()
            let previous = z
            y *= 0.5
            z -= (1 - x) * (1 - x) * y
            if z == previous { return z / 3 }
        }
    }
}

extension HyperLogLog {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_".utf8)

    /// One character for each register.
    var digits: String { String(decoding: registers.map { Self.alphabet[Int($0)] }, as: UTF8.self) }

    /// `nil` where the digits are none of a sketch.
    init?(digits: String) {
        let count = digits.utf8.count, most = 64 - count.trailingZeroBitCount + 1
        guard (1 << 4...1 << Self.precision).contains(count), count.nonzeroBitCount == 1 else { return nil }
        let ranks = digits.utf8.compactMap { Self.alphabet.firstIndex(of: $0) }
        guard ranks.count == count, ranks.allSatisfy({ $0 <= most }) else { return nil }
        registers = ranks.map { UInt8($0) }
    }
}
