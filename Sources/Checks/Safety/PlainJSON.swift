import Domain

/// JSON text among other bytes, without its blanks and with its escapes undone; fed piece by piece.
struct PlainJSON {
    private(set) var bytes: [UInt8] = []
    /// The start of an escape that the next piece completes.
    private var rest: [UInt8] = []

    /// Of what was fed before, this much is kept.
    private static let kept = 512

    mutating func add(_ piece: [UInt8]) {
        let input = rest + piece
        rest = []
        bytes.removeFirst(max(0, bytes.count - Self.kept))
        var index = 0
        while index < input.count {
            let byte = input[index]
            if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                index += 1
                continue
            }
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                index += 1
                continue
            }
            guard input.count - index >= 6 else { return rest = Array(input[index...]) }
            if let letter = Self.letter(input[(index + 1)..<(index + 6)]) {
                bytes.append(letter)
                index += 6
            } else {
                bytes.append(byte)
                index += 1
            }
        }
    }

    func contains(_ word: [UInt8]) -> Bool { !places(of: word).isEmpty }

    /// The texts that follow a word, up to their quotes.
    func texts(after word: [UInt8]) -> [String] {
        places(of: word).compactMap { place in
            let text = bytes[(place + word.count)...].prefix { $0 != UInt8(ascii: "\"") }
            guard text.endIndex < bytes.count, text.count <= 200 else { return nil }
            return String(decoding: text, as: UTF8.self)
        }
    }

    private func places(of word: [UInt8]) -> [Int] {
        guard bytes.count >= word.count else { return [] }
        return bytes.withUnsafeBufferPointer { bytes in
            var places: [Int] = [], start = 0
            while start <= bytes.count - word.count {
                if bytes[start] == word[0], bytes[start..<start + word.count].elementsEqual(word) {
                    places.append(start)
                }
                start += 1
            }
            return places
        }
    }

    /// Of `u0041`, where that is a letter of ASCII.
    private static func letter(_ escape: ArraySlice<UInt8>) -> UInt8? {
        guard escape.first == UInt8(ascii: "u"),
            let value = UInt8(String(decoding: escape.dropFirst(), as: UTF8.self), radix: 16), value < 0x80
        else { return nil }
        return value
    }
}
