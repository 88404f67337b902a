import Data
import Domain

/// What one column of a table must keep, and what was found so far.
///
/// One pass in bounded memory; that of columns which must be unique is shared by them.
struct ColumnRules {
    var column: Schema.Column { described.column }
    private let described: Described
    /// What is asked of each value, apart from the rest: to reach into `column` copies it.
    private let type: Schema.ColumnType
    private let (notesNulls, isFinite): (Bool, Bool)
    private let (least, most): (Double?, Double?)
    private let (shortest, longest): (Int?, Int?)
    private let allowed: TextDictionary
    private let allowedNumbers: Set<Double>
    private var pattern: PatternMatcher?
    private let decimalMark: UInt8
    private(set) var rows = 0
    private(set) var nulls = 0
    /// How often something was wrong.
    private(set) var noted = 0
    private(set) var violations: [(kind: Kind, offences: Offences)] = []
    /// The values so far, where they must be unique.
    private let seen: UniqueValues?
    /// What the schema gives ranges of; `nil` where it gives none.
    private(set) var statistics: ColumnStatistics?
    private(set) var different: DistinctValues?

    /// An object, so that rules are moved about without a copy of all that a schema says of a column.
    private final class Described: Sendable {
        let column: Schema.Column

        init(_ column: Schema.Column) { self.column = column }
    }

    enum Kind: Hashable {
        case null, type, nan, infinite, min, max, allowed, pattern, short, length, duplicate
    }

    /// Throws ``TextPattern/Problem`` where the column's pattern is none. Quantiles are exact up to `exactValues` values.
    init(
        _ column: Schema.Column, exactValues: Int, room: KeyRoom, decimalMark: UInt8 = UInt8(ascii: ".")
    ) throws(TextPattern.Problem) {
        described = Described(column)
        self.decimalMark = decimalMark
        type = column.type
        (notesNulls, isFinite) = (!column.nullable || column.maxNullShare < 1, column.finite)
        (least, most) = (column.min, column.max)
        (shortest, longest) = (column.minLength, column.maxLength)
        seen = column.unique ? UniqueValues(sharing: room) : nil
        statistics = ColumnStatistics(column, exactValues: exactValues)
        different = DistinctValues(column, decimalMark: decimalMark)
        var allowed = TextDictionary()
        for text in column.allowed {
            Self.key(Array(text.utf8), column.type).withUnsafeBufferPointer { _ = allowed.code(of: $0) }
        }
        self.allowed = allowed
        let isNumber = column.type == .int || column.type == .float
        allowedNumbers = isNumber ? Set(column.allowed.compactMap { Double($0) }) : []
        if let text = column.pattern { pattern = PatternMatcher(try TextPattern(text)) }
    }

    /// Looks at one value. `line` is asked for only where something is wrong.
    mutating func check(_ bytes: UnsafeBufferPointer<UInt8>, isNull: Bool, line: () -> Int) {
        rows += 1
        if isNull {
            nulls += 1
            if notesNulls { note(.null, bytes, line) }
            return
        }
        switch type {
        case .int, .float:
            guard let value = DecimalNumber.parse(bytes, decimalMark: decimalMark),
                type == .float || Self.isWhole(value)
            else {
                return note(.type, bytes, line)
            }
            checkNumber(value, line) { Offences.shown(bytes) }
        case .bool: if Self.truth(bytes) == nil { return note(.type, bytes, line) }
        case .timestamp: if !Self.isTimestamp(bytes) { return note(.type, bytes, line) }
        case .string: break
        }
        checkText(bytes, line)
    }

    /// Whether all that there is to look at is a number's value, not how it is written.
    var takesNumbers: Bool {
        (column.type == .int || column.type == .float) && (allowed.count == 0) == allowedNumbers.isEmpty
            && pattern == nil
            && column.minLength == nil && column.maxLength == nil && seen == nil
    }

    /// Looks at one value of a column that ``takesNumbers``.
    mutating func check(_ value: Double, line: () -> Int) {
        rows += 1
        guard type == .float || Self.isWhole(value) else {
            return note(.type, line) { TableRows.text(value) }
        }
        checkNumber(value, line) { TableRows.text(value) }
        different?.add(value)
    }

    private mutating func checkNumber(_ value: Double, _ line: () -> Int, _ shown: () -> String) {
        guard value.isFinite else {
            if isFinite { note(value.isNaN ? .nan : .infinite, line, shown) }
            return
        }
        statistics?.add(value)
        if let least, value < least { note(.min, line, shown) }
        if let most, value > most { note(.max, line, shown) }
        if !allowedNumbers.isEmpty, !allowedNumbers.contains(value) { note(.allowed, line, shown) }
    }

