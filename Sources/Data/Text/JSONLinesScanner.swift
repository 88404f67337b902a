/// Walks text with one flat JSON object a line, member by member, without copying a byte.
///
/// Blank lines and a byte order mark are skipped; the last line needs no end. Nested objects and arrays are passed over as
/// one value. The bare words `NaN`, `Infinity` and `-Infinity`, which Python writes, are numbers.
public struct JSONLinesScanner {
    /// Whole lines returned so far.
    public private(set) var rowsRead = 0

    let text: ScannedText
    private var cursor: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private var inRow = false
    private var buffer: [UInt8] = []

    /// A scanner at the start of `bytes`, which must stay valid and unchanged while it is used.
    public init(_ bytes: UnsafeRawBufferPointer, firstLine: Int = 1) throws(DataError) {
        text = ScannedText(bytes, firstLine: firstLine)
        cursor = text.start
        end = text.end
        try text.refuseForeignEncoding()
        if text.hasByteOrderMark { cursor += 3 }
    }

    /// The next member, or `nil` after the last line.
    public mutating func next() throws(DataError) -> JSONLinesField? {
        if !inRow {
            skipSpace(andLines: true)
            guard cursor < end else { return nil }
            guard take(UInt8(ascii: "{")) else { throw fault("expected a JSON object, such as {\"a\": 1}") }
            inRow = true
            skipSpace()
            if take(UInt8(ascii: "}")) {
                try endRow()
                let nothing = UnsafeBufferPointer(start: cursor, count: 0)
                return JSONLinesField(kind: .none, name: nothing, bytes: nothing, isEscaped: false, endsRow: true)
            }
        }
        return try member()
    }

    private mutating func member() throws(DataError) -> JSONLinesField {
        skipSpace()
        guard take(UInt8(ascii: "\"")) else { throw fault("expected a name in double quotes") }
        let name = try string().bytes
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw fault("expected a colon after the name") }
        skipSpace()
        let (kind, bytes, escaped) = try value()
        skipSpace()
        if take(UInt8(ascii: "}")) {
            try endRow()
        } else if !take(UInt8(ascii: ",")) {
            throw fault("expected a comma or a closing brace")
        }
        return JSONLinesField(kind: kind, name: name, bytes: bytes, isEscaped: escaped, endsRow: !inRow)
    }

    private mutating func endRow() throws(DataError) {
        inRow = false
        rowsRead += 1
        if rowsRead & 0xFFFF == 0 { try DataError.stopIfCancelled() }
        skipSpace()
        guard cursor == end || cursor.pointee == 0x0A || cursor.pointee == 0x0D else {
            throw fault("expected the end of the line after the object")
        }
    }

    private mutating func value() throws(DataError) -> (JSONLinesField.Kind, UnsafeBufferPointer<UInt8>, Bool) {
        guard cursor < end else { throw fault("the line is cut off") }
        let begin = cursor
        switch cursor.pointee {
        case UInt8(ascii: "\""):
            cursor += 1
            let found = try string()
            return (.string, found.bytes, found.isEscaped)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try skipNested()
            return (.nested, UnsafeBufferPointer(start: begin, count: cursor - begin), false)
        default:
            return try bareWord()
        }
    }

    private mutating func bareWord() throws(DataError) -> (JSONLinesField.Kind, UnsafeBufferPointer<UInt8>, Bool) {
        let begin = cursor
        while cursor < end, isWordByte(cursor.pointee) { cursor += 1 }
        let word = UnsafeBufferPointer(start: begin, count: cursor - begin)
        if word.elementsEqual("null".utf8) { return (.null, word, false) }
        if word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) { return (.bool, word, false) }
        let isSpelledRight = Self.isSpelledAsNumber(word)
        guard isSpelledRight, DecimalNumber.parse(word) != nil else {
            let complaint = isSpelledRight ? DecimalNumber.complaint(about: word) : "is not a number of JSON"
            throw text.error(
                word.isEmpty ? "expected a value" : "`\(String(decoding: word, as: UTF8.self))` \(complaint)",
                at: begin, remedy: "write a JSON number, string, true, false or null")
        }
        return (.number, word, false)
    }

    /// As RFC 8259 wants it, `-12.5e+3`: no plus before, no zero before other digits, and digits on both sides of a point. What else there
    /// is wrong with it, whoever parses it finds.
    private static func isSpelledAsNumber(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let digits = word.first == UInt8(ascii: "-") ? word[1...] : word[...]
        guard let first = digits.first else { return false }
        guard first &- 0x30 < 10 else {
            return digits.elementsEqual("Infinity".utf8) || digits.count == word.count && word.elementsEqual("NaN".utf8)
        }
        if first == 0x30, digits.count > 1, digits[digits.startIndex + 1] &- 0x30 < 10 { return false }
        guard let point = digits.firstIndex(of: UInt8(ascii: ".")) else { return true }
        return point + 1 < digits.endIndex && digits[point + 1] &- 0x30 < 10
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// The string after an opening quote, to and with the closing one.
    private mutating func string() throws(DataError) -> (bytes: UnsafeBufferPointer<UInt8>, isEscaped: Bool) {
        let begin = cursor
        var escaped = false
        var high: UInt8 = 0
        while cursor < end, cursor.pointee != UInt8(ascii: "\"") {
            let byte = cursor.pointee
            if byte < 0x20 {
                throw fault(byte == 0x0A ? "the string is not closed" : "a control character in a string")
            }
            if byte == UInt8(ascii: "\\") {
                escaped = true
                cursor += 1
                guard cursor < end else { break }
            }
            high |= byte
            cursor += 1
        }
        guard cursor < end else { throw fault("the string is not closed") }
        if high & 0x80 != 0 || escaped { try text.requireUTF8(begin, cursor) }
        let bytes = UnsafeBufferPointer(start: begin, count: cursor - begin)
        if escaped, !JSONEscapes.resolve(bytes, into: &buffer) {
            throw text.error(
                "a malformed escape in the string", at: begin, remedy: "write \\n, \\\\, \\\" or \\u with four digits")
        }
        cursor += 1
        return (bytes, escaped)
    }

    /// Passes over an object or array by its brackets; what stands between is not checked further.
    private mutating func skipNested() throws(DataError) {
        var depth = 0
        while cursor < end {
            let byte = cursor.pointee
            if byte == 0x0A || byte == 0 { break }
            cursor += 1
            switch byte {
            case UInt8(ascii: "\""): _ = try string()
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            if depth == 0 { return }
        }
        throw fault("the line is cut off inside an object or array")
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        guard cursor < end, cursor.pointee == byte else { return false }
        cursor += 1
        return true
    }

    @inline(__always)
    private mutating func skipSpace(andLines: Bool = false) {
        while cursor < end {
            let byte = cursor.pointee
            guard byte == 0x20 || byte == 0x09 || (andLines && (byte == 0x0A || byte == 0x0D)) else { return }
            cursor += 1
        }
    }

    private func fault(_ message: String) -> DataError {
        text.error(message, at: cursor, remedy: "write one JSON object a line")
    }

    /// The error `message` at the value of `field`, with its line and column.
    public func error(_ message: String, at field: JSONLinesField, remedy: String) -> DataError {
        text.error(message, at: field.bytes.baseAddress ?? cursor, remedy: remedy)
    }
}
