/// What a model, dataset, gate or environment may be called.
///
/// GTO's grammar, `[a-zA-Z0-9]([a-zA-Z0-9-/_]*[a-zA-Z0-9])?`, in every segment between slashes: such a name is safe as a path, as
/// part of a reference, and on a command line.
public enum ManifestName {
    /// In words, for messages.
    public static let rule = "letters, digits, '-' and '_', starting and ending with a letter or digit; '/' nests"

    /// The same as a regular expression of JSON Schema.
    public static let pattern = #"^[a-zA-Z0-9]([a-zA-Z0-9_-]*[a-zA-Z0-9])?(/[a-zA-Z0-9]([a-zA-Z0-9_-]*[a-zA-Z0-9])?)*$"#

    /// The same for a name without a slash.
    public static let segmentPattern = #"^[a-zA-Z0-9]([a-zA-Z0-9_-]*[a-zA-Z0-9])?$"#

    /// Git limits a path's segment to 255 bytes on most file systems, and `.yaml` and `.lock` must fit.
    public static let limit = 200

    public static func isValid(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { isValid($0) }
    }

    static func isValid(_ name: UnsafeBufferPointer<UInt8>) -> Bool { holds(name, nesting: true) }

    /// Whether `name` is valid and has no slash.
    static func isSegment(_ name: UnsafeBufferPointer<UInt8>) -> Bool { holds(name, nesting: false) }

    private static func holds(_ name: UnsafeBufferPointer<UInt8>, nesting: Bool) -> Bool {
        guard name.count <= limit else { return false }
        var isSegmentStart = true, mayEnd = false
        for byte in name {
            if isLetterOrDigit(byte) {
                (isSegmentStart, mayEnd) = (false, true)
            } else if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_"), !isSegmentStart {
                mayEnd = false
            } else if byte == UInt8(ascii: "/"), nesting, mayEnd {
                (isSegmentStart, mayEnd) = (true, false)
            } else {
                return false
            }
        }
        return mayEnd
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
