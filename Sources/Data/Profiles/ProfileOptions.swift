import Domain

/// How a table is profiled. The result depends on these alone, never on `threads` or `watch`.
public struct ProfileOptions: Hashable, Sendable {
    /// Dialect and spellings of null.
    public var table: TableOptions

    /// Rows up to which every statistic is exact.
    public var exactRows: Int

    /// Keeps everything exact whatever it costs in memory.
    public var exact: Bool

    /// Columns that hold texts even where all of them spell numbers, such as postal codes.
    public var textColumns: Set<String>

    /// Processor cores to use.
    public var threads: Int

    /// Bytes that a thread takes at a time. The boundaries decide the coins of sketches and the last bits of their means.
    public var blockBytes: Int

    public init(
        table: TableOptions = TableOptions(), exactRows: Int = 1_000_000, exact: Bool = false,
        textColumns: Set<String> = [], threads: Int = 1, blockBytes: Int = 2 << 20
    ) {
        self.table = table
        self.exactRows = exactRows
        self.exact = exact
        self.textColumns = textColumns
        self.threads = threads
        self.blockBytes = blockBytes
    }

    /// Where it is written down how far the reading has come.
    public var watch: ReadingWatch?

    /// Columns that are not looked at.
    var skippedColumns: Set<ExactText> = []

    /// Where the values of columns need more memory than this, the last of these columns are left out, but never all; numbers
    /// are packed then, too.
    var heldBytes = Int.max

    /// Without, the texts of columns with many different ones are known by their hashes alone once they have been counted.
    var keepsTexts = true

    var exactLimit: Int { exact ? .max : exactRows }
}
