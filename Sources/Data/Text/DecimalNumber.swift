import Glibc

/// Reads the number that a field spells, and knows what is not a number.
///
/// `[+-] digits [mark digits] [e[+-] digits]`, or `nan`, `inf`, `infinity` in any case, with spaces around. No thousands
/// marks, hexadecimal, units or currency. The result is the double nearest to the decimal number, as `strtod` gives it.
public enum DecimalNumber {
    /// The number, or `nil` where `bytes` spell none or one beyond the largest double.
    @inline(__always)
    public static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, decimalMark: UInt8 = UInt8(ascii: ".")
    ) -> Double? {
        guard let start = bytes.baseAddress else { return nil }
        return parse(start, start + bytes.count, decimalMark)
    }

    /// The same, faster where the number is short and `preceding` bytes before it can be read, too.
    @inline(__always)
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>, preceding: Int, decimalMark: UInt8) -> Double? {
        guard let start = bytes.baseAddress else { return nil }
        if preceding &+ bytes.count >= 8, let number = short(start, bytes.count, decimalMark) { return number }
        return parse(start, start + bytes.count, decimalMark)
    }

    /// Whether the bytes spell a number with a decimal comma.
    public static func hasComma(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.contains(UInt8(ascii: ",")) && parse(bytes, decimalMark: UInt8(ascii: ",")) != nil
    }

    /// Why `parse` gave `nil` for these bytes, as the end of a sentence.
    public static func complaint(
        about bytes: UnsafeBufferPointer<UInt8>, decimalMark: UInt8 = UInt8(ascii: ".")
    ) -> String {
        let spelled = bytes.map { $0 == decimalMark ? UInt8(ascii: ".") : $0 }.filter { $0 != 0x20 && $0 != 0x09 }
        let isInfinite = Double(String(decoding: spelled, as: UTF8.self))?.isInfinite ?? false
        return isInfinite ? "is larger than a 64-bit float can hold" : "is not a number"
    }

    /// The number where it is a sign, digits and a decimal mark in at most eight bytes after the sign; `nil` for any other.
    ///
    /// Looks at the eight bytes that end with it at once (Lemire 2021), so these must be readable.
    @inline(__always)
    private static func short(_ begin: UnsafePointer<UInt8>, _ count: Int, _ mark: UInt8) -> Double? {
        guard count > 0 else { return nil }
        // 1 for a minus, without a branch, since signs are hard to predict.
        let minus = (UInt64(begin.pointee ^ UInt8(ascii: "-")) &- 1) >> 63
        let length = count &- Int(truncatingIfNeeded: minus)
        guard length >= 1, length <= 8 else { return nil }
        let unused = UInt64(64 &- 8 &* length)
        let last = UnsafeRawPointer(begin + count - 8).loadUnaligned(as: UInt64.self).littleEndian
        var digits = ((last ^ 0x3030_3030_3030_3030) &>> unused) &<< unused
        var scale = 0
        let others = others(digits)
        if others != 0 {
            let place = UInt64(others.trailingZeroBitCount & ~7)
            let above = digits &>> place
            guard UInt8(truncatingIfNeeded: above) == mark ^ 0x30, length > 1 else { return nil }
            digits = ((above & ~0xFF) &<< place) | ((digits & ((1 &<< place) &- 1)) &<< 8)
            if Self.others(digits) != 0 { return nil }
            scale = 7 &- Int(place &>> 3)
        }
        let pairs = digits &* 10 &+ (digits &>> 8)
        let value =
            ((pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
                &+ ((pairs &>> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001) &>> 32
        let number = Double(value) / tens[scale]
        return Double(bitPattern: number.bitPattern | minus << 63)
    }

    /// The high bits of the bytes that are no digits 0…9; of those above the lowest one they may be a few too many.
    @inline(__always)
    private static func others(_ digits: UInt64) -> UInt64 {
        ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
    }

    private static func parse(
        _ begin: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ mark: UInt8
    ) -> Double? {
        var place = begin
        guard place < end else { return nil }
        let negative = place.pointee == UInt8(ascii: "-")
        if negative || place.pointee == UInt8(ascii: "+") { place += 1 }

        var mantissa: UInt64 = 0
        let whole = place
        while place < end, place.pointee &- 0x30 < 10 {
            mantissa = mantissa &* 10 &+ UInt64(place.pointee &- 0x30)
            place += 1
        }
        var digits = place - whole
        var exponent = 0
        if place < end, place.pointee == mark {
            place += 1
            let fraction = place
            while place < end, place.pointee &- 0x30 < 10 {
                mantissa = mantissa &* 10 &+ UInt64(place.pointee &- 0x30)
                place += 1
            }
            exponent = fraction - place
            digits += place - fraction
        }
        guard digits > 0 else { return unusual(begin, end, mark) }
        if place < end {
            guard place.pointee | 0x20 == UInt8(ascii: "e"), let power = power(place + 1, end) else {
                return unusual(begin, end, mark)
            }
            exponent += power
        }
        if digits <= 19 || significant(whole, digits, mark) <= 19 {
            if mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
                let value = exponent < 0 ? Double(mantissa) / tens[-exponent] : Double(mantissa) * tens[exponent]
                return negative ? -value : value
            }
            if let value = EiselLemire.double(mantissa, exponent: exponent) { return negative ? -value : value }
        }
        return slow(begin, end, mark)
    }

    /// Digits from the first that is not zero.
    private static func significant(_ begin: UnsafePointer<UInt8>, _ digits: Int, _ mark: UInt8) -> Int {
        var place = begin
        var left = digits
        while left > 0, place.pointee == UInt8(ascii: "0") || place.pointee == mark {
            if place.pointee != mark { left -= 1 }
            place += 1
        }
        return left
    }

    /// The exponent that fills `begin..<end`, held within ±100,000, or `nil` where something else stands there.
    private static func power(_ begin: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int? {
        var place = begin
        guard place < end else { return nil }
        let negative = place.pointee == UInt8(ascii: "-")
        if negative || place.pointee == UInt8(ascii: "+") { place += 1 }
        guard place < end else { return nil }
        var value = 0
        while place < end {
            guard place.pointee &- 0x30 < 10 else { return nil }
            value = min(value * 10 + Int(place.pointee &- 0x30), 100_000)
            place += 1
        }
        return negative ? -value : value
    }

    private static let tens: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}

extension DecimalNumber {
    /// Spaces around a number, and the words for what is no finite number.
    @inline(never)
    private static func unusual(
        _ begin: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ mark: UInt8
    ) -> Double? {
        var first = begin
        var last = end
        while first < last, first.pointee == 0x20 || first.pointee == 0x09 { first += 1 }
        while first < last, (last - 1).pointee == 0x20 || (last - 1).pointee == 0x09 { last -= 1 }
        if first != begin || last != end { return parse(first, last, mark) }

        guard first < last else { return nil }
        let negative = first.pointee == UInt8(ascii: "-")
        if negative || first.pointee == UInt8(ascii: "+") { first += 1 }
        func spells(_ word: StaticString) -> Bool {
            last - first == word.utf8CodeUnitCount
                && (0..<word.utf8CodeUnitCount).allSatisfy { first[$0] | 0x20 == word.utf8Start[$0] }
        }
        if spells("nan") { return .nan }
        if spells("inf") || spells("infinity") { return negative ? -.infinity : .infinity }
        return nil
    }

    /// The C library's conversion of text that is known to be well formed; `nil` beyond the largest double.
    @inline(never)
    private static func slow(
        _ begin: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ mark: UInt8
    ) -> Double? {
        let value = withUnsafeTemporaryAllocation(of: CChar.self, capacity: end - begin + 1) { buffer in
            for index in 0..<(end - begin) {
                let byte = begin[index] == mark ? UInt8(ascii: ".") : begin[index]
                buffer[index] = CChar(bitPattern: byte)
            }
            buffer[end - begin] = 0
            return buffer.baseAddress.map { strtod($0, nil) } ?? .nan
        }
        return value.isFinite ? value : nil
    }
}
