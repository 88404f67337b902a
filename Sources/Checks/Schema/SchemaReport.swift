import Data
import Domain

/// What checking a table against a schema found, as findings with counts, shares and lines.
struct SchemaReport {
    let file: String
    let schema: Schema
    /// The schema's file, as the model's manifest names it.
    private let path: String
    /// What a place in the file is called.
    private let place: String
    private(set) var rows = 0
    private(set) var findings: [Finding] = []
    /// How many rows each rule and mapping was about, in how many of them it could be looked at, and how many break it.
    private(set) var relations: [JSON] = []
    /// What stands in the first column of the schema whose role is an id; `nil` where that was not asked for, there is none, or too many.
    private(set) var ids: TextDictionary?
    /// More are not kept: they take memory for each.
    private static let mostIDs = 2_000_000
    /// What the statistics are that the schema gives ranges of.
    private(set) var statistics: [JSON] = []

    /// - Parameter room: Where the values of unique columns are kept.
    init(
        _ content: Content, file: String, dataset: Dataset, schema: Schema, path: String?, room: KeyRoom = KeyRoom(),
        keepsIDs: Bool = false
    ) throws {
        self.file = file
        self.schema = schema
        self.path = path ?? "schema.yaml"
        place = dataset.format == .parquet ? "row" : "line"
        var rules: [ColumnRules] = []
        var places: [Int] = [], takesNumbers: [Bool] = []
        let exactValues = ColumnStatistics.exactValues(of: schema)
        for column in schema.columns {
            do throws(TextPattern.Problem) {
                rules.append(
                    try ColumnRules(
                        column, exactValues: exactValues, room: room, decimalMark: dataset.decimal.byte))
            } catch {
                findings.append(
                    Finding(.fail, "schema: the pattern of column \"\(column.name)\" cannot be used: \(error.message)"))
            }
        }
        var rowRules: RowRules
        do throws(RowProgram.Problem) { rowRules = try RowRules(schema, decimalMark: dataset.decimal.byte) } catch {
            throw Malformed("schema: \(error.message)")
        }
        let hasRowRules = !rowRules.isEmpty
        let idPlace = keepsIDs ? rules.firstIndex { $0.column.role == .id } : nil
        var ids = TextDictionary()
        var names: [String] = []
        let hasNulls = dataset.format == .parquet
        let nulls = dataset.nulls.map { Array($0.utf8) }
        var unread: [(name: String, reason: String)] = []
        try TableRows.visit(content, dataset.format, decimalMark: dataset.decimal.byte) {
            unread = $0
        } names: { found in
            names = found
            places = found.places(of: rules.map(\.column.name))
            takesNumbers = places.map { place in
                place >= 0 && place != idPlace && !hasRowRules && nulls.isEmpty && rules[place].takesNumbers
            }
            rowRules.expect(found)
        } value: { column, bytes, line in
            if column == 0 { rows += 1 }
            guard places[column] >= 0 || hasRowRules else { return }
            let isNull =
                bytes.map { bytes in
                    bytes.isEmpty && !hasNulls || nulls.contains { $0.elementsEqual(bytes) }
                } ?? true
            let bytes = bytes ?? UnsafeBufferPointer(start: nil, count: 0)
            if hasRowRules { rowRules.take(bytes, isNull: isNull, column: column, line: line) }
            if places[column] == idPlace, !isNull, ids.count <= Self.mostIDs { _ = ids.code(of: bytes) }
            if places[column] >= 0 { rules[places[column]].check(bytes, isNull: isNull, line: line) }
        } number: { column, number, line in
            guard takesNumbers[column] else { return false }
            if column == 0 { rows += 1 }
            rules[places[column]].check(number, line: line)
            return true
        }
        for index in rules.indices { try rules[index].finish() }
        if let idPlace, places.contains(idPlace), ids.count <= Self.mostIDs { self.ids = ids }
        compare(names, unread)
        for rule in rules { findings += rule.violations.compactMap { finding($0.kind, $0.offences, rule) } }
        for rule in rules { judge(rule) }
        for (rule, tally) in rowRules.rules { judge(rule, tally) }
        for (mapping, tally) in rowRules.mappings { judge(mapping, tally) }
        countRows()
    }

