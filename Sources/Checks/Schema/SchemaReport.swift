import Data
import Domain

/// What checking a table against a schema found, as findings with counts, shares and lines.
struct SchemaReport {
    let file: String
    let schema: Schema
    /// What a place in the file is called.
    private let place: String
    private(set) var rows = 0
    private(set) var findings: [Finding] = []

    init(_ content: Content, file: String, dataset: Dataset, schema: Schema) throws {
        self.file = file
        self.schema = schema
        place = dataset.format == .parquet ? "row" : "line"
        var rules: [ColumnRules] = []
        var places: [Int] = []
        for column in schema.columns {
            do throws(TextPattern.Problem) {
                rules.append(try ColumnRules(column, nullSpellings: dataset.nulls))
            } catch {
                findings.append(
                    Finding(.fail, "schema: the pattern of column \"\(column.name)\" cannot be used: \(error.message)"))
            }
        }
        var names: [String] = []
        let hasNulls = dataset.format == .parquet
        try TableRows.visit(content, dataset.format) { found in
            names = found
            places = found.map { name in rules.firstIndex { $0.column.name == name } ?? -1 }
        } value: { column, bytes, line in
            if column == 0 { rows += 1 }
            guard places[column] >= 0 else { return }
            let isNull = bytes.map { $0.isEmpty && !hasNulls } ?? true
            rules[places[column]].check(bytes ?? UnsafeBufferPointer(start: nil, count: 0), isNull: isNull, line: line)
        }
        compare(names)
        for rule in rules { findings += rule.violations.compactMap { finding($0, rule) } }
        countRows()
    }

    private mutating func compare(_ names: [String]) {
        for column in schema.columns where column.required && !names.contains(column.name) {
            let near = Suggestion.nearest(
                to: column.name,
                in: names.filter { name in
                    !schema.columns.contains { $0.name == name }
                })
            let hint = near.map { "; is it called \"\($0)\" now?" } ?? ""
            findings.append(Finding(.fail, "\(file): column \"\(column.name)\" is missing\(hint)", file: file, line: 1))
        }
        for name in names where !schema.columns.contains(where: { $0.name == name }) {
            findings.append(
                Finding(
                    schema.strict ? .fail : .warn, "\(file): column \"\(name)\" is not in the schema", file: file,
                    line: 1))
        }
    }

    private mutating func countRows() {
        if rows == 0 { findings.append(Finding(.fail, "\(file): it has no rows", file: file)) }
        if let least = schema.rows?.min, Double(rows) < least {
            findings.append(
                Finding(
                    .fail, "\(file): \(rows.grouped) rows, fewer than \(least.brief)", file: file, value: Double(rows),
                    threshold: least))
        }
        if let most = schema.rows?.max, Double(rows) > most {
            findings.append(
                Finding(
                    .fail, "\(file): \(rows.grouped) rows, more than \(most.brief)", file: file, value: Double(rows),
                    threshold: most))
        }
    }

    private func finding(_ violation: ColumnRules.Violation, _ rule: ColumnRules) -> Finding? {
        let share = Double(violation.count) / Double(max(1, rule.rows))
        let column = rule.column
        if violation.kind == .null, column.nullable, share <= column.maxNullShare { return nil }
        if violation.kind == .allowed, column.minDomainMass < 1 {
            let values = rule.rows - rule.nulls
            if Double(values - violation.count) / Double(max(1, values)) >= column.minDomainMass { return nil }
        }
        let first = violation.lines.first
        let more =
            violation.lines.count > 1 ? ", also \(violation.lines.dropFirst().prefix(4).map(String.init).listed())" : ""
        let value = violation.example.isEmpty ? "" : " (\"\(violation.example)\")"
        return Finding(
            .fail,
            "\(file): column \"\(column.name)\": \(violation.count.grouped) of \(rule.rows.grouped) values "
                + "(\(share.percent)) \(words(violation.kind, column)); first at \(place) \(first ?? 0)\(value)\(more)",
            file: file, line: first, value: share, threshold: violation.kind == .null ? column.maxNullShare : 0)
    }

    private func words(_ kind: ColumnRules.Kind, _ column: Schema.Column) -> String {
        switch kind {
        case .null: column.nullable ? "are missing, more than \(column.maxNullShare.percent)" : "are missing"
        case .type: "are no \(column.type.rawValue)"
        case .nan: "are NaN"
        case .infinite: "are infinite"
        case .min: "< min \((column.min ?? 0).brief)"
        case .max: "> max \((column.max ?? 0).brief)"
        case .allowed: "are none of \(column.allowed.listed())"
        case .pattern: "do not match \(column.pattern ?? "")"
        case .length: "are longer than \(column.maxLength ?? 0) characters"
        case .duplicate: "come a second time, though the column is unique"
        }
    }
}
