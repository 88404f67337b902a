extension JSON {
    /// Why some bytes are no JSON, and where.
    public struct SyntaxError: Error, Hashable, Sendable {
        public let offset: Int
        public let message: String
    }

    /// Reads one value, which must be all there is.
    ///
    /// Depth is limited to 128 levels. With `python`, the bare words `NaN`, `Infinity` and `-Infinity` are numbers.
    public init(parsing bytes: [UInt8], python: Bool = false) throws(SyntaxError) {
        var parser = Parser(bytes: bytes, python: python)
        self = try parser.document()
    }

    public init(parsing text: String) throws(SyntaxError) { try self.init(parsing: Array(text.utf8)) }

    private struct Parser {
        let bytes: [UInt8]
        let python: Bool
        var position = 0

        init(bytes: [UInt8], python: Bool) {
            self.bytes = bytes
            self.python = python
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        }

        mutating func document() throws(SyntaxError) -> JSON {
            let value = try value(depth: 0)
            space()
            guard position == bytes.count else { throw fault("unexpected text after the value") }
            return value
        }

        private mutating func value(depth: Int) throws(SyntaxError) -> JSON {
            guard depth < 128 else { throw fault("nested more than 128 levels deep") }
            space()
            guard position < bytes.count else { throw fault("unexpected end") }
            switch bytes[position] {
            case UInt8(ascii: "{"): return try object(depth: depth)
            case UInt8(ascii: "["): return try array(depth: depth)
            case UInt8(ascii: "\""): return .string(try string())
            case UInt8(ascii: "t"): try word("true"); return .bool(true)
            case UInt8(ascii: "f"): try word("false"); return .bool(false)
            case UInt8(ascii: "n"): try word("null"); return .null
            case UInt8(ascii: "N") where python: try word("NaN"); return .double(.nan)
            case UInt8(ascii: "I") where python: try word("Infinity"); return .double(.infinity)
            default: return try number()
            }
        }

        private mutating func object(depth: Int) throws(SyntaxError) -> JSON {
            position += 1
            var members: [Member] = []
            space()
            if take(UInt8(ascii: "}")) { return .object(members) }
            while true {
                space()
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                    throw fault("expected a name in quotes")
                }
                let key = try string()
                space()
                guard take(UInt8(ascii: ":")) else { throw fault("expected ':'") }
                members.append(Member(key, try value(depth: depth + 1)))
                space()
                if take(UInt8(ascii: ",")) { continue }
                guard take(UInt8(ascii: "}")) else { throw fault("expected ',' or '}'") }
                return .object(members)
            }
        }

        private mutating func array(depth: Int) throws(SyntaxError) -> JSON {
            position += 1
            var items: [JSON] = []
            space()
            if take(UInt8(ascii: "]")) { return .array(items) }
            while true {
                items.append(try value(depth: depth + 1))
                space()
                if take(UInt8(ascii: ",")) { continue }
                guard take(UInt8(ascii: "]")) else { throw fault("expected ',' or ']'") }
                return .array(items)
            }
        }

        private mutating func string() throws(SyntaxError) -> String {
            position += 1
            var text: [UInt8] = []
            while position < bytes.count {
                let byte = bytes[position]
                switch byte {
                case UInt8(ascii: "\""):
                    position += 1
                    guard let string = String(validating: text, as: UTF8.self) else {
                        throw fault("invalid UTF-8 in a string")
                    }
                    return string
                case UInt8(ascii: "\\"): try escape(into: &text)
                case 0..<0x20: throw fault("unescaped control character in a string")
                default:
                    text.append(byte)
                    position += 1
                }
            }
            throw fault("string without an end")
        }

        private mutating func escape(into text: inout [UInt8]) throws(SyntaxError) {
            guard position + 1 < bytes.count else { throw fault("string without an end") }
            if bytes[position + 1] != UInt8(ascii: "u") {
                guard let byte = Self.escaped(bytes[position + 1]) else { throw fault("unknown escape") }
                text.append(byte)
                position += 2
                return
            }
            var code = try unit()
            if (0xD800..<0xDC00).contains(code) {
                guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u")
                else { throw fault("half a surrogate pair") }
                let low = try unit()
                guard (0xDC00..<0xE000).contains(low) else { throw fault("half a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw fault("half a surrogate pair") }
            text.append(contentsOf: String(scalar).utf8)
        }

        private static func escaped(_ letter: UInt8) -> UInt8? {
            switch letter {
            case UInt8(ascii: "n"): 0x0A
            case UInt8(ascii: "t"): 0x09
            case UInt8(ascii: "r"): 0x0D
            case UInt8(ascii: "b"): 0x08
            case UInt8(ascii: "f"): 0x0C
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
            default: nil
            }
        }

        private mutating func unit() throws(SyntaxError) -> UInt32 {
            guard position + 6 <= bytes.count, let pair = Hexadecimal.bytes(bytes[position + 2..<position + 6])
            else { throw fault("expected four hexadecimal digits") }
            position += 6
            return UInt32(pair[0]) << 8 | UInt32(pair[1])
        }

        private mutating func number() throws(SyntaxError) -> JSON {
            let start = position
            if python, bytes[start...].starts(with: "-Infinity".utf8) {
                position += 9
                return .double(-.infinity)
            }
            _ = take(UInt8(ascii: "-"))
            let digits = position
            while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
                position += 1
            }
            guard position > digits, position == digits + 1 || bytes[digits] != UInt8(ascii: "0") else {
                throw fault("expected a value")
            }
            var whole = true
            scan: while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
                    whole = false
                case UInt8(ascii: "0")...UInt8(ascii: "9"): break
                default: break scan
                }
                position += 1
            }
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            if whole, let value = Int(text) { return .int(value) }
            let behindPoint = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).dropFirst()
                .first
            guard let value = Double(text), behindPoint.map({ $0.first?.isNumber == true }) ?? true else {
                throw fault("'\(text)' is no number")
            }
            guard value.isFinite else { throw fault("'\(text)' is too large") }
            return .double(value)
        }

        private mutating func word(_ word: StaticString) throws(SyntaxError) {
            let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
            guard bytes[position...].starts(with: expected) else { throw fault("expected a value") }
            position += expected.count
        }

        private mutating func space() {
            while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard position < bytes.count, bytes[position] == byte else { return false }
            position += 1
            return true
        }

        private func fault(_ message: String) -> SyntaxError { SyntaxError(offset: position, message: message) }
    }
}
