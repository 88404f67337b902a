public import Domain

/// When a time zone changes its distance from UTC: a compiled file of the IANA time zone database (RFC 8536), and its footer.
///
/// Transitions that the file lists are taken from it; later ones follow the POSIX rule in the footer, as `date` does.
public struct TimeZoneRules: Hashable, Sendable {
    /// Seconds since 1970, ascending, each with the offset that holds from then on.
    private let transitions: [(moment: Int64, offset: Int64)]
    private let first: Int64
    private let footer: ZoneFooter?

    public static func == (one: TimeZoneRules, other: TimeZoneRules) -> Bool {
        one.first == other.first && one.footer == other.footer
            && one.transitions.elementsEqual(other.transitions, by: ==)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(first)
        hasher.combine(transitions.count)
    }

    public static let utc = TimeZoneRules(offset: 0)

    init(offset: Int64) {
        transitions = []
        first = offset
        footer = nil
    }

    /// Reads a compiled zone file; `nil` where the bytes are none.
    public init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        guard var header = reader.header() else { return nil }
        var width = 4
        if header.version >= UInt8(ascii: "2") {
            guard reader.skip(header.bodySize(4)), let second = reader.header() else { return nil }
            header = second
            width = 8
        }
        guard let body = reader.body(header, width) else { return nil }
        transitions = body.transitions
        first = body.first
        footer = width == 8 ? ZoneFooter(reader.line()) : nil
    }

    /// Seconds east of UTC at a moment.
    public func offset(at moment: Timestamp) -> Int64 { offset(at: moment.seconds) }

    func offset(at seconds: Int64) -> Int64 {
        if let last = transitions.last, seconds >= last.moment {
            return footer?.offset(at: seconds) ?? last.offset
        }
        if transitions.isEmpty { return footer?.offset(at: seconds) ?? first }
        var low = 0, high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].moment <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : transitions[low - 1].offset
    }
}

extension TimeZoneRules {
    private struct Header {
        var version: UInt8
        /// isut, isstd, leap, time, type and character counts.
        var counts: [Int]

        func bodySize(_ width: Int) -> Int {
            counts[3] * (width + 1) + counts[4] * 6 + counts[5] + counts[2] * (width + 4) + counts[1] + counts[0]
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func header() -> Header? {
            guard position + 44 <= bytes.count, bytes[position...].starts(with: "TZif".utf8) else { return nil }
            let version = bytes[position + 4]
            position += 20
            let counts = (0..<6).map { _ in Int(number(4)) }
            return counts.allSatisfy { (0...100_000).contains($0) } ? Header(version: version, counts: counts) : nil
        }

        mutating func skip(_ count: Int) -> Bool {
            position += count
            return position <= bytes.count
        }

        /// Big-endian, signed. The caller has made sure that the bytes are there.
        mutating func number(_ width: Int) -> Int64 {
            var value: UInt64 = bytes[position] >= 0x80 ? .max : 0
            for byte in bytes[position..<position + width] { value = value << 8 | UInt64(byte) }
            position += width
            return Int64(bitPattern: value)
        }

        mutating func body(
            _ header: Header, _ width: Int
        ) -> (transitions: [(moment: Int64, offset: Int64)], first: Int64)? {
            guard position + header.bodySize(width) <= bytes.count, header.counts[4] > 0 else { return nil }
            let end = position + header.bodySize(width)
            let moments = (0..<header.counts[3]).map { _ in number(width) }
            let kinds = (0..<header.counts[3]).map { index in Int(bytes[position + index]) }
            position += header.counts[3]
            let types = (0..<header.counts[4]).map { _ in
                let offset = number(4)
                position += 2
                return offset
            }
            position = end
            guard kinds.allSatisfy(types.indices.contains), zip(moments, moments.dropFirst()).allSatisfy(<) else {
                return nil
            }
            return (zip(moments, kinds).map { ($0, types[$1]) }, types[0])
        }

        /// The footer: a line between two line ends.
        func line() -> String {
            guard position < bytes.count, bytes[position] == 0x0A else { return "" }
            let line = bytes[(position + 1)...].prefix { $0 != 0x0A }
            return String(decoding: line, as: UTF8.self)
        }
    }
}
