public import Data
public import Domain

/// The first schema of tables: what their columns were seen to be.
///
/// The tables themselves keep it. People review it, and every later change is a commit.
public struct InferredSchema: Sendable {
    /// A table to infer from.
    public struct Table: Sendable {
        let name: String
        let content: Content
        let format: TableFormat

        public init(name: String, content: Content, format: TableFormat) {
            self.name = name
            self.content = content
            self.format = format
        }
    }

    /// The label that was asked for is in none of the tables.
    public struct NoSuchColumn: Error, CustomStringConvertible {
        public let description: String
    }

    /// What of the tables is in no schema, a sentence each.
    public let remarks: [String]
    private let origin: String
    private let columns: [[(key: String, value: JSON)]]

    /// The share of missing values may grow by so many parts of 10,000.
    private static let moreNulls = 500

    /// `nulls` are what counts as no value besides an empty field, `decimalMark` is that of delimited text; `label` is the column to
    /// predict. Throws where a table cannot
    /// be read or has no rows, or none has the label.
    ///
    /// - Parameter watch: Is told the number of each table before that is read, and gives where it is to be written down how far the
    ///   reading has come.
    public init(
        of tables: [Table], nulls: [String] = [], label: String? = nil, decimalMark: UInt8 = UInt8(ascii: "."),
        watch: (_ table: Int) -> ReadingWatch? = { _ in nil }
    ) throws {
        let nulls = nulls.map { Array($0.utf8) }
        var remarks: [String] = []
        let facts = try tables.enumerated().map { index, table in
            try Self.facts(
                of: table, nulls: nulls, table.format == .csv ? decimalMark : UInt8(ascii: "."), watch: watch(index),
                noting: &remarks)
        }
        self.remarks = remarks
        let names = facts.flatMap { $0.map(\.name) }.unique
        if let label, !names.contains(label) {
            let near = Suggestion.nearest(to: label, in: names).map { "; did you mean '\($0)'?" } ?? ""
            throw NoSuchColumn(description: "there is no column '\(label)'\(near)")
        }
        if let name = names.first(where: { !Self.canBeWritten($0) }) {
            throw Malformed(
                "column '\(Excerpt.line(name))' has a name with characters that no manifest may hold; rename it")
        }
        let rows = facts.reduce(0) { $0 + ($1.first?.rows ?? 0) }
        origin = "\(rows.grouped) rows of \(tables.map(\.name).listed())"
        columns = names.map { name in
            let found = facts.compactMap { $0.first { $0.name == name } }
            return Self.column(found, isEverywhere: found.count == tables.count, isLabel: name == label)
        }
    }

    private static func facts(
        of table: Table, nulls: [[UInt8]], _ decimalMark: UInt8, watch: ReadingWatch?, noting remarks: inout [String]
    ) throws -> [ColumnFacts] {
        var facts: [ColumnFacts] = []
        let room = KeyRoom()
        let hasNulls = table.format == .parquet
        do {
            try TableRows.visit(table.content, table.format, decimalMark: decimalMark, watch: watch) { unread in
                remarks += unread.map { "\(table.name): column `\($0.name)` \($0.reason), and is left out" }
            } names: { names in
                facts = names.map { ColumnFacts($0, room: room, decimalMark: decimalMark) }
            } value: { column, bytes, _ in
                let isNull =
                    bytes.map { bytes in bytes.isEmpty && !hasNulls || nulls.contains { $0.elementsEqual(bytes) } }
                    ?? true
                facts[column].take(bytes ?? UnsafeBufferPointer(start: nil, count: 0), isNull: isNull)
            }
            for index in facts.indices { try facts[index].finish() }
        } catch { throw Malformed("\(table.name): \(error)") }
        guard facts.first?.rows ?? 0 > 0 else { throw Malformed("\(table.name): it has no rows") }
        return facts
    }

