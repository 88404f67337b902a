/// Resolves the backslashes of a JSON string.
enum JSONEscapes {
    /// Replaces `buffer` by the value of `bytes`; false where an escape is malformed or half of a surrogate pair is missing.
    @discardableResult
    static func resolve(_ bytes: UnsafeBufferPointer<UInt8>, into buffer: inout [UInt8]) -> Bool {
        buffer.removeAll(keepingCapacity: true)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                buffer.append(byte)
                continue
            }
            guard index < bytes.count else { return false }
            let letter = bytes[index]
            index += 1
            if letter == UInt8(ascii: "u") {
                guard let scalar = scalar(bytes, &index) else { return false }
                buffer.append(contentsOf: String(Character(scalar)).utf8)
            } else {
                guard let value = simple(letter) else { return false }
                buffer.append(value)
            }
        }
        return true
    }

    private static func simple(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Unicode.Scalar? {
        guard let first = unit(bytes, &index) else { return nil }
        guard first >= 0xD800, first < 0xE000 else { return Unicode.Scalar(first) }
        guard first < 0xDC00, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        index += 2
        guard let second = unit(bytes, &index), second >= 0xDC00, second < 0xE000 else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private static func unit(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[index..<(index + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        index += 4
        return value
    }
}
