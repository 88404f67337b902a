import Domain

/// Where the objects of one `.dvc` file may lie: caches and remotes have the same layout.
struct DVCPlaces {
    private var folders: [String]
    private var servers: [String] = []
    private var unreadable: [String] = []

    init(for pointer: DVCPointer, of files: RepositoryFiles) async throws {
        var texts: [[UInt8]] = []
        if case .file = try await files.entry(".dvc/config"),
            case .bytes(let bytes) = try await files.blob(".dvc/config")
        {
            texts.append(bytes)
        }
        folders = files.dvcCaches
        if let folder = files.dvcFolder {
            folders.append(folder + "/cache")
            if let file = LocalFile(reading: folder + "/config.local"), file.size < 1 << 20 {
                var bytes: [UInt8] = []
                try? file.pieces { bytes.append(contentsOf: $0) }
                texts.append(bytes)
            }
        }
        let config = DVCConfig(texts)
        if let cache = config.cache.flatMap({ DVCConfig.localPath($0, from: files.dvcFolder) }) {
            folders.append(cache)
        }
        // The remote that the file names, then the standard one, then the others: any copy will do, since its sum is checked.
        let first = [pointer.remote, config.standard].compactMap { $0 }
        for name in first + config.remotes.keys.sorted().filter({ !first.contains($0) }) {
            if let url = config.remotes[name] { add(url, called: name, files.dvcFolder) }
        }
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

    var advice: String {
        unreadable.isEmpty
            ? "run 'dvc pull' where Martlet runs"
            : "\(unreadable.joined(separator: ", ")) cannot be read here yet: run 'dvc pull' where Martlet runs"
    }

    private static func layouts(_ key: String, below folder: String) -> [String] {
        let name = "\(key.prefix(2))/\(key.dropFirst(2))"
        return ["\(folder)/files/md5/\(name)", "\(folder)/\(name)"]
    }
}