    /// The settings of a column, of its facts in each table that has it.
    private static func column(
        _ found: [ColumnFacts], isEverywhere: Bool, isLabel: Bool
    ) -> [(key: String, value: JSON)] {
        let facts = found.dropFirst().reduce(found[0]) { $0.joined(with: $1) }
        var settings: [(key: String, value: JSON)] = [
            ("name", .string(facts.name)), ("type", .string(facts.type.rawValue)),
        ]
        let isKey = !isLabel && found.allSatisfy(\.isKey) && facts.type != .float
        if let role = Self.role(of: facts, isKey: isKey, isLabel: isLabel) {
            settings.append(("role", .string(role.rawValue)))
        }
        if !isEverywhere { settings.append(("required", false)) }
        if facts.nulls > 0 {
            // In parts of 10,000, rounded up.
            let share = found.map { ($0.nulls * 10_000 + $0.rows - 1) / max(1, $0.rows) }.max() ?? 0
            settings.append(("nullable", true))
            settings.append(("maxNullShare", number(Double(min(10_000, share + moreNulls)) / 10_000)))
        }
        if facts.minimum <= facts.maximum, [.int, .float].contains(facts.type) {
            settings.append(("min", number(facts.minimum)))
            settings.append(("max", number(facts.maximum)))
        }
        if facts.unusual > 0, facts.type == .float { settings.append(("finite", false)) }
        if !isKey, let allowed = facts.allowed { settings.append(("allowed", .array(allowed.map(JSON.string)))) }
        if isKey { settings.append(("unique", true)) }
        return settings
    }

    private static func role(of facts: ColumnFacts, isKey: Bool, isLabel: Bool) -> Schema.Role? {
        isLabel ? .label : isKey ? .id : facts.type == .timestamp ? .time : nil
    }

    /// Without a fraction where it has none.
    private static func number(_ value: Double) -> JSON {
        if value.magnitude < 0x1p53, let whole = Int(exactly: value) { return .int(whole) }
        return .double(value)
    }

    /// Whether a manifest may hold the text: nothing that editors do not show, or show elsewhere.
    static func canBeWritten(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0xA0...0x2027, 0x202F...0x2065, 0x206A...0xFEFE, 0xFF00...0xFFFD: true
            default: scalar.value > 0xFFFF
            }
        }
    }
}

extension InferredSchema {
    /// The manifest as JSON.
    public func json(name: String) -> JSON {
        [
            "apiVersion": .string(Manifest.apiVersion), "kind": .string(Schema.kind),
            "metadata": ["name": .string(name)],
            "spec": ["columns": .array(columns.map { .object($0.map { ($0.key, $0.value) }) })],
        ]
    }

    /// The manifest as YAML, a line for each column.
    public func text(name: String) -> String {
        let rows = columns.map { column in
            "    - {" + column.map { "\($0.key): \(Self.flow($0.value))" }.joined(separator: ", ") + "}"
        }
        return """
            # Inferred from \(Self.comment(origin)). Review it; every later change is a commit.
            apiVersion: \(Manifest.apiVersion)
            kind: \(Schema.kind)
            metadata:
              name: \(Self.flow(.string(name)))
            spec:
              columns:
            \(rows.joined(separator: "\n"))

            """
    }

    private static func flow(_ value: JSON) -> String {
        switch value {
        case .string(let text): isPlain(text) ? text : quoted(text)
        case .array(let items): "[\(items.map(flow).joined(separator: ", "))]"
        case .double(let number): "\(number)"
        default: value.text()
        }
    }

    /// Whether every reader of YAML takes the bare word for text.
    private static func isPlain(_ text: String) -> Bool {
        let isLetter = { (byte: UInt8) in byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte == 0x5F }
        guard let first = text.utf8.first, isLetter(first) else { return false }
        let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
        return text.utf8.allSatisfy { isLetter($0) || $0 &- 0x30 < 10 } && !words.contains(text.lowercased())
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.unicodeScalars.map(escaped).joined() + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x22, 0x5C: return "\\" + String(scalar)
        case 0x09: return "\\t"
        case 0x0A: return "\\n"
        case 0x0D: return "\\r"
        default: return String(scalar)
        }
    }

    /// One line without what a comment cannot hold.
    private static func comment(_ text: String) -> String {
        String(text.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" })
    }
}
