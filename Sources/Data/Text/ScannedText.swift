import Glibc

/// The bytes under a scanner, and the errors that can stand in them.
struct ScannedText {
    let start: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    let firstLine: Int

    /// Stands in for the memory of an empty text, which has none.
    private static let nothing: StaticString = "\n"

    init(_ bytes: UnsafeRawBufferPointer, firstLine: Int) {
        self.firstLine = firstLine
        start = bytes.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) } ?? Self.nothing.utf8Start
        end = start + bytes.count
    }

    var hasByteOrderMark: Bool { end - start >= 3 && start[0] == 0xEF && start[1] == 0xBB && start[2] == 0xBF }

    func refuseForeignEncoding() throws(DataError) {
        guard end - start >= 2 else { return }
        if (start[0], start[1]) == (0xFF, 0xFE) || (start[0], start[1]) == (0xFE, 0xFF) {
            throw DataError(
                "the text is UTF-16, expected UTF-8", line: firstLine, column: 1, remedy: "save the file as UTF-8")
        }
        if (start[0], start[1]) == (0x1F, 0x8B) {
            throw DataError("the bytes are gzip, expected text", remedy: "decompress the file, or name it .gz")
        }
    }

    /// Refuses bytes that are not UTF-8.
    @inline(never)
    func requireUTF8(_ begin: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>) throws(DataError) {
        guard let bad = UTF8Check.firstInvalid(UnsafeBufferPointer(start: begin, count: last - begin)) else { return }
        throw error(
            "byte 0x\(String((begin + bad).pointee, radix: 16, uppercase: true)) is not UTF-8", at: begin + bad,
            remedy: "save the file as UTF-8")
    }

    /// Refuses NUL bytes and bytes that are not UTF-8.
    func requireText(_ begin: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>) throws(DataError) {
        var high: UInt8 = 0
        var place = begin
        while place < last {
            if place.pointee == 0 { throw nulByte(place) }
            high |= place.pointee
            place += 1
        }
        if high & 0x80 != 0 { try requireUTF8(begin, last) }
    }

    func line(at place: UnsafePointer<UInt8>) -> Int { position(of: place).line }

    func error(_ message: String, at place: UnsafePointer<UInt8>, remedy: String) -> DataError {
        let position = position(of: place)
        return DataError(message, line: position.line, column: position.column, remedy: remedy)
    }

    /// Line ends are LF, CRLF and CR; columns count UTF-8 characters, so that an editor finds the place.
    private func position(of place: UnsafePointer<UInt8>) -> (line: Int, column: Int) {
        var line = firstLine
        var lineStart = hasByteOrderMark ? start + 3 : start
        var here = lineStart
        while here < place {
            let byte = here.pointee
            here += 1
            if byte == 0x0D, here < place, here.pointee == 0x0A { here += 1 }
            if byte == 0x0A || byte == 0x0D {
                line += 1
                lineStart = here
            }
        }
        var column = 1
        while lineStart < place {
            if lineStart.pointee & 0xC0 != 0x80 { column += 1 }
            lineStart += 1
        }
        return (line, column)
    }
}

extension ScannedText {
    func nulByte(_ place: UnsafePointer<UInt8>) -> DataError {
        error(
            "a NUL byte in the text", at: place,
            remedy: "the file may be binary or damaged; write it again as UTF-8 text")
    }

    func strayQuote(_ place: UnsafePointer<UInt8>) -> DataError {
        error(
            "a quote inside a field that does not start with one", at: place,
            remedy: "put the whole field in quotes and double the quotes inside it")
    }

    func textAfterQuote(_ place: UnsafePointer<UInt8>) -> DataError {
        error(
            "text after the closing quote, expected a delimiter or the end of the line", at: place,
            remedy: "double the quotes that belong to the value")
    }

    func unterminatedQuote(_ place: UnsafePointer<UInt8>) -> DataError {
        error(
            "the quote that opens here is never closed", at: place,
            remedy: "close it, or write the file again: it may be cut off")
    }

    func tooManyFields(begin place: UnsafePointer<UInt8>, expected: Int) -> DataError {
        error(
            "the row has more than the \(expected) fields of the first row", at: place,
            remedy: "put fields that hold the delimiter in quotes")
    }

    func tooFewFields(at place: UnsafePointer<UInt8>, found: Int, expected: Int) -> DataError {
        error(
            "the row has \(found) of the \(expected) fields of the first row", at: place,
            remedy: "write the missing fields, empty if need be; a last line like this means a file that was cut off")
    }
}
