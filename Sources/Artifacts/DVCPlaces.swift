import Domain

/// Where the objects of one `.dvc` file may lie: caches and remotes have the same layout.
struct DVCPlaces {
    private var folders: [String]
    private var servers: [String] = []
    private var unreadable: [String] = []

    private let isClone: Bool

    /// - Parameter place: The pointer's own path: the nearest `.dvc` above it counts, as `dvc init --subdir` makes one.
    init(for pointer: DVCPointer, at place: String, of files: RepositoryFiles) async throws {
        var texts: [[UInt8]] = []
        let home = try await Self.home(of: place, files)
        if case .file = try await files.entry(home + "/config"),
            case .bytes(let bytes) = try await files.blob(home + "/config")
        {
            texts.append(bytes)
        }
        folders = files.dvcCaches
        isClone = files.workTree != nil
        let dvcFolder = files.workTree.map { "\($0)/\(home)" }
        if let folder = dvcFolder {
            folders.append(folder + "/cache")
            if let file = LocalFile(reading: folder + "/config.local"), file.size < 1 << 20 {
                var bytes: [UInt8] = []
                try? file.pieces { bytes.append(contentsOf: $0) }
                texts.append(bytes)
            }
        }
        let config = DVCConfig(texts)
        if let cache = config.cache.flatMap({ DVCConfig.localPath($0, from: dvcFolder) }) {
            folders.append(cache)
        }
        // The remote that the file names, then the standard one, then the others: any copy will do, since its sum is checked.
        let first = [pointer.remote, config.standard].compactMap { $0 }
        for name in first + config.remotes.keys.sorted().filter({ !first.contains($0) }) {
            if let url = config.remotes[name] { add(url, called: name, dvcFolder) }
        }
    }

    private static func home(of place: String, _ files: RepositoryFiles) async throws -> String {
        var parts = place.pathParts().map(String.init)
        while parts.popLast() != nil {
            let folder = (parts + [".dvc"]).joined(separator: "/")
            if case .file = try await files.entry(folder + "/config") { return folder }
        }
        return ".dvc"
    }

    private mutating func add(_ url: String, called name: String, _ dvcFolder: String?) {
        if let path = DVCConfig.localPath(url, from: dvcFolder) {
            folders.append(path)
        } else if url.hasPrefix("https://") || url.hasPrefix("http://") {
            servers.append(url.hasSuffix("/") ? String(url.dropLast()) : url)
        } else {
            unreadable.append("remote '\(name)' at \(url)")
        }
    }

    /// Where the object may lie on this machine: DVC 3's layout, then DVC 2's.
    func paths(of key: String) -> [String] { folders.flatMap { Self.layouts(key, below: $0) } }

    /// Where it may be fetched.
    func addresses(of key: String) -> [String] { servers.flatMap { Self.layouts(key, below: $0) } }

    var looked: [String] { folders + servers }

    /// A mirror or bare repository has no work tree that could be pulled into.
    var advice: String {
        let remedy =
            isClone
            ? "run 'dvc pull' where Martlet runs"
            : "push it, and give .dvc/config an absolute cache.dir or a remote that this machine reaches: Martlet runs on a "
                + "repository without files here, which has no cache to pull into, and no place for relative remotes"
        return unreadable.isEmpty ? remedy : "\(unreadable.joined(separator: ", ")) cannot be read here yet: \(remedy)"
    }

    private static func layouts(_ key: String, below folder: String) -> [String] {
        let name = "\(key.prefix(2))/\(key.dropFirst(2))"
        return ["\(folder)/files/md5/\(name)", "\(folder)/\(name)"]
    }
}
