extension JSON {
    /// The bytes of this value: canonical in that the same value always gives the same bytes.
    ///
    /// Numbers are written in their shortest round-trip form; one that is not finite is written `null`.
    public func text(pretty: Bool = false) -> String {
        var writer = Writer(pretty: pretty)
        writer.write(self, depth: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private struct Writer {
        let pretty: Bool
        var bytes: [UInt8] = []

        init(pretty: Bool) { self.pretty = pretty }

        mutating func write(_ value: JSON, depth: Int) {
            switch value {
            case .null: add("null")
            case .bool(let value): add(value ? "true" : "false")
            case .int(let value): add(String(value))
            case .double(let value): add(value.isFinite ? Self.number(value) : "null")
            case .string(let text): quote(text)
            case .array(let items):
                list("[", "]", items.count, depth) { writer, index in writer.write(items[index], depth: depth + 1) }
            case .object(let members):
                list("{", "}", members.count, depth) { writer, index in
                    writer.quote(members[index].key)
                    writer.add(writer.pretty ? ": " : ":")
                    writer.write(members[index].value, depth: depth + 1)
                }
            }
        }

        private static func number(_ value: Double) -> String {
            let text = "\(value)"
            return text.hasSuffix(".0") ? String(text.dropLast(2)) + ".0" : text
        }

        private mutating func list(
            _ open: String, _ close: String, _ count: Int, _ depth: Int, _ item: (inout Writer, Int) -> Void
        ) {
            add(open)
            for index in 0..<count {
                if index > 0 { add(",") }
                newline(depth + 1)
                item(&self, index)
            }
            if count > 0 { newline(depth) }
            add(close)
        }

        private mutating func newline(_ depth: Int) {
            guard pretty else { return }
            bytes.append(UInt8(ascii: "\n"))
            bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
        }

        private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

        private mutating func quote(_ text: String) {
            bytes.append(UInt8(ascii: "\""))
            var text = text
            text.withUTF8 { text in
                for (index, byte) in text.enumerated() {
                    switch byte {
                    case UInt8(ascii: "\""): add("\\\"")
                    case UInt8(ascii: "\\"): add("\\\\")
                    case 0x0A: add("\\n")
                    case 0x0D: add("\\r")
                    case 0x09: add("\\t")
                    case 0..<0x20, 0x7F: escape(byte)
                    // U+0080 to U+009F steer a terminal as the characters before the space do.
                    case 0xC2 where text[index + 1] < 0xA0: break
                    case 0x80..<0xA0 where text[index - 1] == 0xC2: escape(byte)
                    default: bytes.append(byte)
                    }
                }
            }
            bytes.append(UInt8(ascii: "\""))
        }

        private mutating func escape(_ byte: UInt8) { add("\\u00" + Hexadecimal.text([byte])) }
    }
}
