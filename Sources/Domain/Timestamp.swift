/// A moment in milliseconds since 1970 in UTC, written as RFC 3339.
public struct Timestamp: Hashable, Sendable, Comparable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public init(seconds: Int64) { milliseconds = seconds * 1000 }

    public var seconds: Int64 { milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000 }

    public static func < (one: Timestamp, other: Timestamp) -> Bool { one.milliseconds < other.milliseconds }

    public static func + (moment: Timestamp, wait: Duration) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds + wait.milliseconds)
    }

    public static func - (late: Timestamp, early: Timestamp) -> Duration {
        .milliseconds(late.milliseconds - early.milliseconds)
    }
}

extension Timestamp: LosslessStringConvertible {
    /// Reads `2026-11-21T09:30:00Z`, with a fraction or an offset such as `+01:00` if there is one.
    public init?(_ text: String) {
        guard let match = text.wholeMatch(of: Self.pattern) else { return nil }
        guard let year = Int64(match.1), let month = Int64(match.2), let day = Int64(match.3),
            let hour = Int64(match.4), let minute = Int64(match.5), let second = Int64(match.6),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var milliseconds = Self.days(year, month, day) * 86_400_000
        milliseconds += ((hour * 60 + minute) * 60 + second) * 1000
        if let fraction = match.7 { milliseconds += Int64((fraction.dropFirst() + "000").prefix(3)) ?? 0 }
        if let sign = match.9, let hours = match.10.flatMap({ Int64($0) }),
            let minutes = match.11.flatMap({ Int64($0) })
        {
            milliseconds -= (sign == "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000
        }
        self.init(milliseconds: milliseconds)
    }

    private static var pattern:
        Regex<
            (
                Substring, Substring, Substring, Substring, Substring, Substring, Substring, Substring?, Substring,
                Substring?, Substring?, Substring?
            )
        >
    { #/(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|([+-])(\d\d):(\d\d))/# }

    /// The moment in UTC; the fraction only where there is one.
    public var description: String {
        let seconds = seconds, fraction = milliseconds - seconds * 1000
        let (days, rest) = (seconds - ((seconds % 86_400) + 86_400) % 86_400, ((seconds % 86_400) + 86_400) % 86_400)
        let (year, month, day) = Self.date(days / 86_400)
        let date = "\(padded(year, 4))-\(padded(month))-\(padded(day))"
        let time = "\(padded(rest / 3600)):\(padded(rest / 60 % 60)):\(padded(rest % 60))"
        return "\(date)T\(time)\(fraction == 0 ? "" : "." + padded(fraction, 3))Z"
    }

    private func padded(_ number: Int64, _ width: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    /// Days since 1970-01-01 of a date of the Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
