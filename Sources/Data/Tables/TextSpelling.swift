/// One kind of value that formats and programs spell in several ways, such as `True` and `true`.
public struct TextSpelling: Sendable {
    /// Texts of such a column are at most so many different ones.
    private let limit: Int

    /// What all spellings of a value become; `nil` for a text that is none of them.
    private let common: @Sendable (UnsafeRawBufferPointer) -> [UInt8]?

    /// Truth values in any case.
    static let truth = TextSpelling(limit: 6) { bytes in
        let lower = bytes.map { $0 | 0x20 }
        return lower.elementsEqual("true".utf8) || lower.elementsEqual("false".utf8) ? lower : nil
    }

    /// Dates with or without a time of day, after a space or a `T`; midnight and UTC may be left out.
    static let time = TextSpelling(limit: .max) { TimeText($0)?.bytes }

    /// Whether two texts are equal, or two spellings of one truth value or point in time.
    public static func areAlike(_ one: String, _ other: String) -> Bool {
        one == other
            || [truth, time].contains { kind in
                kind.plain(one).map { $0 == kind.plain(other) } ?? false
            }
    }

    private func plain(_ text: String) -> [UInt8]? { Array(text.utf8).withUnsafeBytes { common($0) } }

    /// Both columns in the common spelling; `nil` where they are spelled alike already, are of another kind or not all known.
    func alike(_ one: TextProfile, _ other: TextProfile) -> (TextProfile, TextProfile)? {
        guard one.exact, other.exact, one.counts.hasTexts, other.counts.hasTexts, one.distinct <= limit,
            other.distinct <= limit, differ(one.counts, other.counts), let first = respelled(one.counts),
            let second = respelled(other.counts)
        else { return nil }
        return (TextProfile(exactly: TextCounts(first)), TextProfile(exactly: TextCounts(second)))
    }

    /// Whether the two are of this kind at all, as far as the first texts tell, and not all spelled in one form.
    private func differ(_ one: TextCounts, _ other: TextCounts) -> Bool {
        guard one.distinct > 0, other.distinct > 0 else { return false }
        if limit < .max {
            let texts = Set([one, other].flatMap { counts in (0..<counts.distinct).map { counts.text(at: $0) } })
            return Set(texts.map { $0.lowercased() }).count < texts.count
        }
        guard [one, other].allSatisfy({ $0.withBytes(at: 0) { common($0) != nil } }) else { return false }
        let shape = one.withBytes(at: 0) { $0.map(Self.plainDigit) }
        return [one, other].contains { counts in
            (0..<counts.distinct).contains { index in
                counts.withBytes(at: index) { !$0.lazy.map(Self.plainDigit).elementsEqual(shape) }
            }
        }
    }

    /// A zero for any digit.
    private static func plainDigit(_ byte: UInt8) -> UInt8 { byte &- 0x30 < 10 ? 0x30 : byte }

    private func respelled(_ counts: TextCounts) -> TextTable? {
        var table = TextTable(capacity: counts.distinct)
        for index in 0..<counts.distinct {
            guard let text = counts.withBytes(at: index, common) else { return nil }
            text.withUnsafeBytes { table.add($0, hash: StableHash.of($0), times: counts.count(at: index)) }
        }
        return table
    }
}

/// A point in time in its plainest spelling: `2026-11-21T09:30:00.25`.
private struct TimeText {
    private(set) var bytes: [UInt8]

    init?(_ text: UnsafeRawBufferPointer) {
        guard (10...40).contains(text.count), Self.fits(text.prefix(10), "0000-00-00") else { return nil }
        bytes = Array(text.prefix(10)) + "T".utf8
        var rest = text.dropFirst(10)
        guard let separator = rest.popFirst() else {
            bytes += "00:00:00".utf8
            return
        }
        guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: " "), Self.fits(rest.prefix(5), "00:00")
        else {
            return nil
        }
        bytes += rest.prefix(5)
        rest = rest.dropFirst(5)
        let hasSeconds = Self.fits(rest.prefix(3), ":00")
        bytes += hasSeconds ? Array(rest.prefix(3)) : Array(":00".utf8)
        if hasSeconds { rest = rest.dropFirst(3) }
        if rest.first == UInt8(ascii: ".") { takeFraction(&rest) }
        // What is left is the zone.
        let isUTC = ["", "Z", "+00:00", " UTC"].contains { rest.elementsEqual($0.utf8) }
        if isUTC { return }
        guard Self.fits(rest, "+00:00") || Self.fits(rest, "-00:00") else { return nil }
        bytes += rest
    }

    private mutating func takeFraction(_ rest: inout Slice<UnsafeRawBufferPointer>) {
        let fraction = rest.prefix { $0 == UInt8(ascii: ".") || $0 &- 0x30 < 10 }
        rest = rest.dropFirst(fraction.count)
        bytes += fraction
        while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
    }

    /// Zeros of the pattern stand for digits.
    private static func fits(_ text: some Collection<UInt8>, _ pattern: String) -> Bool {
        text.count == pattern.utf8.count
            && zip(text, pattern.utf8).allSatisfy { $1 == UInt8(ascii: "0") ? $0 &- 0x30 < 10 : $0 == $1 }
    }
}
