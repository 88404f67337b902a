extension ProfileBlock {
    /// Reads delimited rows. The first block starts with the header, and sets `names`.
    mutating func scanCSV(_ scan: ProfileScan, isFirst: Bool) {
        var extra: [UInt8] = []
        do throws(DataError) {
            let bytes = bytes
            try bytes.withUnsafeBufferPointer { bytes throws(DataError) in
                try scanCSV(UnsafeRawBufferPointer(bytes), scan, isFirst, &extra)
            }
        } catch {
            self.error = error
        }
        if !extra.isEmpty { bytes += extra }
    }

    private mutating func scanCSV(
        _ bytes: UnsafeRawBufferPointer, _ scan: ProfileScan, _ isFirst: Bool, _ extra: inout [UInt8]
    ) throws(DataError) {
        var scanner = try CSVScanner(bytes, dialect: scan.dialect)
        if isFirst {
            let header = try scanner.headerAndUnnamed()
            reset(names: header.names)
            unnamed = header.unnamed
        } else {
            scanner.expectWidth(names.count)
        }
        let readings = scan.readings(of: names)
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        var batch = ProfileBatch(width: names.count, nulls: scan.nulls, decimalMark: scan.dialect.decimalMark)
        while true {
            while scanner.readPlainRows(into: &batch) == .full {
                batch.flush(into: &self, bytes, readings, &extra, unescape: Self.unescapeQuotes)
            }
            guard let first = try scanner.next() else { break }
            var field = first
            while true {
                batch.set(scanner.column, start: field.start - base, count: field.count, isEscaped: field.isEscaped)
                if field.endsRow { break }
                guard let next = try scanner.next() else { break }
                field = next
            }
            if batch.endRow() { batch.flush(into: &self, bytes, readings, &extra, unescape: Self.unescapeQuotes) }
        }
        batch.flush(into: &self, bytes, readings, &extra, unescape: Self.unescapeQuotes)
    }

    private static func unescapeQuotes(_ value: UnsafeRawBufferPointer, _ buffer: inout [UInt8]) {
        var index = 0
        while index < value.count {
            buffer.append(value[index])
            index += value[index] == UInt8(ascii: "\"") ? 2 : 1
        }
    }
}
