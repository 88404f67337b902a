/// Times of a week, in no zone yet: `Mon-Thu 09:00-16:00, Fri 09:00-12:00`.
///
/// Ranges are separated by commas. `Fri-Mon` goes over the weekend and `22:00-04:00` over midnight, counted to the day on
/// which it starts. Days alone mean all day, hours alone mean every day; `24:00` is the end of the day. The end is not part.
public struct WeekHours: Hashable, Sendable, CustomStringConvertible {
    /// Minutes of the week since Sunday 00:00; an end may lie beyond the week.
    public let ranges: [Range<Int64>]
    /// As somebody wrote it.
    public let description: String

    private struct Problem: Error { let words: String }

    private init(parsing text: String) throws(Problem) {
        var ranges: [Range<Int64>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            ranges += try Self.ranges(String(part))
        }
        (self.ranges, description) = (ranges, text)
    }
}

extension WeekHours: FieldValue {
    public init(node: any ManifestNode) throws(FieldErrors) {
        let text = try String(node: node)
        do throws(Problem) { self = try WeekHours(parsing: text) } catch {
            throw FieldErrors("invalid-value", at: node.place, error.words)
        }
    }

    public static var schema: JSON { String.schema }
    public static var placeholder: WeekHours { WeekHours() }

    private init() { (ranges, description) = ([], "") }
}

extension WeekHours {
    private static let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    private static func ranges(_ text: String) throws(Problem) -> [Range<Int64>] {
        let words = text.split(separator: " ").map(String.init)
        guard let first = words.first, words.count <= 2 else { throw unreadable(text) }
        let isClock = first.contains(":")
        guard !(isClock && words.count == 2) else { throw unreadable(text) }
        let named = isClock ? Array(0..<7) : try weekdays(first, text)
        let clock = isClock ? first : words.count == 2 ? words[1] : "00:00-24:00"
        let sides = clock.split(separator: "-", omittingEmptySubsequences: false)
        guard sides.count == 2, let start = minutes(sides[0]), let end = minutes(sides[1]), start != end, start < 1440
        else { throw unreadable(text) }
        return named.map { day in
            let begin = Int64(day) * 1440 + start
            return begin..<begin + (end > start ? end - start : end - start + 1440)
        }
    }

    private static func weekdays(_ word: String, _ text: String) throws(Problem) -> [Int] {
        if ["daily", "always", "*"].contains(word.lowercased()) { return Array(0..<7) }
        let ends = try word.split(separator: "-", omittingEmptySubsequences: false).map { name throws(Problem) -> Int in
            guard let day = days.firstIndex(where: { name.lowercased().hasPrefix($0) }), name.utf8.count <= 9 else {
                throw Problem(
                    words:
                        "'\(Excerpt.line(String(name)))' in '\(Excerpt.line(text))' is no day of the week, such as Mon")
            }
            return day
        }
        guard let start = ends.first, let end = ends.last, ends.count <= 2 else { throw unreadable(text) }
        return (0..<(ends.count == 1 ? 1 : (end - start + 7) % 7 + 1)).map { (start + $0) % 7 }
    }

    private static func minutes(_ clock: Substring) -> Int64? {
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 2, let hours = Int64(parts[0]), let minutes = Int64(parts[1]),
            (0...24).contains(hours), (0...59).contains(minutes), hours * 60 + minutes <= 1440
        else { return nil }
        return hours * 60 + minutes
    }

    private static func unreadable(_ text: String) -> Problem {
        Problem(words: "'\(Excerpt.line(text))' is no time of the week; write it as Mon-Thu 09:00-16:00")
    }
}
