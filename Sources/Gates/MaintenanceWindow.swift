public import Domain

/// The times of a week at which versions may enter: `Mon-Thu 09:00-16:00, Fri 09:00-12:00`.
///
/// Ranges are separated by commas. `Fri-Mon` goes over the weekend and `22:00-04:00` over midnight, counted to the day on
/// which it starts. Days alone mean all day, hours alone mean every day; `24:00` is the end of the day. The end is not part.
public struct MaintenanceWindow: Hashable, Sendable {
    /// Minutes of the week since Sunday 00:00; an end may lie beyond the week.
    private let ranges: [Range<Int64>]
    private let zone: TimeZoneRules
    private static let week: Int64 = 7 * 1440

    /// Why a text is no window.
    public struct Problem: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// Reads the window; `zoneFile` gives the bytes of a compiled zone, such as those of `/usr/share/zoneinfo/Europe/Berlin`.
    public init(_ window: Environment.Window, zoneFile: (String) -> [UInt8]?) throws(Problem) {
        zone = try Self.rules(window.zone, zoneFile)
        var ranges: [Range<Int64>] = []
        for part in window.allow.split(separator: ",", omittingEmptySubsequences: false) {
            ranges += try Self.ranges(String(part))
        }
        self.ranges = ranges
    }

    private static func rules(_ name: String, _ zoneFile: (String) -> [UInt8]?) throws(Problem) -> TimeZoneRules {
        if name == "UTC" || name == "Z" || name == "Etc/UTC" { return .utc }
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "/_+-".utf8.contains(byte)
            }
        }
        guard isName, !name.isEmpty, !name.hasPrefix("/"), name.utf8.count < 64,
            let rules = zoneFile(name).flatMap(TimeZoneRules.init)
        else { throw Problem(description: "'\(name.prefix(64))' is no time zone; write one such as Europe/Berlin") }
        return rules
    }

    /// Whether versions may enter at this moment.
    public func isOpen(at moment: Timestamp) -> Bool {
        let minute = Self.minute(local(moment.seconds))
        return ranges.contains { $0.contains(minute) || $0.contains(minute + Self.week) }
    }

    /// The first moment from `moment` on at which it is open; `nil` where there is none in the next two weeks.
    public func nextOpening(from moment: Timestamp) -> Timestamp? {
        if isOpen(at: moment) { return moment }
        return next(from: moment) { isOpen(at: $0) }
    }

    /// The first moment from `moment` on at which it is closed; `nil` where it stays open.
    public func nextClosing(from moment: Timestamp) -> Timestamp? {
        if !isOpen(at: moment) { return moment }
        return next(from: moment) { !isOpen(at: $0) }
    }

    /// Local clocks jump only at whole quarter hours, and windows change only at whole minutes.
    private func next(from moment: Timestamp, where matches: (Timestamp) -> Bool) -> Timestamp? {
        let start = moment.seconds.floored(by: 60) * 60
        var candidates: [Int64] = []
        for boundary in ranges.flatMap({ [$0.lowerBound, $0.upperBound] }) {
            let now = Self.minute(local(start))
            for turn in 0...2 {
                let distance = (boundary - now) % Self.week + (turn == 0 ? 0 : Int64(turn) * Self.week)
                // A change of the clock on the way moves the boundary by up to a day's odd hours: look around it.
                for shift in stride(from: Int64(-180), through: 180, by: 15) { candidates.append(distance + shift) }
            }
        }
        let found = candidates.filter { $0 > 0 && $0 <= 2 * Self.week }.sorted().first {
            matches(Timestamp(seconds: start + $0 * 60))
        }
        return found.map { Timestamp(seconds: start + earliest($0, start, matches) * 60) }
    }

    /// Goes back minute by minute to where it begins to match.
    private func earliest(_ minutes: Int64, _ start: Int64, _ matches: (Timestamp) -> Bool) -> Int64 {
        var minutes = minutes
        while minutes > 1, matches(Timestamp(seconds: start + (minutes - 1) * 60)) { minutes -= 1 }
        return minutes
    }

    private func local(_ seconds: Int64) -> Int64 { seconds + zone.offset(at: seconds) }

    private static func minute(_ local: Int64) -> Int64 {
        let days = local.floored(by: 86_400)
        return CivilDate.weekday(days) * 1440 + (local - days * 86_400) / 60
    }
}

extension MaintenanceWindow {
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
                    description: "'\(name.prefix(20))' in '\(text.prefix(60))' is no day of the week, such as Mon")
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
        Problem(description: "'\(text.prefix(60))' is no time of the week; write it as Mon-Thu 09:00-16:00")
    }
}
