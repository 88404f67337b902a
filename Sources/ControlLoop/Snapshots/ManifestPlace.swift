import Domain

/// A path at which a manifest may lie: of which kind, and of what name.
struct ManifestPlace: Hashable, Sendable {
    let kind: String
    let name: String
    let environment: String?

    /// Made again from the rest: a repository may have a hundred thousand of them.
    var path: String { ManifestPath.path(ofKind: kind, name: name, environment: environment) ?? "" }

    init?(path: String) {
        guard let (kind, name, environment) = ManifestPath.kind(of: path) else { return nil }
        self.kind = kind
        self.name = name
        self.environment = environment
    }
}

/// Which model folders a path can lie in.
enum ModelFolders {
    /// `models/a/b/c.csv` may belong to the model `a` or to the model `a/b`.
    static func names(containing path: String) -> [String] {
        guard path.hasPrefix("models/") else { return [] }
        let parts = path.pathParts().dropFirst().dropLast()
        return parts.indices.map { parts[parts.startIndex...$0].joined(separator: "/") }
    }
}
