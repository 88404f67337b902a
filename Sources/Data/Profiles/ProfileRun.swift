import Domain

/// Profiles a source: blocks are read in order, scanned by several threads, and given to each column in order.
///
/// A column is of numbers until a value is none; then its part of the source is read a second time as texts.
struct ProfileRun {
    private var options: ProfileOptions
    private var reader: ProfileReader
    private var scan: ProfileScan
    private var columns: [Shared<ColumnAccumulator>] = []
    private var expectsMany = false
    private var rows = 0
    private var remarks = TableRemarks()
    private var contradictions: [Int: BlockColumn.Contradiction] = [:]

    /// Columns that are not looked at, by their places.
    private var left: Set<Int> = []

    init(_ source: any ByteStream, format: TextFormat, options: ProfileOptions) {
        self.options = options
        reader = ProfileReader(source, format, blockBytes: options.blockBytes)
        scan = ProfileScan(format, options)
    }

    mutating func profile() throws(DataError) -> TableProfile {
        try start()
        try passWithTexts()
        if expectsMany, rows <= options.exactLimit {
            expectsMany = false
            for index in contradicted { scan.readings[index] = .texts }
            try passWithTexts()
        }
        let wrong = contradicted
        for index in wrong {
            contradictions[index] = contradictions[index] ?? columns[index].update { $0.contradiction }
        }
        var finished = finishedColumns()
        if !wrong.isEmpty {
            for index in scan.readings.indices { scan.readings[index] = wrong.contains(index) ? .texts : .nothing }
            try passWithTexts()
            let texts = finishedColumns()
            for index in wrong { finished[index] = texts[index] }
        }
        for (index, found) in contradictions.sorted(by: { $0.key < $1.key }) where !left.contains(index) {
            remarks.note(found, of: scan.names[index])
        }
        let kept = finished.indices.filter { !left.contains($0) }.map { finished[$0] }
        return TableProfile(
            rows: rows, columns: kept, names: scan.names, exactLimit: options.exactLimit, remarks: remarks)
    }

    private var contradicted: [Int] {
        columns.indices.filter { !left.contains($0) && columns[$0].update { $0.isContradicted } }
    }

    /// Forgets the last columns whose values need too much memory.
    private mutating func leaveLargeColumns() {
        guard options.heldBytes < .max else { return }
        var held = 0
        for index in columns.indices where !left.contains(index) {
            let size = columns[index].update { $0.heldBytes }
            if held > 0, size > 0, held + size > options.heldBytes {
                leave(index)
            } else {
                held += size
            }
        }
    }

    private mutating func leave(_ index: Int) {
        left.insert(index)
        scan.readings[index] = .nothing
        if index < columns.count { columns[index].update { $0.forget() } }
    }

    /// Learns the columns and their kinds from the first block, and about how many rows there are from its size.
    private mutating func start() throws(DataError) {
        var block = ProfileBlock()
        let isThere = try reader.next(&block.bytes)
        guard isThere || scan.format == .csv else { return }
        if options.table.dialect == nil {
            let mark = options.table.decimalMark
            scan.dialect = block.bytes.withUnsafeBytes { CSVDialect.detected(in: $0, decimalMark: mark) }
        }
        let bytes = block.bytes.count
        scan.read(&block, isFirst: true)
        if let error = block.error { throw error }
        scan.learn(block.names)
        remarks = TableRemarks(unnamed: block.unnamed)
        for index in scan.names.indices {
            guard let found = block.columns[index].contradiction else { continue }
            (scan.readings[index], contradictions[index]) = (.texts, found)
        }
        if let size = reader.size, block.rows > 0, !options.exact {
            expectsMany = Double(size) / Double(bytes) * Double(block.rows) > 2 * Double(options.exactLimit)
        }
    }

    /// Reads the whole source, and again where hashes turn out not to be enough.
    private mutating func passWithTexts() throws(DataError) {
        try pass()
        guard columns.contains(where: { $0.update { $0.lacksTexts } }) else { return }
        options.keepsTexts = true
        try pass()
    }

