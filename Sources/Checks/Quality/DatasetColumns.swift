import Data
import Domain

/// Some columns of a dataset, and the label where it has one.
struct DatasetColumns {
    let features: [FeatureColumn]
    /// The label as texts; `nil` where it was read as numbers.
    let label: TextColumn?
    /// The same, to be held against features.
    let target: FeatureColumn?

    subscript(name: String) -> FeatureColumn? { features.first { $0.name == name } }
}

extension Subject {
    /// The columns of that dataset among `names`; `nil` where it has no manifest. Throws where its data cannot be read.
    ///
    /// The label is read as texts, unless it may be numbers.
    func columns(
        of dataset: String, _ names: [String], label: String? = nil, isNumber: Bool = false
    ) async throws -> DatasetColumns? {
        guard let manifest = datasets[dataset] else { return nil }
        let content = try await tools.data(version, dataset)
        let table = try content.table(
            as: TextFormat(manifest.format), options: manifest.tableOptions
        ) { found in
            let labels = [label].compactMap(\.self).filter(found.contains).map {
                ColumnRequest($0, isNumber ? .any : .text)
            }
            return labels + names.unique.filter { $0 != label && found.contains($0) }.map { ColumnRequest($0, .any) }
        }
        let nulls = Set(manifest.nulls.compactMap { Double($0) })
        let features = table.columns.filter { $0.name != label }.map { FeatureColumn($0, nulls: nulls) }
        guard let label, let column = table[label] else {
            return DatasetColumns(features: features, label: nil, target: nil)
        }
        let texts = isNumber ? nil : try column.converted(to: .text).texts
        return DatasetColumns(
            features: features, label: texts,
            target: texts.map { FeatureColumn(name: label, values: .codes($0.codes)) }
                ?? FeatureColumn(column, nulls: nulls))
    }
}

extension Schema {
    /// What the model learns from.
    var featureNames: [String] { columns.filter { $0.role == .feature }.map(\.name) }
}
