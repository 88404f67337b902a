import Domain

/// The manifests of a commit that cannot be read, apart from those below `environments/`.
///
/// A folder that was found in order once is known by its tree's id, and not opened again.
struct BrokenManifests {
    private(set) var problems: [Diagnostic] = []
    /// Folders without folders of manifests below them, in which all is in order.
    private(set) var inOrder: [ObjectID] = []
    /// Whether any of those had to be looked at.
    private(set) var isNews = false

    private static let folders: Set<String> = ["models", "data", "gates", "evidence", "waivers"]

    /// Searches folder after folder, those of one depth together.
    init(
        in tree: ObjectID, _ store: any Store, _ language: any ManifestLanguage, _ memory: (any PinMemory)?
    ) async throws {
        var files: [Listing.File] = [], owners: [ObjectID] = [], leaves: [ObjectID] = []
        var depth = [(path: "", id: tree)]
        while !depth.isEmpty {
            let read = try await store.read { [depth] reader in try depth.map { try reader.tree($0.id) } }
            var below: [(path: String, id: ObjectID)] = []
            for (folder, entries) in zip(depth, read) {
                let deeper = Self.folders(in: folder.path, entries)
                for entry in deeper {
                    if memory?.pin(of: entry.id) != nil {
                        inOrder.append(entry.id)
                    } else {
                        below.append((folder.path + entry.name + "/", entry.id))
                    }
                }
                guard !folder.path.isEmpty else { continue }
                if deeper.isEmpty { leaves.append(folder.id) }
                for entry in entries where entry.mode != .tree {
                    guard let place = ManifestPlace(path: folder.path + entry.name) else { continue }
                    files.append(Listing.File(place: place, blob: entry.id, mode: entry.mode))
                    owners.append(folder.id)
                }
            }
            depth = below
        }
        let found = try await ManifestPipeline(store: store, language: language).map(files) { $0.errors }
        problems = found.flatMap(\.self)
        let broken = Set(zip(owners, found).lazy.filter { !$0.1.isEmpty }.map(\.0))
        let fresh = leaves.filter { !broken.contains($0) }
        isNews = !fresh.isEmpty
        inOrder += fresh
    }

    /// Where further manifests may be: a model's own folder may hold a great many others, and is not searched.
    private static func folders(in path: String, _ entries: [TreeEntry]) -> [TreeEntry] {
        let isModel =
            path.hasPrefix("models/") && entries.contains { $0.name == "model.yaml" && $0.mode != .tree }
        guard !isModel else { return [] }
        return entries.filter { $0.mode == .tree && (!path.isEmpty || folders.contains($0.name)) }
    }
}

extension ParsedFile {
    var errors: [Diagnostic] { file.diagnostics.filter { $0.severity == .error } }
}