    /// Reads the whole source once, as many blocks at a time as there are threads.
    private mutating func pass() throws(DataError) {
        try reader.rewind()
        options.watch?.begin(of: reader.size)
        rows = 0
        columns = []
        learnColumns(rowsBefore: 0)
        let blocks = (0..<max(1, options.threads)).map { _ in Shared(ProfileBlock()) }
        while true {
            let isFirst = reader.offset == 0
            let starts = try fill(blocks)
            let scan = scan
            Workers.each(starts.count, threads: options.threads) { index in
                blocks[index].update { scan.read(&$0, isFirst: isFirst && index == 0) }
            }
            try take(Array(blocks[..<starts.count]), starts)
            leaveLargeColumns()
            if starts.count < blocks.count { return }
        }
    }

    /// Reads the next blocks, and returns where each starts.
    private mutating func fill(_ blocks: [Shared<ProfileBlock>]) throws(DataError) -> [Int] {
        var starts: [Int] = []
        for block in blocks {
            let start = reader.offset
            var bytes = block.update { block in
                var bytes: [UInt8] = []
                swap(&bytes, &block.bytes)
                return bytes
            }
            guard try reader.next(&bytes) else { break }
            let filled = bytes
            block.update { $0.bytes = filled }
            starts.append(start)
        }
        return starts
    }

    /// Gives blocks to the columns; columns are shared out among the threads.
    private mutating func take(_ blocks: [Shared<ProfileBlock>], _ starts: [Int]) throws(DataError) {
        var before = rows
        for (index, block) in blocks.enumerated() {
            if let error = block.update({ $0.error }) { throw try located(error, after: starts[index]) }
            scan.learn(block.update { $0.names })
            learnColumns(rowsBefore: before)
            before += block.update { $0.rows }
        }
        let firstNew = rows
        let columns = columns
        let places = blocks.map { block in scan.places(in: block.update { $0.names }) }
        Workers.each(columns.count, threads: options.threads) { place in
            columns[place].update { column in
                var before = firstNew
                for (block, places) in zip(blocks, places) {
                    block.give(to: &column, at: places[place], rowsBefore: before)
                    before += block.update { $0.rows }
                }
            }
        }
        rows = before
        options.watch?.reach(rows: rows, at: reader.offset)
    }

    private mutating func learnColumns(rowsBefore: Int) {
        for name in scan.names.dropFirst(columns.count) {
            if options.skippedColumns.contains(ExactText(name)) { leave(columns.count) }
            columns.append(
                Shared(
                    ColumnAccumulator(
                        name: name, rowsBefore: rowsBefore, expectsMany: expectsMany, options: options)))
        }
    }

    /// One after the other where memory is short, since sorting takes as much again as what is sorted.
    private func finishedColumns() -> [ColumnProfile] {
        let columns = columns
        let finished = columns.map { _ in Shared<ColumnProfile?>(nil) }
        Workers.each(columns.count, threads: options.heldBytes < .max ? 1 : options.threads) { index in
            let profile = columns[index].update { $0.finish() }
            finished[index].update { $0 = profile }
        }
        return finished.compactMap { $0.update { $0 } }
    }

    /// The error with the line of the whole source.
    private mutating func located(_ error: DataError, after start: Int) throws(DataError) -> DataError {
        guard let line = error.line, start > 0 else { return error }
        let lines = try reader.lines(before: start)
        return DataError(error.message, line: line + lines, column: error.column, remedy: error.remedy)
    }
}

extension Shared<ProfileBlock> {
    /// Gives a column its part of the block, which stands at `index` there; nulls where the block lacks it.
    fileprivate func give(to column: inout ColumnAccumulator, at index: Int?, rowsBefore: Int) {
        let block = update { $0 }
        guard column.rows <= rowsBefore else { return }
        if let index {
            column.add(block.columns[index], rows: block.rows, of: block.bytes)
        } else {
            column.addNulls(block.rows)
        }
    }
}
