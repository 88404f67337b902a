import Data
import Domain

/// Some columns of a dataset, and the label where it has one.
struct DatasetColumns {
    let features: [FeatureColumn]
    let label: TextColumn?

    subscript(name: String) -> FeatureColumn? { features.first { $0.name == name } }
}

extension Subject {
    /// The columns of that dataset among `names`; `nil` where it has no manifest. Throws where its data cannot be read.
    func columns(of dataset: String, _ names: [String], label: String? = nil) async throws -> DatasetColumns? {
        guard let manifest = datasets[dataset] else { return nil }
        let content = try await tools.data(version, dataset)
        let table = try content.table(
            as: TextFormat(manifest.format), options: TableOptions(nullSpellings: manifest.nulls)
        ) { found in
            let labels = [label].compactMap(\.self).filter(found.contains).map { ColumnRequest($0, .text) }
            return labels + names.unique.filter { $0 != label && found.contains($0) }.map { ColumnRequest($0, .any) }
        }
        let nulls = Set(manifest.nulls.compactMap { Double($0) })
        return DatasetColumns(
            features: table.columns.filter { $0.name != label }.map { FeatureColumn($0, nulls: nulls) },
            label: try label.flatMap { table[$0] }?.converted(to: .text).texts)
    }
}

extension Schema {
    /// What the model learns from.
    var featureNames: [String] { columns.filter { $0.role == .feature }.map(\.name) }
}
