/// Finds what somebody probably meant.
public enum Suggestion {
    /// The known word nearest to `word`, if it is near enough to be a slip of the fingers.
    public static func nearest(to word: String, in known: some Sequence<String>) -> String? {
        let limit = max(1, word.utf8.count / 3)
        return known.map { ($0, distance(Array(word.lowercased().utf8), Array($0.lowercased().utf8))) }
            .filter { $0.1 <= limit }.min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    }

    /// Edits between two words: insert, delete, replace, or swap neighbours (optimal string alignment).
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        guard one.count < 64, other.count < 64 else { return one == other ? 0 : Int.max }
        var older: [Int] = [], last = Array(0...other.count)
        for row in 0..<one.count {
            var line = [row + 1]
            for column in 0..<other.count {
                var best = min(
                    last[column + 1] + 1, line[column] + 1, last[column] + (one[row] == other[column] ? 0 : 1))
                if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
                    best = min(best, older[column - 1] + 1)
                }
                line.append(best)
            }
            (older, last) = (last, line)
        }
        return last[other.count]
    }
}