    private mutating func compare(_ names: [String], _ unread: [(name: String, reason: String)]) {
        for (name, reason) in unread {
            let column = schema.columns.first { $0.name == name }
            let message = "\(file): column `\(name)` \(reason), and "
            findings.append(
                column.map {
                    Finding(
                        .fail, "\(message)cannot be held against the schema, which names it; \(path):\($0.place.line)",
                        file: file)
                }
                    ?? Finding(
                        schema.strict && reason != "is nested" ? .fail : .warn, "\(message)is left out", file: file))
        }
        let names = names, known = names + unread.map(\.name)
        for column in schema.columns where column.required && !known.contains(column.name) {
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
        if let least = schema.rows.min, Double(rows) < least {
            findings.append(
                Finding(
                    .fail, "\(file): \(rows.grouped) rows, fewer than \(least.brief)", file: file, value: Double(rows),
                    threshold: least))
        }
        if let most = schema.rows.max, Double(rows) > most {
            findings.append(
                Finding(
                    .fail, "\(file): \(rows.grouped) rows, more than \(most.brief)", file: file, value: Double(rows),
                    threshold: most))
        }
    }

    private func finding(_ kind: ColumnRules.Kind, _ offences: Offences, _ rule: ColumnRules) -> Finding? {
        let share = Double(offences.count) / Double(max(1, rule.rows))
        let column = rule.column
        if kind == .null, column.nullable, share <= column.maxNullShare { return nil }
        if kind == .allowed, column.minDomainMass < 1 {
            let values = rule.rows - rule.nulls
            if Double(values - offences.count) / Double(max(1, values)) >= column.minDomainMass { return nil }
        }
        return finding(
            offences, "column \"\(column.name)\"", of: rule.rows, "values", words(kind, column), at: column.place,
            threshold: kind == .null ? column.maxNullShare : 0)
    }

    /// `WHAT: 3 of 1,000 rows (0.3 %) OFFEND; first at line 12 (…), also 15; schema.yaml:41`.
    private func finding(
        _ offences: Offences, _ what: String, of total: Int, _ things: String, _ words: String, at place: Place,
        threshold: Double = 0
    ) -> Finding {
        let share = Double(offences.count) / Double(max(1, total))
        return Finding(
            .fail,
            "\(file): \(what): \(offences.count.grouped) of \(total.grouped) \(things) (\(share.percent)) \(words); "
                + "\(offences.words(self.place)); \(path):\(place.line)",
            file: file, line: offences.lines.first, value: share, threshold: threshold)
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
        case .short: "are shorter than \(column.minLength ?? 0) characters"
        case .length: "are longer than \(column.maxLength ?? 0) characters"
        case .duplicate: "come a second time, though the column is unique"
        }
    }
}

extension SchemaReport {
    private mutating func judge(_ rule: Schema.Rule, _ tally: RuleTally) {
        let (name, condition) = (Excerpt.line(rule.assert.text), rule.where.map { Excerpt.line($0.text) })
        note(name, tally.rows, tally.known, tally.broken)
        tellUnread(tally.unread, "rule \(name)", rule.place)
        if tally.broken.count > 0 {
            let things = condition.map { "rows where \($0)" } ?? "rows"
            findings.append(
                finding(tally.broken, "rule \(name)", of: tally.rows, things, "break it", at: rule.place))
        } else if rows > 0, tally.known == 0, tally.unread == 0 {
            let reason =
                tally.rows > 0
                ? "a value that it needs is missing in each of \(tally.rows.grouped) rows"
                : "there is no row where \(condition ?? "")"
            warn("rule \(name)", reason, rule.place)
        }
    }

