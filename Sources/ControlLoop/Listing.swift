import Domain

/// The manifests of one commit, found without opening what cannot hold any.
struct Listing: Sendable {
    struct File: Sendable {
        let place: ManifestPlace
        let blob: ObjectID
        let mode: FileMode

        var entry: TreeEntry { TreeEntry(name: "", id: blob, mode: mode) }
    }

    let tree: ObjectID
    private(set) var files: [File] = []
    /// The tree of each model's folder, by the model's name.
    private(set) var modelTrees: [(name: String, tree: ObjectID)] = []

    /// - Parameter folders: Which folders to search; the repository's own settings are always found.
    init(
        at revision: ObjectID,
        folders: Set<String> = ["models", "data", "gates", "environments", "evidence", "waivers"],
        _ reader: any ObjectReader
    ) throws {
        tree = try reader.commit(revision).tree
        for entry in try reader.tree(tree) {
            switch (entry.name, entry.mode) {
            case ("models", .tree) where folders.contains("models"): try addModels(entry.id, name: "", reader)
            case (let name, .tree) where folders.contains(name): try addFolder(entry.id, name + "/", reader)
            case (_, .tree): break
            default: add(entry.name, entry)
            }
        }
    }

    /// A model's own folder is not searched for further models: it may hold a great many files.
    private mutating func addModels(_ id: ObjectID, name: String, _ reader: any ObjectReader) throws {
        let entries = try reader.tree(id)
        if !name.isEmpty, entries.contains(where: { $0.name == "model.yaml" && $0.mode != .tree }) {
            modelTrees.append((name, id))
            for entry in entries where entry.mode != .tree { add("models/\(name)/\(entry.name)", entry) }
            return
        }
        for entry in entries where entry.mode == .tree {
            try addModels(entry.id, name: name.isEmpty ? entry.name : "\(name)/\(entry.name)", reader)
        }
    }

    private mutating func addFolder(_ id: ObjectID, _ prefix: String, _ reader: any ObjectReader) throws {
        for entry in try reader.tree(id) {
            if entry.mode == .tree {
                try addFolder(entry.id, prefix + entry.name + "/", reader)
            } else {
                add(prefix + entry.name, entry)
            }
        }
    }

    private mutating func add(_ path: String, _ entry: TreeEntry) {
        if let place = ManifestPlace(path: path) { files.append(File(place: place, blob: entry.id, mode: entry.mode)) }
    }
}
