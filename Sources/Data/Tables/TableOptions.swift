public import Domain

/// How a table that is text is laid out.
public enum TextFormat: String, Hashable, Sendable {
    case csv
    case jsonLines = "json-lines"

    /// By the end of a file's name: `.jsonl`, `.ndjson` and `.json` hold JSON Lines, all else delimited text. What says
    /// that it is compressed does not count.
    public init(fileName: String) {
        var name = fileName.lowercased()
        for ending in [".gz", ".gzip", ".zst", ".zstd"] where name.hasSuffix(ending) { name.removeLast(ending.count) }
        self = [".jsonl", ".ndjson", ".json"].contains { name.hasSuffix($0) } ? .jsonLines : .csv
    }
}

extension TextFormat {
    /// `nil` for a table that is not text.
    public init?(_ format: TableFormat) {
        switch format {
        case .csv: self = .csv
        case .jsonl: self = .jsonLines
        case .parquet: return nil
        }
    }
}

/// What a reader cannot know from the bytes alone.
public struct TableOptions: Hashable, Sendable {
    /// `nil`: the delimiter is detected in the header.
    public var dialect: CSVDialect?

    /// Texts that mean "no value". An empty field always does, quoted or not.
    public var nullSpellings: [String]

    /// Of delimited text whose `dialect` is detected: one ASCII byte between the whole and the fraction of a number.
    public var decimalMark: UInt8

    public init(
        dialect: CSVDialect? = nil, nullSpellings: [String] = [], decimalMark: UInt8 = UInt8(ascii: ".")
    ) {
        self.dialect = dialect
        self.nullSpellings = nullSpellings
        self.decimalMark = decimalMark
    }
}
