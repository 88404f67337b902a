import Glibc

/// Walks delimited text (RFC 4180), field by field, without copying a byte.
///
/// Lines end with LF, CRLF or CR; the last one needs no end. A byte order mark is skipped, and so are blank lines of a
/// table with more than one column (with one column they are rows that hold an empty field). Every row must be as wide as
/// the first. Eight bytes are looked at in a step; line numbers are counted only for an error.
///
///     var scanner = try CSVScanner(bytes)
///     let names = try scanner.header()
///     while let field = try scanner.next() { … scanner.column … field.endsRow … }
public struct CSVScanner {
    /// Of the field that `next` returned last, counted from 0.
    public private(set) var column = -1

    /// Whole rows returned so far, the header included where it was read.
    public private(set) var rowsRead = 0

    /// Fields in a row; 0 until the first row is complete or `expectWidth` was called.
    public private(set) var width = 0

    let text: ScannedText
    let delimiter: UInt8
    private let delimiters: UInt64
    private var cursor: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    private var inRow = false

    /// A scanner at the start of `bytes`, which must stay valid and unchanged while it is used.
    ///
    /// `firstLine` is the number of the first line in messages, for a chunk of a longer text.
    public init(
        _ bytes: UnsafeRawBufferPointer, dialect: CSVDialect = .comma, firstLine: Int = 1
    ) throws(DataError) {
        text = ScannedText(bytes, firstLine: firstLine)
        delimiter = dialect.delimiter
        delimiters = UInt64(dialect.delimiter) &* 0x0101_0101_0101_0101
        cursor = text.start
        end = text.end
        try text.refuseForeignEncoding()
        if text.hasByteOrderMark { cursor += 3 }
    }

    /// Demands `width` fields in every row, for a chunk that starts after the header.
    public mutating func expectWidth(_ width: Int) { self.width = width }

    /// Where the next row starts, between rows.
    var place: UnsafePointer<UInt8> { cursor }

    /// Goes on behind `rows` rows that end before `place`, between rows.
    mutating func skip(to place: UnsafePointer<UInt8>, rows: Int) {
        cursor = place
        rowsRead &+= rows
    }

    /// The next field, or `nil` after the last row.
    @inline(__always)
    public mutating func next() throws(DataError) -> CSVField? {
        if !inRow {
            guard startsRow() else { return nil }
        }
        if cursor == end { return try finish(cursor, cursor, quoted: false, escaped: false) }
        if cursor.pointee == UInt8(ascii: "\"") { return try quotedField() }
        return try plainField()
    }

    /// Skips what stands between rows; false at the end of the text.
    @inline(__always)
    private mutating func startsRow() -> Bool {
        if width != 1 {
            while cursor < end, cursor.pointee == 0x0A || cursor.pointee == 0x0D { cursor += 1 }
        }
        guard cursor < end else { return false }
        column = -1
        inRow = true
        return true
    }

    @inline(__always)
    private mutating func plainField() throws(DataError) -> CSVField {
        let begin = cursor
        var place = begin
        var high: UInt64 = 0
        while end - place >= 8 {
            let word = UnsafeRawPointer(place).loadUnaligned(as: UInt64.self).littleEndian
            var candidates = Self.candidates(word, delimiters)
            while candidates != 0 {
                let offset = candidates.trailingZeroBitCount >> 3
                if isSpecial(place[offset]) {
                    high |= word & ((1 << UInt64(offset &* 8)) &- 1)
                    return try plainField(begin, to: place + offset, hasHigh: high & 0x8080_8080_8080_8080 != 0)
                }
                candidates &= candidates &- 1
            }
            high |= word
            place += 8
        }
        var last: UInt8 = 0
        while place < end, !isSpecial(place.pointee) {
            last |= place.pointee
            place += 1
        }
        return try plainField(begin, to: place, hasHigh: high & 0x8080_8080_8080_8080 != 0 || last & 0x80 != 0)
    }

    /// The high bits of the bytes that may matter: equal to the delimiter, or less than 0x23 (line ends, quote, NUL, space…).
    ///
    /// A borrow may mark a byte too many above a marked one, never one too few.
    @inline(__always)
    private static func candidates(_ word: UInt64, _ delimiters: UInt64) -> UInt64 {
        let equal = word ^ delimiters
        let low = (word &- 0x2323_2323_2323_2323) & ~word
        return (low | ((equal &- 0x0101_0101_0101_0101) & ~equal)) & 0x8080_8080_8080_8080
    }

    @inline(__always)
    private func isSpecial(_ byte: UInt8) -> Bool {
        byte == delimiter || byte == 0x0A || byte == 0x0D || byte == 0 || byte == UInt8(ascii: "\"")
    }

    @inline(__always)
    private mutating func plainField(
        _ begin: UnsafePointer<UInt8>, to place: UnsafePointer<UInt8>, hasHigh: Bool
    ) throws(DataError) -> CSVField {
        if hasHigh { try text.requireUTF8(begin, place) }
        if place < end {
            if place.pointee == 0 { throw text.nulByte(place) }
            if place.pointee == UInt8(ascii: "\"") { throw text.strayQuote(place) }
        }
        cursor = place
        return try finish(begin, place, quoted: false, escaped: false)
    }

    @inline(never)
    private mutating func quotedField() throws(DataError) -> CSVField {
        let begin = cursor + 1
        var place = begin
        var escaped = false
        while true {
            guard let quote = memchr(place, 0x22, end - place) else { throw text.unterminatedQuote(cursor) }
            place = UnsafePointer(quote.assumingMemoryBound(to: UInt8.self))
            guard place + 1 < end, place[1] == 0x22 else { break }
            escaped = true
            place += 2
        }
        try text.requireText(begin, place)
        cursor = place + 1
        if cursor < end, cursor.pointee != delimiter, cursor.pointee != 0x0A, cursor.pointee != 0x0D {
            throw text.textAfterQuote(cursor)
        }
        return try finish(begin, place, quoted: true, escaped: escaped)
    }

    /// Steps over the delimiter or line end at the cursor and counts the field.
    @inline(__always)
    private mutating func finish(
        _ begin: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>, quoted: Bool, escaped: Bool
    ) throws(DataError) -> CSVField {
        column &+= 1
        let endsRow = cursor == end || cursor.pointee != delimiter
        if endsRow {
            if column &+ 1 != width { try checkWidth(at: begin) }
            inRow = false
            rowsRead &+= 1
            if rowsRead & 0xFFFF == 0 { try DataError.stopIfCancelled() }
            if cursor < end {
                let isReturn = cursor.pointee == 0x0D
                cursor += 1
                if isReturn, cursor < end, cursor.pointee == 0x0A { cursor += 1 }
            }
        } else {
            if column &+ 1 == width { throw text.tooManyFields(begin: cursor, expected: width) }
            cursor += 1
        }
        return CSVField(start: begin, count: last - begin, isQuoted: quoted, isEscaped: escaped, endsRow: endsRow)
    }

    private mutating func checkWidth(at place: UnsafePointer<UInt8>) throws(DataError) {
        guard width > 0 else {
            width = column + 1
            return
        }
        throw text.tooFewFields(at: place, found: column + 1, expected: width)
    }

    /// The error `message` at the start of `field`, with its line and column.
    public func error(_ message: String, at field: CSVField, remedy: String) -> DataError {
        text.error(message, at: field.start, remedy: remedy)
    }

    /// The number of the line that `field` starts on, counted from `firstLine`.
    public func line(of field: CSVField) -> Int { text.line(at: field.start) }
}
