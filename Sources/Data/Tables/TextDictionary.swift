/// Distinct texts, numbered from 0 in order of appearance; their bytes lie in one piece.
public struct TextDictionary: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// Of each text the hash of its bytes.
    private(set) var hashes: [UInt64] = []
    private var slots: [Int32] = Array(repeating: -1, count: 64)

    public init() {}

    public var count: Int { ends.count }

    public subscript(code: Int) -> String {
        withBytes(of: code) { String(decoding: $0, as: UTF8.self) }
    }

    /// All of them, the first that came first.
    var texts: [String] { (0..<count).map { self[$0] } }

    /// How many bytes the text with that number has.
    public func byteCount(of code: Int) -> Int { ends[code] - (code == 0 ? 0 : ends[code - 1]) }

    /// Hands out the bytes of the text with that number.
    public func withBytes<Result>(of code: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let start = code == 0 ? 0 : ends[code - 1]
        return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<ends[code]])) }
    }

    /// The number of `text`, a new one where it was not there yet.
    public mutating func code(of text: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = StableHash.of(UnsafeRawBufferPointer(text))
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let code = slots[slot]
            if hashes[Int(code)] == hash, isEqual(Int(code), text) { return code }
            slot = (slot + 1) & (slots.count - 1)
        }
        return insert(text, hash, slot)
    }

    mutating func code(of text: String) -> Int32 {
        Array(text.utf8).withUnsafeBufferPointer { code(of: $0) }
    }

    public func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool { existingCode(of: text) != nil }

    /// The number of `text`, or `nil` where it is not there.
    func existingCode(of text: UnsafeBufferPointer<UInt8>) -> Int32? {
        let hash = StableHash.of(UnsafeRawBufferPointer(text))
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let code = slots[slot]
            if hashes[Int(code)] == hash, isEqual(Int(code), text) { return code }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// How many texts another dictionary has, too, and the first of them.
    public func common(with other: TextDictionary) -> (count: Int, first: String?) {
        var (count, first): (Int, Int?) = (0, nil)
        for code in 0..<self.count where withBytes(of: code, { other.existingCode(of: $0) }) != nil {
            count += 1
            first = first ?? code
        }
        return (count, first.map { self[$0] })
    }

    /// Whether both have the same texts under the same numbers.
    func hasSameTexts(as other: TextDictionary) -> Bool { ends == other.ends && bytes == other.bytes }

    private func isEqual(_ code: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = code == 0 ? 0 : ends[code - 1]
        guard ends[code] - start == text.count else { return false }
        return bytes.withUnsafeBufferPointer { stored in
            for index in 0..<text.count where stored[start + index] != text[index] { return false }
            return true
        }
    }

    private mutating func insert(_ text: UnsafeBufferPointer<UInt8>, _ hash: UInt64, _ slot: Int) -> Int32 {
        let code = Int32(ends.count)
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
        hashes.append(hash)
        slots[slot] = code
        if ends.count * 2 > slots.count { grow() }
        return code
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: slots.count * 4)
        for (code, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(code)
        }
    }
}
