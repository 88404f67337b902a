/// The nearest double to a decimal number, in one or two multiplications (Lemire 2021, "Number Parsing at a Gigabyte per Second").
enum EiselLemire {
    private struct Power {
        let high: UInt64
        let low: UInt64
    }

    private static let range = 54

    /// mantissa · 10^exponent, or `nil` where this short way cannot tell: a tie, or an exponent outside ±54.
    static func double(_ mantissa: UInt64, exponent: Int) -> Double? {
        if mantissa == 0 { return 0 }
        guard exponent >= -range, exponent <= range else { return nil }
        let power = powers[exponent + range]
        let zeros = mantissa.leadingZeroBitCount
        let normal = mantissa << UInt64(zeros)

        var (high, low) = normal.multipliedFullWidth(by: power.high)
        if high & 0x1FF == 0x1FF, low &+ normal < normal {
            let (second, rest) = normal.multipliedFullWidth(by: power.low)
            let merged = low &+ second
            if merged < low { high &+= 1 }
            if high & 0x1FF == 0x1FF, merged == .max, rest &+ normal < normal { return nil }
            low = merged
        }
        let top = high >> 63
        var bits = high >> (top + 9)
        if low == 0, high & 0x1FF == 0, bits & 3 == 1 { return nil }
        bits = (bits + (bits & 1)) >> 1
        var binary = ((217_706 * exponent) >> 16) + 64 + 1023 - zeros - Int(1 ^ top)
        if bits >> 53 > 0 {
            bits >>= 1
            binary += 1
        }
        guard binary > 0, binary < 0x7FF else { return nil }
        return Double(bitPattern: UInt64(binary) << 52 | bits & ((1 << 52) - 1))
    }

    /// The leading 128 bits of 10^-54 … 10^54, cut off below.
    private static let powers: [Power] = (-range...range).map { exponent in
        var five: UInt128 = 1
        for _ in 0..<abs(exponent) { five *= 5 }
        let bits = exponent < 0 ? reciprocal(of: five) : five << UInt128(five.leadingZeroBitCount)
        return Power(high: UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits))
    }

    /// The leading 128 bits of 1 / divisor, by long division; the divisor is below 2^127.
    private static func reciprocal(of divisor: UInt128) -> UInt128 {
        var rest: UInt128 = 1
        var bits: UInt128 = 0
        while bits >> 127 == 0 {
            rest <<= 1
            bits <<= 1
            if rest >= divisor {
                rest -= divisor
                bits |= 1
            }
        }
        return bits
    }
}
