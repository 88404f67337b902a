import Domain

/// Walks over UTF-8 and counts lines and columns.
struct CharacterScan {
    let bytes: [UInt8]
    var position: Int
    /// Where the character is that ``next()`` gave.
    var last = Place(line: 1, column: 0)
    private var isAtLineEnd = false

    init(bytes: [UInt8], position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// The next character; `nil` at the end. Throws where the bytes are no UTF-8.
    mutating func next() throws(FieldErrors) -> Unicode.Scalar? {
        guard position < bytes.count else { return nil }
        last = isAtLineEnd ? Place(line: last.line + 1, column: 1) : Place(line: last.line, column: last.column + 1)
        let first = bytes[position]
        let length = Self.length(first)
        guard length > 0, position + length <= bytes.count, let value = Self.value(bytes[position..<position + length]),
            let scalar = Unicode.Scalar(value)
        else {
            throw FieldErrors(
                "not-utf8", at: last, "byte 0x\(Hexadecimal.text([first])) is not UTF-8 here",
                hint: "save the file as UTF-8")
        }
        position += length
        let isReturn = first == 0x0D && !(position < bytes.count && bytes[position] == 0x0A)
        isAtLineEnd = first == 0x0A || isReturn
        return scalar
    }

    private static func length(_ byte: UInt8) -> Int {
        switch byte {
        case 0..<0x80: 1
        case 0xC2..<0xE0: 2
        case 0xE0..<0xF0: 3
        case 0xF0..<0xF5: 4
        default: 0
        }
    }

    /// The code point, or `nil` where a byte does not continue the first, or a shorter form would do.
    private static func value(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let first = bytes[bytes.startIndex]
        guard first >= 0x80 else { return UInt32(first) }
        var value = UInt32(first) & (0x7F >> UInt32(bytes.count))
        for byte in bytes.dropFirst() {
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        let least: UInt32 = bytes.count == 2 ? 0x80 : bytes.count == 3 ? 0x800 : 0x10000
        return value >= least ? value : nil
    }
}
