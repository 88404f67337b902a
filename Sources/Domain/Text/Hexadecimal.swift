/// Bytes as lower-case hexadecimal digits, and back.
public enum Hexadecimal {
    public static func text(_ bytes: some Collection<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            var place = 0
            for byte in bytes {
                buffer[place] = digit(byte >> 4)
                buffer[place + 1] = digit(byte & 15)
                place += 2
            }
            return place
        }
    }

    /// The first digits of some numbers that have 16 each.
    static func text(_ words: [UInt64], digits: Int) -> String {
        String(unsafeUninitializedCapacity: digits) { buffer in
            for place in 0..<digits {
                let value = words[place / 16] >> UInt64(60 - 4 * (place % 16))
                buffer[place] = digit(UInt8(truncatingIfNeeded: value) & 15)
            }
            return digits
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// The bytes, or `nil` where a character is no digit or one is left over. Upper case is read too.
    public static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var pending: UInt8?
        for character in text {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = pending {
                bytes.append(first << 4 | digit)
                pending = nil
            } else {
                pending = digit
            }
        }
        return bytes
    }

    /// The number that 16 digits write, or `nil` where one of them is none or they are not there.
    static func word(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt64? {
        guard let high = half(text, at: start), let low = half(text, at: start + 8) else { return nil }
        return high << 32 | low
    }

    /// The number that 8 digits write, all at once.
    private static func half(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt64? {
        guard start >= 0, start + 8 <= text.count else { return nil }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let word = UInt64(bigEndian: UnsafeRawBufferPointer(text).loadUnaligned(fromByteOffset: start, as: UInt64.self))
        let letters = (word >> 6) & ones
        let values = (word & 0x0F0F_0F0F_0F0F_0F0F) &+ letters &* 9
        // Writing the values again gives the same characters only if they were digits.
        let tens = ((values &+ 0x7676_7676_7676_7676) >> 7) & ones
        let written = values &+ 0x3030_3030_3030_3030 &+ tens &* 39
        guard written == word | (letters << 5), values & 0xF0F0_F0F0_F0F0_F0F0 == 0 else { return nil }
        let bytes = (values | (values >> 4)) & 0x00FF_00FF_00FF_00FF
        let pairs = (bytes | (bytes >> 8)) & 0x0000_FFFF_0000_FFFF
        return (pairs | (pairs >> 16)) & 0xFFFF_FFFF
    }
}
