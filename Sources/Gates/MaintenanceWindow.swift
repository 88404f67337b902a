public import Domain

/// The times of a week at which versions may enter, by the clocks of a time zone.
public struct MaintenanceWindow: Hashable, Sendable {
    /// Minutes of the week since Sunday 00:00; an end may lie beyond the week.
    private let ranges: [Range<Int64>]
    private let zone: TimeZoneRules
    private static let week: Int64 = 7 * 1440

    /// Why it is no window.
    public struct Problem: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// Reads the window; `zoneFile` gives the bytes of a compiled zone, such as those of `/usr/share/zoneinfo/Europe/Berlin`.
    public init(_ window: Environment.Window, zoneFile: (String) -> [UInt8]?) throws(Problem) {
        zone = try Self.rules(window.zone, zoneFile)
        ranges = window.allow.ranges
    }

    /// Whether there is a zone of that name.
    public static func isZone(_ name: String, zoneFile: (String) -> [UInt8]?) -> Bool {
        (try? rules(name, zoneFile)) != nil
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
