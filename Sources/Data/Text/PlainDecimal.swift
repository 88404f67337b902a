/// One spelling of each decimal number, digit by digit: `1`, `1.0`, `01`, `+1` and `1e0` are all `1`.
///
/// No digit is lost: whole numbers beyond 2^53 that differ stay different. What is no number, and NaN and infinity, stay as they are.
public enum PlainDecimal {
    /// Numbers of more digits than this before or behind the mark keep an exponent.
    private static let most = 400

    /// Calls `body` with the one spelling of a number, which may be `bytes` themselves.
    public static func with<Result>(
        _ bytes: UnsafeBufferPointer<UInt8>, decimalMark: UInt8 = UInt8(ascii: "."),
        _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        if isPlain(bytes, decimalMark) { return body(bytes) }
        guard let plain = plain(bytes, decimalMark) else { return body(bytes) }
        return plain.withUnsafeBufferPointer(body)
    }

    /// Whether bytes that spell a number do so in the one way: a minus and digits, without zeros that say nothing.
    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>, _ mark: UInt8) -> Bool {
        var place = 0
        if bytes.first == UInt8(ascii: "-") { place = 1 }
        guard place < bytes.count, bytes[place] &- 0x30 < 10 else { return false }
        if bytes[place] == UInt8(ascii: "0"),
            bytes.count == 2 && place == 1 || bytes.count > place + 1 && bytes[place + 1] != mark
        {
            return false
        }
        var hasMark = false
        for byte in bytes[place...] where byte &- 0x30 >= 10 {
            guard byte == mark, !hasMark else { return false }
            hasMark = true
        }
        return !hasMark || bytes[bytes.count - 1] != UInt8(ascii: "0") && bytes[bytes.count - 1] != mark
    }

    /// `nil` where the bytes are no digits with a mark and an exponent.
    private static func plain(_ bytes: UnsafeBufferPointer<UInt8>, _ mark: UInt8) -> [UInt8]? {
        var rest = bytes[...]
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        while let first = rest.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let parts = rest.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 | 0x20 == UInt8(ascii: "e") }
        guard let mantissa = parts.first, mantissa.count <= 10_000 else { return nil }
        var power = 0
        if parts.count == 2 {
            guard let value = Int(String(decoding: parts[1], as: UTF8.self)), abs(value) <= 1_000_000 else {
                return nil
            }
            power = value
        }
        let halves = mantissa.split(separator: mark, maxSplits: 1, omittingEmptySubsequences: false)
        var digits = halves.flatMap { Array($0) }
        guard !digits.isEmpty, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        if halves.count == 2 { power -= halves[1].count }
        digits = Array(digits.drop { $0 == 0x30 })
        while digits.last == 0x30 {
            digits.removeLast()
            power += 1
        }
        guard !digits.isEmpty else { return [0x30] }
        let text: [UInt8]
        if abs(power) > most {
            text = digits + Array("e\(power)".utf8)
        } else if power >= 0 {
            text = digits + [UInt8](repeating: 0x30, count: power)
        } else {
            let whole = digits.count + power
            text =
                whole > 0
                ? digits[..<whole] + [mark] + digits[whole...]
                : [0x30, mark] + [UInt8](repeating: 0x30, count: -whole) + digits
        }
        return isNegative ? [UInt8(ascii: "-")] + text : text
    }
}
