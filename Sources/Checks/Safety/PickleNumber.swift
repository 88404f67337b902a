/// Numbers and texts as the arguments of opcodes hold them.
enum PickleNumber {
    static func unsigned(_ data: ArraySlice<UInt8>) -> UInt64 { data.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

    /// The value of BININT1, BININT2, BININT, LONG1 or INT, where it is a whole number of 64 bits.
    static func int(_ code: UInt8, _ data: ArraySlice<UInt8>) -> PickleItem {
        switch code {
        case 0x4B, 0x4D: return .int(Int(unsigned(data)))
        case 0x4A: return .int(Int(Int32(truncatingIfNeeded: unsigned(data))))
        case 0x49:
            // `I01` is true.
            let text = String(decoding: data.prefix(20), as: UTF8.self)
            guard let value = Int(text), String(value) == text else { return .other }
            return .int(value)
        default:
            guard (1...8).contains(data.count) else { return .other }
            let unused = Int64(64 - data.count * 8)
            let shifted = Int64(truncatingIfNeeded: unsigned(data)) << unused
            return .int(Int(shifted >> unused))
        }
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
