/// A stretch of whole rows and what its columns hold, as one thread finds it.
struct ProfileBlock: Sendable {
    /// The rows as they stand in the source; unescaped texts are appended.
    var bytes: [UInt8] = []

    /// Of all columns found so far; more than were known before only with JSON Lines.
    var names: [String] = []

    /// Those that the header does not name, in the first block.
    var unnamed: [String] = []
    var rows = 0
    var columns: [BlockColumn] = []
    var error: DataError?

    /// Empties everything but the bytes, and keeps the memory.
    mutating func reset(names: [String]) {
        self.names = names
        rows = 0
        error = nil
        for index in columns.indices { columns[index].reset() }
        while columns.count < names.count { columns.append(BlockColumn()) }
    }
}

/// What one column holds in a block.
struct BlockColumn: Sendable {
    /// What to make of a column's values.
    enum Reading: Sendable {
        case numbers
        case texts
        case nothing
    }

    var nulls = 0
    var numbers: [Double] = []
    var unusual = UnusualNumbers()

    /// Of those of `numbers` that need one, the hash of their digits.
    var wide: [UInt64] = []
    var spans: [TextSpan] = []

    /// A value was no number where numbers were to be read.
    var isContradicted: Bool { contradiction != nil }
    var contradiction: Contradiction?

    /// The first value that is no number, and how many of the block's were numbers before.
    struct Contradiction: Hashable, Sendable {
        let text: String
        let before: Int

        init(_ text: String, before: Int) { (self.text, self.before) = (text, before) }

        init(_ bytes: UnsafeRawBufferPointer, before: Int) {
            self.init(String(decoding: bytes.prefix(100), as: UTF8.self), before: before)
        }
    }

    mutating func reset() {
        nulls = 0
        numbers.removeAll(keepingCapacity: true)
        unusual = UnusualNumbers()
        wide.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
        contradiction = nil
    }
}
