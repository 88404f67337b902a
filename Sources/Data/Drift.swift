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

    /// Columns of numbers in one table and of texts in the other.
    private let mixed: [String]

    public init(reference: TableProfile, current: TableProfile, threads: Int = 1) {
        let pairs = reference.columns.compactMap { column in current[column.name].map { (column, $0) } }
        let results = pairs.map { _ in Shared<ColumnDrift?>(nil) }
        Workers.each(pairs.count, threads: threads) { index in
            let drift = ColumnDrift(reference: pairs[index].0, current: pairs[index].1)
            results[index].update { $0 = drift }
        }
        columns = results.compactMap { $0.update { $0 } }
        missing = reference.names.filter { !current.names.contains($0) }
        added = current.names.filter { !reference.names.contains($0) }
        mixed = pairs.filter { one, other in
            one.numbers != nil && other.texts != nil || one.texts != nil && other.numbers != nil
        }.map(\.0.name)
        warnings = Self.warnings(columns, mixed, missing: missing, added: added)
    }

    /// The parts together, each of which compared some columns of the same two tables.
    init(_ parts: [Drift], order: [String]) {
        let all = Dictionary(parts.flatMap(\.columns).map { ($0.name, $0) }) { first, _ in first }
        columns = order.compactMap { all[$0] }
        missing = parts.first?.missing ?? []
        added = parts.first?.added ?? []
        let mixed = Set(parts.flatMap(\.mixed))
        self.mixed = order.filter(mixed.contains)
        warnings = Self.warnings(columns, self.mixed, missing: missing, added: added)
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
        _ columns: [ColumnDrift], _ mixed: [String], missing: [String], added: [String]
    ) -> [String] {
        missing.map { "column `\($0)` is missing from the current table" }
            + added.map { "column `\($0)` is not in the reference" }
            + mixed.map {
                "column `\($0)` holds numbers in one table and texts in the other, and is compared as texts"
            }
            + columns.filter { !$0.exact }.map { "column `\($0.name)`: its figures are estimates from sketches" }
    }
}
