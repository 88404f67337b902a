public import Domain

/// How far the columns of a table have moved from those of a reference.
public struct Drift: Sendable {
    /// Columns of both tables, in the reference's order.
    public let columns: [ColumnDrift]

    /// Columns that only one of the tables has.
    public let missing: [String]
    public let added: [String]

    /// What a person should know about the comparison, as sentences.
    public let warnings: [String]

    /// On columns that the two tables spell differently.
    private let matching: [ExactText: String]

    /// On the tables as a whole.
    private let remarks: [String]

    public init(reference: TableProfile, current: TableProfile, threads: Int = 1) {
        let others = Dictionary(current.columns.map { ($0.exactName, $0) }) { first, _ in first }
        // What a person reads as the same name is the same column, where no other has exactly that name.
        let alike = Dictionary(current.columns.map { ($0.name, $0) }) { first, _ in first }
        let taken = Set(reference.columns.map(\.exactName))
        let pairs = reference.columns.compactMap { column in
            (others[column.exactName] ?? alike[column.name].flatMap { taken.contains($0.exactName) ? nil : $0 })
                .map { (column, $0) }
        }
        let results = pairs.map { _ in Shared<(drift: ColumnDrift, remark: String?)?>(nil) }
        Workers.each(pairs.count, threads: threads) { index in
            let match = ColumnMatch(pairs[index].0, pairs[index].1)
            let drift = ColumnDrift(reference: match.reference, current: match.current)
            results[index].update { $0 = (drift, match.remark) }
        }
        let found = results.compactMap { $0.update { $0 } }
        columns = found.map(\.drift)
        let old = Set(reference.names.map(ExactText.init)).union(pairs.map(\.1.exactName))
        let new = Set(current.names.map(ExactText.init)).union(pairs.map(\.0.exactName))
        missing = reference.names.filter { !new.contains(ExactText($0)) }
        added = current.names.filter { !old.contains(ExactText($0)) }
        matching = Dictionary(found.compactMap { one in one.remark.map { (ExactText(one.drift.name), $0) } }) {
            first, _ in
            first
        }
        remarks =
            reference.remarks.sentences.map { "reference: \($0)" } + current.remarks.sentences.map { "current: \($0)" }
        warnings = Self.warnings(columns, matching, remarks, missing: missing, added: added)
    }

    /// The parts together, each of which compared some columns of the same two tables.
    init(_ parts: [Drift], order: [String]) {
        let all = Dictionary(parts.flatMap(\.columns).map { (ExactText($0.name), $0) }) { first, _ in first }
        columns = order.compactMap { all[ExactText($0)] }
        missing = parts.first?.missing ?? []
        added = parts.first?.added ?? []
        matching = parts.reduce(into: [:]) { all, part in all.merge(part.matching) { first, _ in first } }
        var seen: Set<String> = []
        remarks = parts.flatMap(\.remarks).filter { seen.insert($0).inserted }
        warnings = Self.warnings(columns, matching, remarks, missing: missing, added: added)
    }

    public subscript(name: String) -> ColumnDrift? { columns.place(of: name, by: \.name).map { columns[$0] } }

    /// `{"columns": {NAME: {…}}}`, and what does not fit, as warnings.
    public var json: JSON {
        let warnings = warnings + columns.compactMap(\.goodnessGap)
        return .object(
            [
                ("columns", .object(columns.map { ($0.name, $0.json) }))
            ] + (warnings.isEmpty ? [] : [("warnings", .array(warnings.map(JSON.string)))]))
    }

    private static func warnings(
        _ columns: [ColumnDrift], _ matching: [ExactText: String], _ remarks: [String], missing: [String],
        added: [String]
    ) -> [String] {
        remarks + missing.map { "column `\($0)` is missing from the current table" }
            + added.map { "column `\($0)` is not in the reference" }
            + columns.compactMap { column in matching[ExactText(column.name)].map { "column `\(column.name)` \($0)" } }
            + columns.flatMap(\.gaps)
            + columns.flatMap { column in column.missingChanges.map { $0.sentence(of: column.name) } }
            + columns.filter(\.sharesNothing).map {
                "column `\($0.name)`: the tables have no value in common; are they spelled alike?"
            }
            + columns.compactMap { column in
                column.uncertainty.map { "column `\(column.name)`: \($0.sentence(on: column))" }
            }
    }
}
