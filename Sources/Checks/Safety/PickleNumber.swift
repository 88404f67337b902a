/// Numbers and texts as the arguments of opcodes hold them.
enum PickleNumber {
    static func unsigned(_ data: ArraySlice<UInt8>) -> UInt64 { data.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

    /// The value of BININT1, BININT2, BININT, LONG1 or INT, where it is a whole number of 64 bits.
    static func int(_ code: UInt8, _ data: ArraySlice<UInt8>) -> PickleItem {
        switch code {
        case 0x4B, 0x4D: return .int(Int(unsigned(data)))
        case 0x4A: return .int(Int(Int32(truncatingIfNeeded: unsigned(data))))
        case 0x49:
            let text = String(decoding: data.prefix(20), as: UTF8.self)
            // So are false and true written.
            if text == "00" || text == "01" { return .int(text == "01" ? 1 : 0) }
            guard let value = Int(text), String(value) == text else { return .other }
            return .int(value)
        default:
            guard (1...8).contains(data.count) else { return .other }
            let unused = Int64(64 - data.count * 8)
            let shifted = Int64(truncatingIfNeeded: unsigned(data)) << unused
            return .int(Int(shifted >> unused))
        }
    }

    /// A place of the memo in any spelling that Python takes: blanks around it, a sign, underscores between digits.
    static func spelled(_ data: ArraySlice<UInt8>) -> Int? {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        var digits = data.drop(while: isBlank)
        while let last = digits.last, isBlank(last) { digits.removeLast() }
        let isNegative = digits.first == 0x2D
        if isNegative || digits.first == 0x2B { digits.removeFirst() }
        let parts = digits.split(separator: 0x5F, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0 &- 0x30 < 10 } }) else { return nil }
        let significant = parts.joined().drop { $0 == 0x30 }
        guard significant.count < 19 else { return nil }
        let number = significant.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return isNegative ? -number : number
    }

    /// Long texts name nothing.
    static func text(_ data: ArraySlice<UInt8>) -> PickleItem {
        data.count > 1000 ? .other : .text(String(decoding: data, as: UTF8.self))
    }

    /// Of protocol 0: `'os'`.
    static func quoted(_ data: ArraySlice<UInt8>) throws(Malformed) -> PickleItem {
        guard data.count > 1, let quote = data.first, quote == 0x27 || quote == 0x22, data.last == quote else {
            throw Malformed("a text in it has no quotes")
        }
        return text(data.dropFirst().dropLast())
    }
}