    private mutating func judge(_ mapping: Schema.Mapping, _ tally: MappingTally) {
        let from = mapping.from.listed()
        let name = "\(from) -> \(mapping.to)"
        note(name, tally.rows, tally.known, tally.broken)
        tellUnread(tally.unread, "mapping \(name)", mapping.place)
        if tally.broken.count > 0 {
            findings.append(
                finding(
                    tally.broken, "mapping \(name)", of: tally.rows, "rows",
                    "have another \(mapping.to) than the first row of the same \(from)", at: mapping.place))
        } else if rows > 0, tally.known == 0, tally.unread == 0 {
            warn("mapping \(name)", "a value is missing in each of \(rows.grouped) rows", mapping.place)
        }
    }

    private mutating func note(_ name: String, _ rows: Int, _ known: Int, _ broken: Offences) {
        relations.append(
            ["name": .string(name), "rows": .int(rows), "known": .int(known), "broken": .int(broken.count)])
    }

    /// Times that the schema takes and nothing can compare.
    private mutating func tellUnread(_ rows: Int, _ what: String, _ place: Place) {
        guard rows > 0 else { return }
        let words =
            "\(file): \(what) could not be looked at in \(rows.grouped) rows, whose times are written in a way that cannot be "
            + "compared; write 2026-11-21T09:30:00+01:00; \(path):\(place.line)"
        findings.append(Finding(.fail, words, file: file, value: Double(rows), threshold: 0))
    }

    /// What was not looked at has not been kept.
    private mutating func warn(_ what: String, _ reason: String, _ place: Place) {
        findings.append(
            Finding(.warn, "\(file): \(what) was not looked at: \(reason); \(path):\(place.line)", file: file))
    }
}

extension SchemaReport {
    private mutating func judge(_ rule: ColumnRules) {
        guard rows > 0 else { return }
        if var statistics = rule.statistics {
            let (count, _, readings, undefined) = statistics.finish()
            judge(readings, undefined, of: "\(count.grouped) finite numbers", rule.column)
        }
        if let (readings, undefined) = rule.different?.finish() {
            judge(readings, undefined, of: "no values", rule.column)
        }
    }

    private mutating func judge(
        _ readings: [StatisticReading], _ undefined: [String], of values: String, _ column: Schema.Column
    ) {
        if !undefined.isEmpty {
            let words =
                "\(file): column \"\(column.name)\": \(undefined.listed()) cannot be told of \(values); "
                + "\(path):\(column.place.line)"
            findings.append(Finding(.inconclusive, words, file: file))
        }
        for reading in readings {
            let ends = [(reading.atLeast, "< min", reading.min), (reading.atMost, "> max", reading.max)]
            for case (let verdict, let words, let bound?) in ends where verdict != .pass {
                findings.append(finding(reading, verdict, "\(words) \(bound.brief)", bound, column))
            }
            statistics.append([
                "column": .string(column.name), "statistic": .string(reading.name), "value": JSON(reading.value),
                "exact": .bool(reading.isExact),
            ])
        }
    }

    /// `column "amount": mean 103.2 of 1,000 numbers > max 100; schema.yaml:41`.
    private func finding(
        _ reading: StatisticReading, _ verdict: Verdict, _ words: String, _ bound: Double, _ column: Schema.Column
    ) -> Finding {
        let doubt = verdict == .warn ? ", which may explain it" : ""
        let estimate =
            reading.isExact
            ? "" : " (estimated: \(reading.least.brief) to \(reading.most.brief) by \(reading.error)\(doubt))"
        return Finding(
            verdict,
            "\(file): column \"\(column.name)\": \(reading.name) \(reading.value.brief)\(estimate) of \(reading.of) "
                + "\(words); \(path):\(column.place.line)",
            file: file, value: reading.value, threshold: bound)
    }
}
