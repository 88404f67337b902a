/// A number of bytes, written `512MiB`, or `512Mi` as Kubernetes does, `1.5GB` or `1024`.
public struct ByteSize: Hashable, Sendable, FieldScalar, CustomStringConvertible {
    public let bytes: Int

    public init(bytes: Int) { self.bytes = bytes }

    /// The nearest to a measurement, which may be greater than any size.
    public init(rounding bytes: Double) { self.init(bytes: Int(min(max(0, bytes.rounded()), 1e15))) }

    public init?(text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let unit = text.dropFirst(digits.count).trimmingPrefix { $0 == " " }
        let units: [Substring: Double] = [
            "": 1, "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1024, "MiB": 1_048_576,
            "GiB": 1_073_741_824, "TiB": 1_099_511_627_776, "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824,
            "Ti": 1_099_511_627_776,
        ]
        guard let number = Double(digits), let factor = units[unit],
            let bytes = Int(exactly: (number * factor).rounded())
        else { return nil }
        self.bytes = bytes
    }

    public init?(scalar text: String, quoted: Bool) { self.init(text: text) }

    public static var expected: String { "a size such as 512MiB or 2GB" }

    public static var schema: JSON {
        ["type": ["string", "number"], "pattern": "^[0-9]*[.]?[0-9]+ *([kK]B|[MGT]B|[KMGT]iB?|B)?$", "minimum": 0]
    }

    public static var placeholder: ByteSize { ByteSize(bytes: 0) }

    private static let units = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]

    /// As a manifest has it, such as `2GiB`, to the byte.
    public var text: String {
        let unit = Self.units.first { bytes > 0 && bytes.isMultiple(of: $0.1) }
        return unit.map { "\(bytes / $0.1)\($0.0)" } ?? "\(bytes)B"
    }

    /// For people, to a tenth of a unit.
    public var description: String {
        guard let (name, size) = Self.units.dropFirst().first(where: { bytes >= $0.1 }) else { return "\(bytes) bytes" }
        return "\((Double(bytes) / Double(size) * 10).rounded() / 10) \(name)"
    }
}
