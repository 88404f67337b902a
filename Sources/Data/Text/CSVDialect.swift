/// How a delimited text file is written.
///
/// Quotes are always `"`, doubled inside a quoted field (RFC 4180).
public struct CSVDialect: Hashable, Sendable {
    /// One ASCII byte between fields.
    public var delimiter: UInt8

    /// One ASCII byte between the whole and the fraction of a number.
    public var decimalMark: UInt8

    public init(delimiter: UInt8 = UInt8(ascii: ","), decimalMark: UInt8 = UInt8(ascii: ".")) {
        self.delimiter = delimiter
        self.decimalMark = decimalMark
    }

    public static let comma = CSVDialect()
    public static let tab = CSVDialect(delimiter: UInt8(ascii: "\t"))

    /// The dialect whose delimiter is most frequent in the header line, outside quotes: comma, tab, semicolon or bar.
    ///
    /// The comma wins a tie, and where none occurs, unless it is the decimal mark: then there is but one column. That mark is never guessed.
    public static func detected(
        in bytes: UnsafeRawBufferPointer, decimalMark: UInt8 = UInt8(ascii: ".")
    ) -> CSVDialect {
        let candidates = Array(",\t;|".utf8)
        var counts = [0, 0, 0, 0]
        var quoted = false
        for byte in bytes.prefix(1 << 16) {
            if byte == UInt8(ascii: "\"") { quoted.toggle() }
            if quoted { continue }
            if byte == UInt8(ascii: "\n") { break }
            if let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
        }
        let most = counts.max() ?? 0
        let standard = UInt8(ascii: decimalMark == UInt8(ascii: ",") ? ";" : ",")
        let delimiter = most == 0 ? standard : candidates[counts.firstIndex(of: most) ?? 0]
        return CSVDialect(delimiter: delimiter, decimalMark: decimalMark)
    }
}
