import Domain

extension ProfileBlock {
    /// Reads JSON Lines. Members not seen before add to `names`; a member that an object lacks is null.
    mutating func scanJSONLines(_ scan: ProfileScan) {
        var extra: [UInt8] = []
        do throws(DataError) {
            let bytes = bytes
            try bytes.withUnsafeBufferPointer { bytes throws(DataError) in
                try scanJSONLines(UnsafeRawBufferPointer(bytes), scan, &extra)
            }
        } catch {
            self.error = error
        }
        if !extra.isEmpty { bytes += extra }
    }

    private mutating func scanJSONLines(
        _ bytes: UnsafeRawBufferPointer, _ scan: ProfileScan, _ extra: inout [UInt8]
    ) throws(DataError) {
        try findNames(bytes)
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        var scanner = try JSONLinesScanner(bytes)
        let readings = scan.readings(of: names)
        var lookup = MemberLookup(names)
        var batch = ProfileBatch(width: names.count, nulls: scan.nulls, decimalMark: UInt8(ascii: "."))
        while let field = try scanner.next() {
            if field.kind != .none, field.kind != .null, let column = lookup.column(of: field.name),
                let start = field.bytes.baseAddress
            {
                batch.set(column, start: start - base, count: field.bytes.count, isEscaped: field.isEscaped)
            }
            guard field.endsRow else { continue }
            lookup.startRow()
            if batch.endRow() { batch.flush(into: &self, bytes, readings, &extra, unescape: Self.unescapeJSON) }
        }
        batch.flush(into: &self, bytes, readings, &extra, unescape: Self.unescapeJSON)
    }

    /// Walks the block once for its names alone, so that the batch knows its width. Throws where one stands twice in an object.
    private mutating func findNames(_ bytes: UnsafeRawBufferPointer) throws(DataError) {
        var scanner = try JSONLinesScanner(bytes)
        var lookup = MemberLookup(names)
        var lastRow = Array(repeating: -1, count: names.count), row = 0
        while let field = try scanner.next() {
            if field.kind != .none {
                let column = try lookup.place(of: field, scanner)
                if column == lastRow.count { lastRow.append(-1) }
                guard lastRow[column] < row else {
                    throw scanner.error(twice: lookup.text(at: column), at: field)
                }
                lastRow[column] = row
            }
            if field.endsRow {
                lookup.startRow()
                row += 1
            }
        }
        names = lookup.texts
        while columns.count < names.count { columns.append(BlockColumn()) }
    }

    private static func unescapeJSON(_ value: UnsafeRawBufferPointer, _ buffer: inout [UInt8]) {
        var text: [UInt8] = []
        value.withMemoryRebound(to: UInt8.self) { _ = JSONEscapes.resolve($0, into: &text) }
        buffer += text
    }
}