    private mutating func checkText(_ bytes: UnsafeBufferPointer<UInt8>, _ line: () -> Int) {
        if allowedNumbers.isEmpty, allowed.count > 0, !isAllowed(bytes) { note(.allowed, bytes, line) }
        if pattern?.matches(bytes) == false { note(.pattern, bytes, line) }
        if shortest != nil || longest != nil {
            let length = bytes.count { $0 & 0xC0 != 0x80 }
            if let shortest, length < shortest { note(.short, bytes, line) }
            if let longest, length > longest { note(.length, bytes, line) }
        }
        different?.add(bytes)
        if let seen, !isNew(bytes, among: seen, line) { note(.duplicate, bytes, line) }
    }

    /// A number is the same however it is spelled.
    private func isNew(_ bytes: UnsafeBufferPointer<UInt8>, among seen: UniqueValues, _ line: () -> Int) -> Bool {
        guard type == .int || type == .float else { return seen.insert(bytes, line: line) }
        return PlainDecimal.with(bytes, decimalMark: decimalMark) { seen.insert($0, line: line) }
    }

    private func isAllowed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard type == .bool else { return allowed.contains(bytes) }
        return Self.key(Array(bytes), type).withUnsafeBufferPointer { allowed.contains($0) }
    }

    /// Notes the values that came again so much later that memory no longer held the first. To be called once all have come.
    mutating func finish() throws(MissingEvidence) {
        guard let seen else { return }
        var late = violations.first { $0.kind == .duplicate }?.offences ?? Offences()
        do throws(DataError) {
            try seen.finish { line, bytes in late.add(late: line) { "\"\(Offences.shown(bytes))\"" } }
        } catch {
            throw MissingEvidence("whether the values of column \"\(column.name)\" are unique is not known: \(error)")
        }
        violations.removeAll { $0.kind == .duplicate }
        if late.count > 0 { violations.append((.duplicate, late)) }
    }

    private mutating func note(_ kind: Kind, _ bytes: UnsafeBufferPointer<UInt8>, _ line: () -> Int) {
        note(kind, line) { Offences.shown(bytes) }
    }

    private mutating func note(_ kind: Kind, _ line: () -> Int, _ shown: () -> String) {
        noted += 1
        let place = violations.firstIndex { $0.kind == kind } ?? violations.count
        if place == violations.count { violations.append((kind, Offences())) }
        violations[place].offences.add(line) {
            let text = shown()
            return text.isEmpty ? "" : "\"\(text)\""
        }
    }

    // MARK: Types

    /// Whole numbers may be written `3.0`, as tables with missing values often do; NaN and infinity are told apart later.
    static func isWhole(_ value: Double) -> Bool { !value.isFinite || value == value.rounded() }

    /// What texts are compared by: truth values as 1 or 0, in whatever spelling.
    private static func key(_ text: [UInt8], _ type: Schema.ColumnType) -> [UInt8] {
        type == .bool ? ClassLabel.binary(String(decoding: text, as: UTF8.self)).map { [$0] } ?? text : text
    }

    static func truth(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
        guard let first = bytes.first else { return nil }
        if bytes.count == 1 { return first == UInt8(ascii: "1") ? true : first == UInt8(ascii: "0") ? false : nil }
        return bytes.count > 5 ? nil : ClassLabel.truth(String(decoding: bytes, as: UTF8.self))
    }

    private static func days(in month: UInt8, of year: Int) -> UInt8 {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// `2026-11-21`, with a time of day after `T` or a space and a zone if there is one.
    static func isTimestamp(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let digit = { (index: Int) in bytes[index] &- 0x30 < 10 }
        guard bytes.count >= 10, [0, 1, 2, 3, 5, 6, 8, 9].allSatisfy(digit), bytes[4] == 0x2D, bytes[7] == 0x2D else {
            return false
        }
        let month = (bytes[5] - 0x30) * 10 + bytes[6] - 0x30, day = (bytes[8] - 0x30) * 10 + bytes[9] - 0x30
        let year = bytes[..<4].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day) else { return false }
        if bytes.count == 10 { return true }
        guard bytes.count >= 16, bytes[10] == 0x54 || bytes[10] == 0x74 || bytes[10] == 0x20, bytes[13] == 0x3A,
            [11, 12, 14, 15].allSatisfy(digit)
        else { return false }
        return (bytes[11] - 0x30) * 10 + bytes[12] - 0x30 < 24 && bytes[14] < 0x36
            && bytes[16...].allSatisfy { $0 &- 0x30 < 10 || ":.Zz+-".utf8.contains($0) }
    }
}
