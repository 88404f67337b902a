public import Domain

/// The files of a model repository at one revision, and the stores of large files beside it.
public struct RepositoryFiles: Sendable {
    /// What lies at a path of the repository.
    public enum Entry: Hashable, Sendable {
        /// A file with its blob's id, where that is known: equal ids are not read twice.
        case file(ObjectID?)
        /// A folder with its tree's id, where that is known.
        case folder(ObjectID?)
        /// A symbolic link or submodule.
        case other
    }

    public var entry: @Sendable (_ path: String) async throws -> Entry?
    /// The bytes at a path, as Git keeps them.
    public var blob: @Sendable (_ path: String) async throws -> Content?
    /// The files below a folder, relative to it.
    public var list: @Sendable (_ folder: String) async throws -> [String]
    /// Folders laid out like `.git/lfs/objects`.
    public var lfsFolders: [String]
    /// The repository that people push to, where it is on this machine: what Git LFS does not have comes there by a push alone.
    public var pushedTo: String?
    /// More folders laid out like `.dvc/cache`.
    public var dvcCaches: [String]
    /// The files of a clone: relative remotes of DVC's are relative to `.dvc` there, and `cache` and `config.local` are in it.
    public var workTree: String?

    public init(
        lfsFolders: [String] = [], dvcCaches: [String] = [], workTree: String? = nil,
        entry: @escaping @Sendable (String) async throws -> Entry?,
        blob: @escaping @Sendable (String) async throws -> Content?,
        list: @escaping @Sendable (String) async throws -> [String]
    ) {
        self.lfsFolders = lfsFolders
        self.dvcCaches = dvcCaches
        self.workTree = workTree
        self.entry = entry
        self.blob = blob
        self.list = list
    }

    /// The files below `tree`, a revision's root. A file in Git of more than `limit` bytes is refused: that is what pointers are for.
    public init(
        of store: any Store, at tree: ObjectID, limit: Int = 2 << 30, lfsFolders: [String] = [],
        dvcCaches: [String] = [], workTree: String? = nil
    ) {
        self.init(
            lfsFolders: lfsFolders, dvcCaches: dvcCaches, workTree: workTree,
            entry: { path in
                try await store.read { reader in
                    try reader.entry(at: path, in: tree).map { entry in
                        switch entry.mode {
                        case .file, .executable: .file(entry.id)
                        case .tree: .folder(entry.id)
                        case .symlink, .submodule: .other
                        }
                    }
                }
            },
            blob: { path in
                try await store.read { reader in
                    guard let entry = try reader.entry(at: path, in: tree) else { return nil }
                    return .bytes(try reader.blob(entry.id, atMost: limit))
                }
            },
            list: { folder in
                try await store.read { reader in
                    guard let entry = try reader.entry(at: folder, in: tree), entry.mode == .tree else { return [] }
                    var paths: [String] = []
                    try reader.files(in: entry.id, prefix: "") { path, entry in
                        guard entry.mode == .file || entry.mode == .executable else {
                            throw ArtifactFailure(
                                .invalid, "\(folder)/\(path) is a symbolic link or submodule; put the file itself there"
                            )
                        }
                        paths.append(path)
                    }
                    return paths
                }
            })
    }
}

extension RepositoryFiles {
    /// How an object of Git LFS comes here. A repository that people push to has no remote to fetch from.
    var lfsAdvice: String {
        guard let pushedTo else { return "run 'git lfs fetch --all' there" }
        return "run 'git lfs push --all origin' in a clone that has it, if it calls \(pushedTo) origin"
    }
}
