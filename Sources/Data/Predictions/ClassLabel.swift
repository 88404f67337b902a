import Domain

/// How two spellings of a class are found to be one.
public enum ClassLabel {
    /// Numbers in their shortest form without a fraction of zeros, truth values in small letters; other texts as they are.
    ///
    /// Whole numbers keep all their digits. A number with leading zeros is a code, such as a postal code, and so is one with a
    /// bare exponent, such as `1e2`, which no program writes for 100.
    public static func canonical(_ text: String) -> String {
        if let truth = truth(text) { return truth ? "true" : "false" }
        let bytes = Array(text.utf8)
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = unsigned(bytes)
        if hasLeadingZero(digits) || hasBareExponent(digits) { return text }
        if let whole = whole(digits) {
            return (isNegative && whole != "0" ? "-" : "") + whole
        }
        guard let value = bytes.withUnsafeBufferPointer({ DecimalNumber.parse($0) }), value.isFinite else {
            return text
        }
        if value == 0 { return "0" }
        return Int(exactly: value).map { String($0) } ?? "\(value)"
    }

    /// 1 or 0 for the labels of a binary classification, `nil` for any other text.
    public static func binary(_ text: String) -> UInt8? {
        if text.utf8.count < 6, let truth = truth(text.lowercased()) { return truth ? 1 : 0 }
        let bytes = Array(text.utf8)
        guard !hasLeadingZero(unsigned(bytes)), let value = bytes.withUnsafeBufferPointer({ DecimalNumber.parse($0) })
        else { return nil }
        return value == 1 ? 1 : value == 0 ? 0 : nil
    }

    /// Whether two texts name one class: 1 and `true` are one where there are but two, elsewhere they are not.
    public static func areSame(_ one: String, _ other: String, isBinary: Bool) -> Bool {
        func key(_ text: String) -> String {
            (isBinary ? binary(text).map { String($0) } : nil) ?? canonical(text)
        }
        return one.hasBytes(of: other) || key(one).hasBytes(of: key(other))
    }

    /// What programs write for a truth value: `True`, `true`, `TRUE`, and the same of false.
    public static func truth(_ text: String) -> Bool? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    private static func unsigned(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes[...]
    }

    private static func hasLeadingZero(_ digits: ArraySlice<UInt8>) -> Bool {
        digits.first == UInt8(ascii: "0") && digits.dropFirst().first.map(isDigit) ?? false
    }

    private static func hasBareExponent(_ digits: ArraySlice<UInt8>) -> Bool {
        let rest = digits.drop(while: isDigit)
        guard let mark = rest.first, mark | 0x20 == UInt8(ascii: "e"), let next = rest.dropFirst().first else {
            return false
        }
        return isDigit(next)
    }

    /// The digits of a whole number, of which there may be more than a double has; `nil` for any other text.
    private static func whole(_ digits: ArraySlice<UInt8>) -> String? {
        let whole = digits.prefix(while: isDigit)
        let rest = digits[whole.endIndex...]
        guard !whole.isEmpty, rest.isEmpty || rest.first == UInt8(ascii: "."),
            rest.dropFirst().allSatisfy({ $0 == UInt8(ascii: "0") })
        else { return nil }
        return String(decoding: whole, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
