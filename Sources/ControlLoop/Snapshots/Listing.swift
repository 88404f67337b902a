import Domain

/// The manifests of one commit, found without opening what cannot hold any.
struct Listing: Sendable {
    struct File: Sendable {
        let place: ManifestPlace
        let blob: ObjectID
        let mode: FileMode
        /// Whether its folder cannot be read, so that this is what lay there before.
        let isFormer: Bool

        var entry: TreeEntry { TreeEntry(name: "", id: blob, mode: mode) }
    }

    let tree: ObjectID
    private(set) var files: [File] = []
    /// The tree of each model's folder, by the model's name.
    private(set) var modelTrees: [(name: String, tree: ObjectID)] = []
    /// The folders that cannot be read: each is taken for what it held when it could be read last.
    private(set) var damage: [Damage] = []
    private(set) var crowded: [CrowdedFolder] = []
    private let revision: ObjectID

    /// - Parameter folders: Which folders to search; the repository's own settings are always found.
    init(
        at revision: ObjectID,
        folders: Set<String> = ["models", "data", "gates", "environments", "evidence", "waivers"],
        _ reader: any ObjectReader
    ) throws {
        self.revision = revision
        tree = try reader.commit(revision).tree
        for entry in try reader.tree(tree) {
            switch (entry.name, entry.mode) {
            case ("models", .tree) where folders.contains("models"):
                addModels(entry.id, name: "", isFormer: false, reader)
            case (let name, .tree) where folders.contains(name):
                addFolder(entry.id, name + "/", isFormer: false, reader)
            case (_, .tree): break
            default: add(entry.name, entry, isFormer: false)
            }
        }
    }

    /// A model's own folder is not searched for further models: it may hold a great many files.
    private mutating func addModels(_ id: ObjectID, name: String, isFormer: Bool, _ reader: any ObjectReader) {
        let (entries, isFormer) = entries(of: id, name.isEmpty ? "models" : "models/\(name)", isFormer, reader)
        // What could never be read may be a model, and is none that can be forgotten.
        guard let entries else {
            if !name.isEmpty { modelTrees.append((name, id)) }
            return
        }
        if !name.isEmpty, entries.contains(where: { $0.name == "model.yaml" && $0.mode != .tree }) {
            modelTrees.append((name, id))
            for entry in entries where entry.mode != .tree {
                add("models/\(name)/\(entry.name)", entry, isFormer: isFormer)
            }
            return
        }
        noteCrowd(of: entries, name.isEmpty ? "models" : "models/\(name)")
        for entry in entries where entry.mode == .tree {
            addModels(entry.id, name: name.isEmpty ? entry.name : "\(name)/\(entry.name)", isFormer: isFormer, reader)
        }
    }

    private mutating func addFolder(_ id: ObjectID, _ prefix: String, isFormer: Bool, _ reader: any ObjectReader) {
        let (entries, isFormer) = entries(of: id, String(prefix.dropLast()), isFormer, reader)
        noteCrowd(of: entries ?? [], String(prefix.dropLast()))
        for entry in entries ?? [] {
            if entry.mode == .tree {
                addFolder(entry.id, prefix + entry.name + "/", isFormer: isFormer, reader)
            } else {
                add(prefix + entry.name, entry, isFormer: isFormer)
            }
        }
    }

    /// What a folder holds, or where it cannot be read, what it held before; `nil` where nobody knows.
    private mutating func entries(of id: ObjectID, _ path: String, _ isFormer: Bool, _ reader: any ObjectReader)
        -> (entries: [TreeEntry]?, isFormer: Bool)
    {
        do { return (try reader.tree(id), isFormer) } catch {
            damage.append(Damage(path: path, id: id, why: "\(error)"))
            guard damage.count <= Damage.mostFolders else { return (nil, true) }
            return (reader.lastReadable(folder: path, before: revision), true)
        }
    }

    private mutating func noteCrowd(of entries: [TreeEntry], _ path: @autoclosure () -> String) {
        guard entries.count > CrowdedFolder.most else { return }
        let folders = entries.count { $0.mode == .tree }
        let files = entries.count { $0.mode != .tree && $0.name.hasSuffix(".yaml") }
        if let folder = CrowdedFolder(path(), folders: folders, files: files) { crowded.append(folder) }
    }

    private mutating func add(_ path: String, _ entry: TreeEntry, isFormer: Bool) {
        guard let place = ManifestPlace(path: path) else { return }
        files.append(File(place: place, blob: entry.id, mode: entry.mode, isFormer: isFormer))
    }
}
