/// How many rows of a table are read into memory at once.
///
/// A few bytes may stand for very many rows, each of which takes memory: 600 million fit in a Parquet file of 5 KB.
public enum RowLimit {
    public static let most = 50_000_000

    /// Throws where a table of `rows` rows would be read as a whole.
    public static func refuse(rows: Int) throws(DataError) {
        if rows > most { throw tooMany("\(grouped(rows)) rows, more than the \(grouped(most))") }
    }

    /// Throws where a table of text has so many `lines` already, before its end is known.
    static func refuse(lines: Int) throws(DataError) {
        if lines > most { throw tooMany("more than the \(grouped(most)) rows") }
    }

    private static func tooMany(_ words: String) -> DataError {
        DataError("it holds \(words) that are read into memory", remedy: "take a sample of them")
    }

    /// `50,000,000`.
    private static func grouped(_ count: Int) -> String {
        let digits = Array(String(count))
        return digits.indices.reduce(into: "") { text, place in
            if place > 0, (digits.count - place) % 3 == 0 { text += "," }
            text.append(digits[place])
        }
    }
}
