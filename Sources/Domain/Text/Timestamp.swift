/// A moment in milliseconds since 1970 in UTC, written as RFC 3339.
public struct Timestamp: Hashable, Sendable, Comparable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Seconds that are too many for milliseconds become the last or first moment.
    public init(seconds: Int64) {
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        self.milliseconds = overflow ? (seconds < 0 ? .min : .max) : milliseconds
    }

    /// Whole seconds, rounded down.
    public var seconds: Int64 { milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0) }

    public static func < (one: Timestamp, other: Timestamp) -> Bool { one.milliseconds < other.milliseconds }

    /// The moment after a wait; at most the last one there is.
    public static func + (moment: Timestamp, wait: Duration) -> Timestamp {
        let (sum, overflow) = moment.milliseconds.addingReportingOverflow(wait.milliseconds)
        return Timestamp(milliseconds: overflow ? (wait < .zero ? .min : .max) : sum)
    }

    public static func - (late: Timestamp, early: Timestamp) -> Duration {
        let (difference, overflow) = late.milliseconds.subtractingReportingOverflow(early.milliseconds)
        return .milliseconds(overflow ? (late < early ? .min : .max) : difference)
    }
}

extension Timestamp: LosslessStringConvertible {
    /// Reads `2026-11-21T09:30:00Z`, with a fraction or an offset such as `+01:00` if there is one.
    public init?(_ text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2),
            reader.skip("Tt "), let hour = reader.number(2), reader.skip(":"), let minute = reader.number(2),
            reader.skip(":"),
            let second = reader.number(2), let fraction = reader.fraction(), let offset = reader.offset(),
            reader.isAtEnd,
            (1...12).contains(month), (1...Self.length(ofMonth: month, year)).contains(day), hour < 24, minute < 60,
            second < 61
        else { return nil }
        let seconds = Self.days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
        self.init(milliseconds: (seconds - offset * 60) * 1000 + fraction)
    }

    /// Reads a moment, or a day; what names no zone is in UTC.
    public init?(orDay text: String) {
        guard
            let moment = Timestamp(text) ?? Timestamp(text + ([10: "T00:00:00Z", 16: ":00Z"][text.utf8.count] ?? "Z"))
        else { return nil }
        self = moment
    }

    private static func length(ofMonth month: Int64, _ year: Int64) -> Int64 {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

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

/// Reads the parts of a date from the bytes of its text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number(_ digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Takes one of these characters.
    mutating func skip(_ characters: StaticString) -> Bool {
        guard let byte = rest.first, characters.withUTF8Buffer({ $0.contains(byte) }) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Milliseconds of a fraction; zero where there is none, `nil` where it has no digits.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        var value: Int64 = 0
        var count = 0
        while let digit = digit() {
            if count < 3 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in 0..<max(0, 3 - count) { value *= 10 }
        return value
    }

    /// Minutes east of Greenwich.
    mutating func offset() -> Int64? {
        if skip("Zz") { return 0 }
        let sign: Int64 = skip("+") ? 1 : -1
        guard sign == 1 || skip("-"), let hours = number(2), skip(":"), let minutes = number(2), hours < 24,
            minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }

    private mutating func digit() -> Int64? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        rest = rest.dropFirst()
        return Int64(byte - UInt8(ascii: "0"))
    }
}
