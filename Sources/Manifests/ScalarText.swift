import Domain

/// How a text is written as a YAML scalar, so that every reader of YAML 1.1 and 1.2 takes it for text.
enum ScalarText {
    /// Writes `value` in the style of what it replaces where that can say it.
    static func bytes(_ value: String, like style: YAMLNodes.Style) -> [UInt8] {
        switch style {
        case .singleQuoted where isPrintable(value):
            return [0x27] + value.utf8.flatMap { $0 == 0x27 ? [$0, $0] : [$0] } + [0x27]
        case .doubleQuoted, .singleQuoted: return doubleQuoted(value)
        default: return isPlain(value) ? Array(value.utf8) : doubleQuoted(value)
        }
    }

    /// Whether no reader could take the bare word for anything but this text, in a flow collection either.
    static func isPlain(_ value: String) -> Bool {
        let bytes = Array(value.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 512, last != UInt8(ascii: ":") else {
            return false
        }
        guard isLetter(first) || isDigit(first) else { return false }
        for byte in bytes where !(isLetter(byte) || isDigit(byte) || "-_./:+@".utf8.contains(byte)) { return false }
        if isDigit(first) {
            // A digit may start a number, a time or a date; one letter that none of them has makes it a word.
            let second = bytes.count > 1 ? bytes[1] | 0x20 : 0
            if first == UInt8(ascii: "0"), second == UInt8(ascii: "x") { return false }
            return bytes.contains { isLetter($0) && !"eobtxz".utf8.contains($0 | 0x20) }
        }
        return !words.contains(value.lowercased())
    }

    /// What YAML 1.1 reads as a truth value or as nothing.
    private static let words: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]

    private static func isPrintable(_ value: String) -> Bool {
        value.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F }
    }

    private static func doubleQuoted(_ value: String) -> [UInt8] {
        var bytes: [UInt8] = [0x22]
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": bytes += [0x5C, 0x22]
            case "\\": bytes += [0x5C, 0x5C]
            case "\n": bytes += [0x5C, 0x6E]
            case "\r": bytes += [0x5C, 0x72]
            case "\t": bytes += [0x5C, 0x74]
            case " "..."~": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            default: bytes += escape(scalar.value)
            }
        }
        return bytes + [0x22]
    }

    private static func escape(_ value: UInt32) -> [UInt8] {
        let (letter, digits) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
        let number = String(value, radix: 16)
        return Array(("\\" + letter + String(repeating: "0", count: digits - number.utf8.count) + number).utf8)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
