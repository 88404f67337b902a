import Domain

extension TableProfile {
    /// The profile of a Parquet file, column by column.
    public init(parquet path: String, options: ProfileOptions = ProfileOptions()) throws(DataError) {
        let file = try ParquetFile(path: path)
        let (footer, names) = (file.footer, file.names)
        var wanted = names.indices.filter { !options.skippedColumns.contains(ExactText(names[$0])) }
        if options.heldBytes < .max, file.rows <= options.exactLimit {
            wanted = Array(wanted.prefix(max(1, options.heldBytes / max(1, 24 * file.rows))))
        }
        let columns = wanted
        options.watch?.begin(rows: file.rows, of: file.rows * columns.count)
        let areTexts = wanted.map { !file.columns[$0].isNumeric }
        let results = columns.map { _ in Shared<Result<ColumnProfile, DataError>?>(nil) }
        Workers.each(columns.count, threads: options.threads) { index in
            let result = Result { () throws(DataError) in
                try ParquetColumnProfile(
                    try ParquetFile(path: path, footer: footer), columns[index], options
                ).profile().stating(isText: areTexts[index])
            }
            results[index].update { $0 = result }
        }
        var profiles: [ColumnProfile] = []
        var unread = file.unread
        for (index, result) in zip(columns, results) {
            switch result.update({ $0 }) {
            case .success(let profile): profiles.append(profile)
            case .failure(let error):
                guard error == ParquetDecoder.noText(names[index]), names.count > 1 else { throw error }
                unread.append((names[index], ParquetDecoder.noTextReason))
            case nil: break
            }
        }
        self.init(
            rows: file.rows, columns: profiles, names: names + footer.schema.unread.map(\.name),
            exactLimit: options.exactLimit,
            remarks: TableRemarks(unread: unread))
    }
}

extension ParquetFile {
    /// A sentence for each column that its schema says cannot be read.
    public var remarks: [String] { TableRemarks(unread: unread).sentences }

    /// With the reason as the end of a sentence that starts with the column.
    public var unread: [(name: String, reason: String)] { footer.schema.unread.map { ($0.name, $0.reason) } }
}

extension ColumnProfile {
    /// The same, of texts where a file says so of a column that has no values to show it.
    fileprivate func stating(isText: Bool) -> ColumnProfile {
        guard isText, case .empty = content else { return self }
        return ColumnProfile(name: name, rows: rows, nulls: nulls, content: .texts(TextProfile(exactly: TextCounts())))
    }
}

/// Profiles one column of a Parquet file.
private struct ParquetColumnProfile {
    private let file: ParquetFile
    private let index: Int
    private let nulls: [[UInt8]]
    private let watch: ReadingWatch?

    /// The numbers that some of them spell.
    private let nullNumbers: [Double]
    private var accumulator: ColumnAccumulator
    private var spans: [TextSpan] = []

    /// Numbers came of which the double does not have all digits that the file has.
    private var hasWideDigits = false

    init(_ file: ParquetFile, _ index: Int, _ options: ProfileOptions) {
        self.file = file
        self.index = index
        watch = options.watch
        nulls = options.table.nullSpellings.filter { !$0.isEmpty }.map { Array($0.utf8) }
        nullNumbers = nulls.compactMap { $0.withUnsafeBufferPointer { DecimalNumber.parse($0) } }
        accumulator = ColumnAccumulator(
            name: file.columns[index].name, rowsBefore: 0, expectsMany: file.rows > options.exactLimit,
            options: options)
    }

    consuming func profile() throws(DataError) -> ColumnProfile {
        for group in 0..<file.groups {
            try file.pages(group: group, column: index) { _, rows, values throws(DataError) in
                try add(values, rows: rows)
                watch?.add(rows)
            }
        }
        if hasWideDigits { try addDigits() }
        return accumulator.finish()
    }

    /// So many values of a page at most are added at a time: a few bytes may stand for many millions.
    private static let step = 1 << 20

    private mutating func add(_ values: ParquetValues, rows: Int) throws(DataError) {
        var nulls = rows - values.count
        for start in stride(from: 0, to: max(1, values.count), by: Self.step) {
            let part = start..<min(start + Self.step, values.count)
            try add(values, part, nulls: nulls)
            nulls = 0
        }
    }

    private mutating func add(_ values: ParquetValues, _ part: Range<Int>, nulls: Int) throws(DataError) {
        var block = BlockColumn()
        block.nulls = nulls
        switch values {
        case .numbers(let numbers):
            block.numbers.reserveCapacity(part.count)
            try DataError.unlessCancelled(part) { part in addNumbers(numbers[part], &block) }
            accumulator.add(block, rows: nulls + part.count, of: [])
        case .texts(let bytes, let ranges):
            block.spans.reserveCapacity(part.count)
            try DataError.unlessCancelled(part) { part in
                bytes.withUnsafeBytes { bytes in
                    for range in ranges[part] {
                        let text = UnsafeRawBufferPointer(rebasing: bytes[range])
                        if isNull(text) {
                            block.nulls += 1
                        } else {
                            block.spans.append(TextSpan(start: range.lowerBound, text))
                        }
                    }
                }
            }
            accumulator.add(block, rows: nulls + part.count, of: bytes)
        case .picked(let texts, let indices):
            block.spans.reserveCapacity(part.count)
            try DataError.unlessCancelled(part) { part in
                texts.bytes.withUnsafeBytes { bytes in
                    for index in indices[part] {
                        let span = texts.spans[Int(index)]
                        if isNull(span.bytes(in: bytes)) { block.nulls += 1 } else { block.spans.append(span) }
                    }
                }
            }
            accumulator.add(block, rows: nulls + part.count, of: texts.bytes)
        }
    }

    private mutating func addNumbers(_ numbers: ArraySlice<Double>, _ block: inout BlockColumn) {
        for number in numbers {
            if !nullNumbers.isEmpty, isNull(number) {
                block.nulls += 1
                continue
            }
            if number.isFinite { block.numbers.append(number + 0) } else { block.unusual.add(number) }
            guard number.isFinite, WideNumbers.contains(number) else { continue }
            if file.columns[index].hasDigits {
                hasWideDigits = true
            } else {
                block.wide.append(WideNumbers.hash(of: number))
            }
        }
    }

    /// Reads the column again for the numbers that are not told apart as doubles.
    private mutating func addDigits() throws(DataError) {
        for group in 0..<file.groups {
            var hashes: [UInt64] = []
            try file.pages(group: group, column: index, spells: true) { _, _, values throws(DataError) in
                try values.eachText { text in
                    let text = text.assumingMemoryBound(to: UInt8.self)
                    guard let number = DecimalNumber.parse(text), WideNumbers.contains(number), !isNull(number)
                    else { return }
                    hashes.append(WideNumbers.hash(of: text, number))
                }
            }
            accumulator.add(wide: hashes)
        }
    }

    private func isNull(_ number: Double) -> Bool {
        nullNumbers.contains { $0 == number || $0.isNaN && number.isNaN }
    }

    @inline(__always)
    private func isNull(_ text: UnsafeRawBufferPointer) -> Bool {
        !nulls.isEmpty && nulls.contains { $0.elementsEqual(text) }
    }
}
