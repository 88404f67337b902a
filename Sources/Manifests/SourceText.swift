import Domain

/// The bytes of a manifest file, known to be text that an editor shows as it is.
struct SourceText {
    /// Larger files are refused.
    static let limit = 1 << 20

    let bytes: [UInt8]
    /// Where the text starts: after a byte order mark, if there is one.
    let start: Int
    let isASCII: Bool

    /// Throws where the file is too large, no UTF-8, or holds characters that hide or split what people see.
    init(_ bytes: [UInt8]) throws(FieldErrors) {
        self.bytes = bytes
        let top = Place(line: 1, column: 1)
        guard bytes.count <= Self.limit else {
            throw FieldErrors(
                "file-too-large", at: top, "the file has \(bytes.count) bytes, at most \(Self.limit) are read",
                hint: "a manifest describes; put data into a file beside it")
        }
        if Self.isPlain(bytes) {
            (start, isASCII) = (0, true)
            return
        }
        start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4).contains(0) {
            throw FieldErrors(
                "not-utf8", at: top, "the file is not UTF-8 (it looks like UTF-16, UTF-32 or no text at all)",
                hint: "save it as UTF-8")
        }
        isASCII = false
        if Self.isClean(bytes[start...]) { return }
        var characters = CharacterScan(bytes: bytes, position: start)
        while let scalar = try characters.next() {
            if let problem = Self.problem(with: scalar) {
                throw FieldErrors(
                    "forbidden-character", at: characters.last, "U+\(Self.hexadecimal(scalar.value)) is \(problem)",
                    hint: "remove it, or write it as an escape in double quotes")
            }
        }
    }

    /// Whether all bytes are printable ASCII, tabs and line ends; eight at a time.
    private static func isPlain(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                let high: UInt64 = 0x8080_8080_8080_8080
                // A line end sets its high bit, and becomes a star: every line has one, and it is no control character here.
                let seven: UInt64 = 0x7F7F_7F7F_7F7F_7F7F, lines = word ^ 0x0A0A_0A0A_0A0A_0A0A
                let text = word | ~(((lines & seven) &+ seven) | lines | seven) >> 2
                // A byte below 0x20 or 0x7F sets its high bit here; so may its neighbour, and a closer look decides.
                let controls = (text &- 0x2020_2020_2020_2020) & ~text
                let deletes = (word ^ 0x7F7F_7F7F_7F7F_7F7F) &- 0x0101_0101_0101_0101
                if (word | controls | deletes) & high != 0, !(offset..<offset + 8).allSatisfy({ isPlain(bytes[$0]) }) {
                    return false
                }
                offset += 8
            }
            return (offset..<bytes.count).allSatisfy { isPlain(bytes[$0]) }
        }
    }

    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F || byte == 10 || byte == 13 || byte == 9
    }

    /// Whether the text is certainly in order. Where it may not be, ``CharacterScan`` finds out what is wrong and where.
    private static func isClean(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            var position = 0
            func continues(_ count: Int) -> Bool {
                guard position + count < bytes.count else { return false }
                for offset in 1...count where bytes[position + offset] & 0xC0 != 0x80 { return false }
                return true
            }
            while position < bytes.count {
                switch bytes[position] {
                case 9, 10, 13, 0x20..<0x7F: position += 1
                case 0xC2:
                    guard continues(1), bytes[position + 1] >= 0xA0 else { return false }
                    position += 2
                case 0xC3..<0xE0:
                    guard continues(1) else { return false }
                    position += 2
                case 0xE2:
                    guard continues(2), bytes[position + 1] > 0x81 || bytes[position + 2] < 0xA6 else { return false }
                    position += 3
                case 0xE1..<0xED:
                    guard continues(2) else { return false }
                    position += 3
                default: return false
                }
            }
            return true
        }
    }

    /// What is wrong with a character in the text of a manifest, or `nil`.
    ///
    /// YAML 1.1 breaks lines at NEL and U+2028/9 while editors do not, and directional marks make text look like other text
    /// (CVE-2021-42574).
    static func problem(with scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 9, 10, 13: nil
        case 0: "a NUL byte"
        case 0..<0x20, 0x7F: "a control character"
        case 0x85, 0x2028, 0x2029: "a line break that editors do not show as one"
        case 0x80...0x9F: "a control character"
        case 0x202A...0x202E, 0x2066...0x2069: "a mark that changes the direction of the text"
        case 0xFEFF: "a byte order mark inside the file"
        case 0xFFFE, 0xFFFF: "no character"
        default: nil
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
