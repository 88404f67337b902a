import Domain

/// Which folders below `models/` are models, when one lies inside another: only the outermost is.
struct ModelNesting: Sendable {
    let old: ObjectID
    let new: ObjectID

    /// Whether `name` is a model in a tree: it has a manifest, and no folder around it has one.
    func isModel(_ name: String, in tree: ObjectID, _ reader: any ObjectReader) throws -> Bool {
        guard try hasManifest(name, tree, reader) else { return false }
        return try !outer(name).contains { try hasManifest($0, tree, reader) }
    }

    /// Whether a listing of the new tree would find the file.
    func isListed(_ place: ManifestPlace, _ reader: any ObjectReader) throws -> Bool {
        guard place.kind == Model.kind || place.kind == Schema.kind else { return true }
        // What is gone is always taken out.
        guard try reader.entry(at: place.path, in: new) != nil else { return true }
        return try isModel(place.name, in: new, reader)
    }

    /// Whether a change makes other files count than those that it changes itself.
    func isMoved(by change: Change, _ reader: any ObjectReader) throws -> Bool {
        guard change.old == nil || change.new == nil, change.path.hasPrefix("models/"),
            change.path.hasSuffix("/model.yaml")
        else { return false }
        let name = String(change.path.dropFirst(7).dropLast(11))
        if try outer(name).contains(where: { try hasManifest($0, old, reader) || hasManifest($0, new, reader) }) {
            return true
        }
        let before = try reader.entry(at: "models/\(name)", in: old),
            after = try reader.entry(at: "models/\(name)", in: new)
        return before?.mode == .tree && after?.mode == .tree
    }

    private func hasManifest(_ name: String, _ tree: ObjectID, _ reader: any ObjectReader) throws -> Bool {
        let entry = try reader.entry(at: "models/\(name)/model.yaml", in: tree)
        return entry != nil && entry?.mode != .tree
    }

    /// The folders around a name: of `a/b/c`, `a` and `a/b`.
    private func outer(_ name: String) -> [String] {
        let parts = name.pathParts()
        return parts.indices.dropFirst().map { parts[..<$0].joined(separator: "/") }
    }
}
