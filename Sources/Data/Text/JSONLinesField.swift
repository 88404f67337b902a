/// One member of a flat JSON object: ranges of the scanned bytes.
///
/// Valid only while the bytes that the scanner walks are.
public struct JSONLinesField {
    public enum Kind: Sendable {
        /// The object has no member at all.
        case none
        case null
        case bool
        case number
        case string
        /// An object or an array, which is skipped, not read.
        case nested
    }

    public let kind: Kind

    /// The name's bytes, without quotes; escapes are not resolved.
    public let name: UnsafeBufferPointer<UInt8>

    /// The value's bytes; of a string, without quotes.
    public let bytes: UnsafeBufferPointer<UInt8>

    /// A string with backslashes, so that `bytes` is not yet the value; `text` is.
    public let isEscaped: Bool

    /// Is the last of its line.
    public let endsRow: Bool

    /// The value as a string.
    public var text: String {
        guard isEscaped else { return String(decoding: bytes, as: UTF8.self) }
        var value: [UInt8] = []
        JSONEscapes.resolve(bytes, into: &value)
        return String(decoding: value, as: UTF8.self)
    }
}
