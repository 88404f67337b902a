import Domain

/// Reads XML event by event: elements, attributes and text, for reports such as JUnit's and Cobertura's.
///
/// Knows no document types and no entities but the five of XML and character references, so nothing is fetched or expanded.
struct XMLReader {
    enum Event: Hashable {
        case start(name: String, attributes: [String: String])
        case end(name: String)
        case text(String)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var open: [String] = []
    private var pendingEnd: String?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next event, or `nil` at the end of a whole document. Throws where the text is no XML.
    mutating func next() throws(Malformed) -> Event? {
        if let name = pendingEnd {
            pendingEnd = nil
            return .end(name: name)
        }
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else { return try text() }
            if skipped("<?", to: "?>") || skipped("<!--", to: "-->") { continue }
            if starts("<![CDATA[") { return try data() }
            if starts("<!") {
                guard skipped("<!", to: ">") else { throw fault("a declaration that has no end") }
                continue
            }
            return try starts("</") ? end() : start()
        }
        guard open.isEmpty else { throw fault("element '\(open.last ?? "")' is never closed") }
        return nil
    }

    private func starts(_ prefix: String) -> Bool { bytes[position...].starts(with: prefix.utf8) }

    private mutating func skipped(_ prefix: String, to suffix: String) -> Bool {
        guard starts(prefix), let end = place(of: suffix, from: position + prefix.utf8.count) else { return false }
        position = end + suffix.utf8.count
        return true
    }

    private func place(of text: String, from start: Int) -> Int? {
        let needle = Array(text.utf8)
        guard start <= bytes.count - needle.count else { return nil }
        return (start...(bytes.count - needle.count)).first { bytes[$0..<$0 + needle.count].elementsEqual(needle) }
    }

    private mutating func text() throws(Malformed) -> Event {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        defer { position = end }
        return .text(try decoded(bytes[position..<end]))
    }

    private mutating func data() throws(Malformed) -> Event {
        guard let end = place(of: "]]>", from: position + 9) else { throw fault("a CDATA section that has no end") }
        defer { position = end + 3 }
        return .text(String(decoding: bytes[(position + 9)..<end], as: UTF8.self))
    }

    private mutating func end() throws(Malformed) -> Event {
        position += 2
        let name = self.name()
        space()
        guard take(UInt8(ascii: ">")), open.last == name else { throw fault("'</\(name)>' closes nothing") }
        open.removeLast()
        return .end(name: name)
    }

    private mutating func start() throws(Malformed) -> Event {
        position += 1
        let name = self.name()
        guard !name.isEmpty, open.count < 256 else {
            throw fault("no name of an element, or too many inside each other")
        }
        var attributes: [String: String] = [:]
        while true {
            space()
            if take(UInt8(ascii: ">")) {
                open.append(name)
                return .start(name: name, attributes: attributes)
            }
            if take(UInt8(ascii: "/")) {
                guard take(UInt8(ascii: ">")) else { throw fault("expected '>'") }
                pendingEnd = name
                return .start(name: name, attributes: attributes)
            }
            let key = self.name()
            space()
            guard !key.isEmpty, take(UInt8(ascii: "=")) else { throw fault("expected an attribute in '\(name)'") }
            space()
            attributes[key] = try value()
        }
    }

    private mutating func value() throws(Malformed) -> String {
        guard position < bytes.count, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[position]),
            let end = bytes[(position + 1)...].firstIndex(of: bytes[position])
        else { throw fault("an attribute without quotes") }
        defer { position = end + 1 }
        return try decoded(bytes[(position + 1)..<end])
    }

    private mutating func name() -> String {
        let start = position
        while position < bytes.count, bytes[position] > 0x20, !"<>/=\"'".utf8.contains(bytes[position]) {
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func space() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Entities and character references resolved.
    private func decoded(_ slice: ArraySlice<UInt8>) throws(Malformed) -> String {
        guard slice.contains(UInt8(ascii: "&")) else { return String(decoding: slice, as: UTF8.self) }
        let known: [String: String] = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
        var text = ""
        var rest = slice
        while let start = rest.firstIndex(of: UInt8(ascii: "&")) {
            text += String(decoding: rest[..<start], as: UTF8.self)
            guard let end = rest[start...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
                throw fault("'&' that starts no entity")
            }
            let name = String(decoding: rest[(start + 1)..<end], as: UTF8.self)
            let code = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
            if let plain = known[name] {
                text += plain
            } else if name.hasPrefix("#"), let scalar = code.flatMap(Unicode.Scalar.init) {
                text.unicodeScalars.append(scalar)
            } else {
                throw fault("entity '&\(name);' is not known")
            }
            rest = rest[(end + 1)...]
        }
        return text + String(decoding: rest, as: UTF8.self)
    }

    private func fault(_ message: String) -> Malformed { Malformed("it is no XML at byte \(position): \(message)") }
}
