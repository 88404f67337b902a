/// NumPy's `default_rng(seed)`: PCG64 (O'Neill 2014) seeded by its SeedSequence, so that a resample can be checked against it.
public struct NumPyRandom: Sendable {
    private var state: UInt128 = 0
    private let increment: UInt128

    /// The upper half of a 64-bit draw of which only the lower was used.
    private var spare: UInt32?

    public init(seed: UInt64) {
        let words = Self.seedWords(seed)
        increment = (UInt128(words[2]) << 64 | UInt128(words[3])) << 1 | 1
        step()
        state &+= UInt128(words[0]) << 64 | UInt128(words[1])
        step()
    }

    @inline(__always)
    private mutating func step() {
        state = state &* 0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645 &+ increment
    }

    @inline(__always)
    private mutating func next32() -> UInt32 {
        if let half = spare {
            spare = nil
            return half
        }
        step()
        let mixed = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
        let turn = UInt64(truncatingIfNeeded: state >> 122)
        let word = mixed >> turn | mixed << (64 &- turn & 63)
        spare = UInt32(truncatingIfNeeded: word >> 32)
        return UInt32(truncatingIfNeeded: word)
    }

    /// A number in 0..<bound, as `integers(0, bound)` draws it (Lemire 2019).
    @inline(__always)
    public mutating func integer(below bound: UInt32) -> UInt32 {
        if bound <= 1 { return 0 }
        var product = UInt64(next32()) &* UInt64(bound)
        if UInt32(truncatingIfNeeded: product) < bound {
            let threshold = (0 &- bound) % bound
            while UInt32(truncatingIfNeeded: product) < threshold { product = UInt64(next32()) &* UInt64(bound) }
        }
        return UInt32(truncatingIfNeeded: product >> 32)
    }

    /// The first four 64-bit words of `SeedSequence(seed)`.
    private static func seedWords(_ seed: UInt64) -> [UInt64] {
        var constant: UInt32 = 0x43B0_D7E5
        func hash(_ value: UInt32, _ multiplier: UInt32, _ constant: inout UInt32) -> UInt32 {
            var value = value ^ constant
            constant &*= multiplier
            value &*= constant
            return value ^ value >> 16
        }
        var pool: [UInt32] = [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32), 0, 0]
        for index in 0..<4 { pool[index] = hash(pool[index], 0x931E_8875, &constant) }
        for source in 0..<4 {
            for target in 0..<4 where source != target {
                let mixed = 0xCA01_F9DD &* pool[target] &- 0x4973_F715 &* hash(pool[source], 0x931E_8875, &constant)
                pool[target] = mixed ^ mixed >> 16
            }
        }
        constant = 0x8B51_F9DD
        let words = (0..<8).map { hash(pool[$0 % 4], 0x58F3_8DED, &constant) }
        return (0..<4).map { UInt64(words[2 * $0]) | UInt64(words[2 * $0 + 1]) << 32 }
    }
}
