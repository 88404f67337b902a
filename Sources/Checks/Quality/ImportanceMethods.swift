import Domain

/// The rows of a table of importances by what its column `method` says: those that show what features are worth, and other rankings.
struct ImportanceMethods {
    /// The method that shows what features are worth, without what stands in brackets; `nil` where the table names none.
    let chosen: String?
    /// Its rows; `nil` means all.
    let places: [Int]?
    /// What the others say of features, by method.
    let others: [(method: String, values: [String: Double])]

    /// A model has few rankings of its own.
    private static let most = 20

    /// - Parameter method: The one that is meant; without it, that which permutes features or leaves them out.
    init(_ table: RunTable, path: String, method: String?) throws(MissingEvidence) {
        let texts = (table.texts("method") ?? []).map(Self.title)
        let found = texts.unique
        if let method, !found.contains(Self.title(method)) {
            throw MissingEvidence(
                "\(path) has no rows of the method '\(method)'; it has \(found.isEmpty ? "none" : found.listed())",
                file: path)
        }
        guard found.count > 1 else {
            (chosen, places, others) = (found.first, nil, [])
            return
        }
        let fitting = method.map { [Self.title($0)] } ?? found.filter(Self.showsBenefit)
        guard let chosen = fitting.first, fitting.count == 1, found.count <= Self.most else {
            throw MissingEvidence(
                "\(path) holds the methods \(found.listed()): which shows what features are worth? Name it as method",
                file: path)
        }
        let feature = try table.column(nil, or: ["feature", "name", "column"], in: path)
        let mean = try table.column(nil, or: ["importance_mean", "metric_drop", "importance", "mean"], in: path)
        let (names, means) = (table.texts(feature) ?? [], try table.numbers(mean) ?? [])
        self.chosen = chosen
        places = texts.indices.filter { texts[$0] == chosen }
        others = found.filter { $0 != chosen }.map { other in
            let rows = texts.indices.filter { texts[$0] == other }
            let values = rows.compactMap { row in means[row].flatMap { $0.isFinite ? (names[row], $0) : nil } }
            return (other, Dictionary(values) { first, _ in first })
        }
    }

    /// `permutation` of `Permutation(neg_log_loss, 5 repeats)`.
    private static func title(_ text: String) -> String {
        Excerpt.line(String(text.prefix { $0 != "(" }).trimmed.lowercased(), limit: 60)
    }

    private static func showsBenefit(_ method: String) -> Bool {
        ["permut", "ablat", "drop", "leave-"].contains { method.hasPrefix($0) }
    }
}
