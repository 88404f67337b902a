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

    public init(reference: TableProfile, current: TableProfile, threads: Int = 1) {
        let pairs = reference.columns.compactMap { column in current[column.name].map { (column, $0) } }
        let results = pairs.map { _ in Shared<ColumnDrift?>(nil) }
        Workers.each(pairs.count, threads: threads) { index in
            let drift = ColumnDrift(reference: pairs[index].0, current: pairs[index].1)
            results[index].update { $0 = drift }
        }
        columns = results.compactMap { $0.update { $0 } }
        missing = reference.columns.map(\.name).filter { current[$0] == nil }
        added = current.columns.map(\.name).filter { reference[$0] == nil }
        warnings = Self.warnings(pairs, missing: missing, added: added)
    }

    public subscript(name: String) -> ColumnDrift? { columns.first { $0.name == name } }

    /// `{"columns": {NAME: {…}}}`, and what does not fit, as warnings.
    public var json: JSON {
        .object(
            [
                ("columns", .object(columns.map { ($0.name, $0.json) }))
            ] + (warnings.isEmpty ? [] : [("warnings", .array(warnings.map(JSON.string)))]))
    }

    private static func warnings(
        _ pairs: [(ColumnProfile, ColumnProfile)], missing: [String], added: [String]
    ) -> [String] {
        missing.map { "column `\($0)` is missing from the current table" }
            + added.map { "column `\($0)` is not in the reference" }
            + pairs.compactMap { one, other in
                (one.numbers != nil && other.texts != nil) || (one.texts != nil && other.numbers != nil)
                    ? "column `\(one.name)` holds numbers in one table and texts in the other, and is compared as texts"
                    : nil
            }
            + pairs.filter { !$0.exact || !$1.exact }.map { one, _ in
                "column `\(one.name)`: its figures are estimates from sketches"
            }
    }
}
