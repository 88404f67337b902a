/// A 64-bit hash that is the same in every process and on every machine, so that sketches can be merged and committed.
public enum StableHash {
    /// The hash of a text's bytes: eight at a time, folded by 64 × 64 bit products as in wyhash.
    @inline(__always)
    public static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        guard let base = bytes.baseAddress else { return fold(first, second) }
        var hash = first
        var index = 0
        let count = bytes.count
        while index &+ 8 < count {
            hash = fold(hash ^ base.loadUnaligned(fromByteOffset: index, as: UInt64.self), second)
            index &+= 8
        }
        return fold(hash ^ tail(base, count), second ^ UInt64(truncatingIfNeeded: count))
    }

    /// The hash of a number; the two zeros are one.
    @inline(__always)
    public static func of(_ value: Double) -> UInt64 { SplitMix.mix((value + 0).bitPattern &+ first) }

    private static let first: UInt64 = 0xA076_1D64_78BD_642F
    private static let second: UInt64 = 0xE703_7ED1_A0B4_28DB

    @inline(__always)
    private static func fold(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let product = one.multipliedFullWidth(by: other)
        return product.high ^ product.low
    }

    /// A text of at most eight bytes as a number, its first byte lowest; 0 for a longer one.
    @inline(__always)
    static func word(of bytes: UnsafeRawBufferPointer) -> UInt64 {
        guard let base = bytes.baseAddress, bytes.count <= 8 else { return 0 }
        let count = bytes.count
        guard count >= 4 else { return (0..<count).reduce(0) { $0 | UInt64(bytes[$1]) &<< UInt64(8 &* $1) } }
        let low = UInt64(base.loadUnaligned(as: UInt32.self).littleEndian)
        let high = UInt64(base.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self).littleEndian)
        return low | high &<< UInt64(8 &* (count &- 4))
    }

    /// The same of the 1…8 bytes that end at `end`, without a branch; eight bytes before it must be readable.
    @inline(__always)
    static func word(count: Int, endingAt end: UnsafeRawPointer) -> UInt64 {
        (end - 8).loadUnaligned(as: UInt64.self).littleEndian &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count)
    }

    /// The hash of a text of 1…8 bytes, from its word.
    @inline(__always)
    static func of(word: UInt64, count: Int) -> UInt64 {
        let bits = UInt64(truncatingIfNeeded: 8 &* count)
        let four = word & 0xFFFF_FFFF | (word &>> (bits &- 32)) &<< 32
        let middle = (word &>> UInt64(truncatingIfNeeded: 8 &* (count &>> 1)) & 0xFF) &<< 8
        let few = word & 0xFF | middle | (word &>> (bits &- 8) & 0xFF) &<< 16
        return fold(first ^ (count >= 4 ? four : few), second ^ UInt64(truncatingIfNeeded: count))
    }

    /// The last eight bytes, which may overlap those before; all of a shorter text.
    @inline(__always)
    private static func tail(_ base: UnsafeRawPointer, _ count: Int) -> UInt64 {
        if count >= 8 { return base.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self) }
        if count >= 4 {
            let low = UInt64(base.loadUnaligned(as: UInt32.self))
            let high = UInt64(base.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
            return high << 32 | low
        }
        if count == 0 { return 0 }
        let middle = UInt64(base.load(fromByteOffset: count >> 1, as: UInt8.self))
        let last = UInt64(base.load(fromByteOffset: count &- 1, as: UInt8.self))
        return UInt64(base.load(as: UInt8.self)) | middle << 8 | last << 16
    }
}
