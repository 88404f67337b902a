/// The rule of a time zone in POSIX's notation, such as `CET-1CEST,M3.5.0,M10.5.0/3` (RFC 8536 §3.3).
struct ZoneFooter: Hashable, Sendable {
    private let standard: Int64
    private let summer: Summer?

    fileprivate struct Summer: Hashable {
        var offset: Int64
        var start: Day
        var end: Day
    }

    /// A day of the year and the seconds after its midnight, in local time.
    fileprivate struct Day: Hashable {
        enum Rule: Hashable {
            /// 1 to 365; 29 February is never counted.
            case julian(Int64)
            /// 0 to 365.
            case ordinal(Int64)
            /// Week 5 means the last; weekday 0 is Sunday.
            case weekday(month: Int64, week: Int64, day: Int64)
        }
        var rule: Rule
        var time: Int64
    }

    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard Self.name(&rest), let west = Self.time(&rest) else { return nil }
        standard = -west
        guard !rest.isEmpty else {
            summer = nil
            return
        }
        guard Self.name(&rest) else { return nil }
        let offset = rest.first == UInt8(ascii: ",") ? standard + 3600 : Self.time(&rest).map { -$0 }
        guard let offset, let start = Self.day(&rest), let end = Self.day(&rest), rest.isEmpty else { return nil }
        summer = Summer(offset: offset, start: start, end: end)
    }

    /// Seconds east of UTC.
    func offset(at seconds: Int64) -> Int64 {
        guard let summer else { return standard }
        let year = CivilDate(daysSince1970: (seconds + standard).floored(by: 86_400)).year
        let start = summer.start.seconds(in: year) - standard
        let end = summer.end.seconds(in: year) - summer.offset
        let isSummer = start < end ? start <= seconds && seconds < end : !(end <= seconds && seconds < start)
        return isSummer ? summer.offset : standard
    }

    private static func name(_ rest: inout ArraySlice<UInt8>) -> Bool {
        if rest.first == UInt8(ascii: "<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
            rest = rest[(end + 1)...]
            return true
        }
        let letters = rest.prefix { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0 & 0xDF) }
        rest = rest.dropFirst(letters.count)
        return letters.count >= 3
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    private static func time(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        var sign: Int64 = 1
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            sign = first == UInt8(ascii: "-") ? -1 : 1
            rest = rest.dropFirst()
        }
        guard let hours = number(&rest), hours <= 167 else { return nil }
        var seconds = hours * 3600
        for unit in [Int64(60), 1] where rest.first == UInt8(ascii: ":") {
            rest = rest.dropFirst()
            guard let part = number(&rest), part < 60 else { return nil }
            seconds += part * unit
        }
        return sign * seconds
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty, digits.count <= 3 else { return nil }
        rest = rest.dropFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    private static func day(_ rest: inout ArraySlice<UInt8>) -> Day? {
        guard rest.first == UInt8(ascii: ",") else { return nil }
        rest = rest.dropFirst()
        guard let rule = rule(&rest) else { return nil }
        guard rest.first == UInt8(ascii: "/") else { return Day(rule: rule, time: 7200) }
        rest = rest.dropFirst()
        return time(&rest).map { Day(rule: rule, time: $0) }
    }

    private static func rule(_ rest: inout ArraySlice<UInt8>) -> Day.Rule? {
        switch rest.first {
        case UInt8(ascii: "J"):
            rest = rest.dropFirst()
            return number(&rest).map { .julian($0) }
        case UInt8(ascii: "M"):
            var parts: [Int64] = []
            for _ in 0..<3 {
                rest = rest.dropFirst()
                guard let part = number(&rest) else { return nil }
                parts.append(part)
            }
            guard (1...12).contains(parts[0]), (1...5).contains(parts[1]), parts[2] < 7 else { return nil }
            return .weekday(month: parts[0], week: parts[1], day: parts[2])
        default: return number(&rest).map { .ordinal($0) }
        }
    }
}

extension ZoneFooter.Day {
    /// Seconds since 1970 as a clock on the wall counts them.
    fileprivate func seconds(in year: Int64) -> Int64 {
        let newYear = CivilDate(year: year, month: 1, day: 1).daysSince1970
        let day: Int64
        switch rule {
        case .ordinal(let number): day = newYear + number
        case .julian(let number): day = newYear + number - 1 + (number >= 60 && CivilDate.isLeap(year) ? 1 : 0)
        case .weekday(let month, let week, let weekday):
            let first = CivilDate(year: year, month: month, day: 1).daysSince1970
            let length = CivilDate.days(ofMonth: month, in: year)
            let start = (weekday - CivilDate.weekday(first) + 7) % 7
            let offset = start + (week - 1) * 7
            day = first + (offset < length ? offset : offset - 7)
        }
        return day * 86_400 + time
    }
}
