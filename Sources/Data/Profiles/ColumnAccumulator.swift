/// Takes a column's blocks in order.
struct ColumnAccumulator: Sendable {
    let name: String
    /// The first value that was no number where numbers were to be read, and how many came before.
    private(set) var contradiction: BlockColumn.Contradiction?
    var isContradicted: Bool { contradiction != nil }
    private(set) var rows: Int
    private var nulls: Int
    private var numbers: NumberAccumulator
    private var numberCount = 0
    private var texts: TextAccumulator

    /// `rowsBefore` lack the column, and count as null.
    init(name: String, rowsBefore: Int, expectsMany: Bool, options: ProfileOptions) {
        let exactLimit = options.exactLimit
        self.name = name
        rows = rowsBefore
        nulls = rowsBefore
        numbers = NumberAccumulator(
            exactLimit: exactLimit, expectsMany: expectsMany, seed: ColumnProfile.seed(name),
            packs: options.heldBytes < .max)
        texts = TextAccumulator(exactLimit: exactLimit, expectsMany: expectsMany, keepsTexts: options.keepsTexts)
    }

    /// The column must be read again with its texts.
    var lacksTexts: Bool { texts.lacksTexts }

    /// What the values need that are kept one by one; 0 while few are different, and once there are sketches.
    var heldBytes: Int { numbers.heldBytes + texts.heldBytes }

    /// Drops the values.
    mutating func forget() {
        numbers = NumberAccumulator(exactLimit: 0, expectsMany: true, seed: 0)
        texts = TextAccumulator(exactLimit: 0, expectsMany: true)
        contradiction = nil
    }

    /// Adds a column's part of a block of `rows` rows.
    mutating func add(_ column: BlockColumn, rows: Int, of bytes: [UInt8]) {
        self.rows += rows
        nulls += column.nulls
        if isContradicted { return }
        contradiction = column.contradiction.map { .init($0.text, before: $0.before + numberCount) }
        numberCount += column.numbers.count
        numbers.unusual.merge(column.unusual)
        column.numbers.withUnsafeBufferPointer { numbers.add($0) }
        numbers.add(wide: column.wide)
        if column.spans.isEmpty { return }
        bytes.withUnsafeBytes { bytes in column.spans.withUnsafeBufferPointer { texts.add($0, of: bytes) } }
    }

    /// Adds hashes of digits of numbers that were added without.
    mutating func add(wide hashes: [UInt64]) { numbers.add(wide: hashes) }

    /// Adds rows of a block that lacks the column.
    mutating func addNulls(_ rows: Int) {
        self.rows += rows
        nulls += rows
    }

    /// What is known once all blocks have come; takes it out.
    mutating func finish() -> ColumnProfile {
        let numbers = numbers.finish()
        let texts = texts.finish()
        let content: ColumnProfile.Content =
            if texts.count > 0 {
                .texts(texts)
            } else if numbers.moments.count + numbers.nan + numbers.infinite > 0 {
                .numbers(numbers)
            } else {
                .empty
            }
        return ColumnProfile(name: name, rows: rows, nulls: nulls, content: content)
    }
}
