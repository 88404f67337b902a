import Glibc

/// Spells Parquet's dates, times and other values as texts.
enum ParquetText {
    static func texts(_ texts: [String]) -> ParquetValues {
        var bytes: [UInt8] = []
        var ranges: [Range<Int>] = []
        for text in texts {
            let start = bytes.count
            bytes += text.utf8
            ranges.append(start..<bytes.count)
        }
        return .texts(bytes: bytes, ranges: ranges)
    }

    /// `2026-11-21` of days since 1970.
    static func date(days: Int64) -> String {
        // Far outside of any calendar the number itself must do.
        guard abs(days) < 4_000_000_000 else { return String(days) }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        return "\(padded(year, 4))-\(padded(month < 10 ? month + 3 : month - 9, 2))-\(padded(day, 2))"
    }

    /// `09:30:00.25` of units since midnight.
    static func time(_ value: Int64, perSecond: Int) -> String {
        let unit = Int64(perSecond)
        let seconds = floorDivide(value, unit)
        let fraction = value &- seconds &* unit
        let clock = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        if fraction == 0 { return clock }
        let digits = padded(fraction, perSecond == 1000 ? 3 : perSecond == 1_000_000 ? 6 : 9)
        return clock + "."
            + digits.prefix(
                digits.lastIndex { $0 != "0" }.map { digits.distance(from: digits.startIndex, to: $0) + 1 } ?? 0)
    }

    /// `2026-11-21T09:30:00Z` of units since 1970; without the Z where the zone is not known.
    static func timestamp(_ value: Int64, perSecond: Int, isUTC: Bool) -> String {
        let perDay = 86_400 * Int64(perSecond)
        let days = floorDivide(value, perDay)
        return "\(date(days: days))T\(time(value &- days &* perDay, perSecond: perSecond))\(isUTC ? "Z" : "")"
    }

    /// Of the old 96-bit timestamps, whose zone is not known.
    static func timestamp(days: Int64, nanoseconds: Int64) -> String {
        let more = floorDivide(nanoseconds, 86_400_000_000_000)
        return "\(date(days: days + more))T\(time(nanoseconds - more * 86_400_000_000_000, perSecond: 1_000_000_000))"
    }

    static func identifier(_ bytes: ArraySlice<UInt8>) -> String {
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
    }

    /// The double nearest to a decimal; one division is exact to the last bit where both of its numbers are doubles (Clinger 1990).
    static func number(_ value: Int64, scale: Int) -> Double {
        if value.magnitude <= 1 << 53, scale <= 22 { return Double(value) / powerOfTen(scale) }
        return parsed(decimal(value, scale: scale))
    }

    /// The same of a two's complement integer.
    static func number(_ bytes: ArraySlice<UInt8>, scale: Int) -> Double {
        let value = bigEndian(bytes)
        if value.magnitude < 0x1p53, scale <= 22 { return value / powerOfTen(scale) }
        return parsed(decimal(bytes, scale: scale))
    }

    private static func parsed(_ text: String) -> Double {
        var text = text
        return text.withUTF8 { DecimalNumber.parse($0) } ?? .nan
    }

    /// `-12.50` of -1250 with scale 2: all digits, as tables of text have them.
    static func decimal(_ value: Int64, scale: Int) -> String {
        decimal(digits: String(value.magnitude), isNegative: value < 0, scale: scale)
    }

    /// The same of a two's complement integer; the nearest double of one that no decimal type is wide enough for.
    static func decimal(_ bytes: ArraySlice<UInt8>, scale: Int) -> String {
        guard bytes.count <= 64 else { return "\(bigEndian(bytes) / powerOfTen(scale))" }
        let isNegative = (bytes.first ?? 0) >= 0x80
        var billions: [UInt64] = [0]
        for (index, byte) in bytes.enumerated() {
            var carry = UInt64(isNegative ? ~byte : byte)
            if isNegative, index == bytes.count - 1 { carry += 1 }
            for place in billions.indices {
                let value = billions[place] << 8 + carry
                (carry, billions[place]) = value.quotientAndRemainder(dividingBy: 1_000_000_000)
            }
            if carry > 0 { billions.append(carry) }
        }
        let digits = String(billions.removeLast()) + billions.reversed().map { padded(Int64($0), 9) }.joined()
        return decimal(digits: digits, isNegative: isNegative, scale: scale)
    }

    private static func decimal(digits: String, isNegative: Bool, scale: Int) -> String {
        let scale = max(0, min(300, scale))
        let all = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
        return (isNegative ? "-" : "") + all.dropLast(scale) + (scale > 0 ? "." + all.suffix(scale) : "")
    }

    static func powerOfTen(_ exponent: Int) -> Double { pow(10, Double(max(0, min(300, exponent)))) }

    /// A two's complement integer, nearest double.
    static func bigEndian(_ bytes: ArraySlice<UInt8>) -> Double {
        if bytes.count <= 16 {
            var value: Int128 = (bytes.first ?? 0) >= 0x80 ? -1 : 0
            for byte in bytes { value = value << 8 | Int128(byte) }
            return Double(value)
        }
        let isNegative = (bytes.first ?? 0) >= 0x80
        let magnitude = bytes.reduce(0.0) { $0 * 256 + Double(isNegative ? ~$1 : $1) }
        return isNegative ? -(magnitude + 1) : magnitude
    }

    /// IEEE 754 binary16.
    static func half(_ bits: UInt16) -> Double {
        let fraction = Double(bits & 0x3FF) / 1024
        let exponent = Int(bits >> 10 & 0x1F)
        let magnitude: Double =
            switch exponent {
            case 0: fraction * 0x1p-14
            case 31: fraction == 0 ? .infinity : .nan
            default: (1 + fraction) * pow(2, Double(exponent - 15))
            }
        return bits >> 15 == 1 ? -magnitude : magnitude
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a / b - (a % b < 0 ? 1 : 0) }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
