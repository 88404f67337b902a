/// Finds the pickle in an `.npy` array whose elements are Python objects.
enum NumPyObjects {
    static func looksLikeArray(_ start: [UInt8]) -> Bool { start.starts(with: [0x93] + Array("NUMPY".utf8)) }

    /// What follows the header; `nil` where the elements are plain numbers or texts.
    static func pickle(in bytes: [UInt8]) throws(Malformed) -> [UInt8]? {
        guard bytes.count >= 12 else { throw Malformed("its array ends inside the header") }
        let width = bytes[6] >= 2 ? 4 : 2
        let length = bytes[8..<8 + width].reversed().reduce(0) { $0 << 8 | Int($1) }
        let start = 8 + width + length
        guard start <= bytes.count else { throw Malformed("the header of its array reaches beyond its end") }
        return mayHoldObjects(bytes[(8 + width)..<start]) ? Array(bytes[start...]) : nil
    }

    /// `'O'`, `'|O8'`, `'object'` and whatever else could spell it; a header is a Python literal, with escapes.
    private static func mayHoldObjects(_ header: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: header, as: UTF8.self)
        if text.contains("bject") || text.contains("\\") { return true }
        return text.indices.contains { index in
            guard text[index] == "O" else { return false }
            let next = text.index(after: index)
            return next == text.endIndex || !(text[next].isLetter || text[next] == "_")
        }
    }
}
