import CVector

extension CSVScanner {
    /// Why the reading of plain rows ended.
    enum PlainRowsEnd {
        /// The batch is full.
        case full
        /// The next row has quotes, carriage returns, another width or an error, or is near the end of the text.
        case unusual
    }

    /// Reads whole rows that are nothing but fields, delimiters and line feeds, 64 bytes at a step; between rows only.
    ///
    /// Leaves every other row to `next`, which also finds the words for what is wrong with it.
    mutating func readPlainRows(into batch: inout ProfileBatch) -> PlainRowsEnd {
        guard width > 1 else { return .unusual }
        var rows = PlainRows(text: text, rowStart: place - text.start)
        let result = rows.read(into: &batch, delimiter: delimiter, width: width)
        skip(to: text.start + rows.rowStart, rows: rows.count)
        return result
    }
}

private struct PlainRows {
    let text: ScannedText

    /// Of the row that is not complete.
    var rowStart: Int

    /// Complete rows.
    var count = 0

    @inline(never)
    mutating func read(into batch: inout ProfileBatch, delimiter: UInt8, width: Int) -> CSVScanner.PlainRowsEnd {
        let start = text.start
        let length = text.end - start
        var fieldStart = rowStart
        var column = 0
        var hasHigh = false
        var place = rowStart
        while place &+ 64 <= length {
            let marks = martlet_find_marks(start + place, delimiter)
            var ends = marks.ends
            if marks.unusual != 0 { ends &= (marks.unusual & (0 &- marks.unusual)) &- 1 }
            hasHigh = hasHigh || marks.high != 0
            while ends != 0 {
                let bit = ends.trailingZeroBitCount
                let end = place &+ bit
                ends &= ends &- 1
                batch.set(column, start: fieldStart, count: end &- fieldStart, isEscaped: false)
                fieldStart = end &+ 1
                column &+= 1
                if start[end] != 0x0A {
                    if column == width { return .unusual }
                    continue
                }
                guard column == width, !hasHigh || isUTF8(to: end) else { return .unusual }
                hasHigh = marks.high &>> UInt64(bit) != 0
                column = 0
                rowStart = fieldStart
                count &+= 1
                if batch.endRow() { return .full }
            }
            if marks.unusual != 0 { return .unusual }
            place &+= 64
        }
        return .unusual
    }

    /// Whether the row that ends at `end` is well-formed.
    private func isUTF8(to end: Int) -> Bool {
        UTF8Check.firstInvalid(UnsafeBufferPointer(start: text.start + rowStart, count: end - rowStart)) == nil
    }
}
