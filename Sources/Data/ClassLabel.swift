/// How two spellings of a class are found to be one.
public enum ClassLabel {
    /// Numbers in their shortest form without a fraction of zeros; other texts as they are.
    ///
    /// A number with leading zeros is a code, such as a postal code, and stays as it is.
    public static func canonical(_ text: String) -> String {
        var bytes = Array(text.utf8)[...]
        if bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
        if bytes.count > 1, bytes.first == UInt8(ascii: "0"), let second = bytes.dropFirst().first, second &- 0x30 < 10
        {
            return text
        }
        guard let value = Array(text.utf8).withUnsafeBufferPointer({ DecimalNumber.parse($0) }), value.isFinite else {
            return text
        }
        if value == 0 { return "0" }
        if abs(value) < 9e15, value == value.rounded() { return String(Int(value)) }
        return "\(value)"
    }

    /// 1 or 0 for the labels of a binary classification, `nil` for any other text.
    static func binary(_ text: String) -> UInt8? {
        switch canonical(text).lowercased() {
        case "1", "true": 1
        case "0", "false": 0
        default: nil
        }
    }
}
