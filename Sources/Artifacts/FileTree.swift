import Glibc

/// Folders of this machine, walked without following symbolic links.
enum FileTree {
    struct Entry {
        let name: String
        let isFolder: Bool
        let size: Int
        /// Seconds since 1970 of the last change.
        let changed: Int
    }

    /// What lies in a folder; nothing where there is none.
    static func entries(of folder: String) -> [Entry] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while let record = readdir(stream) {
            let name = withUnsafePointer(to: &record.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var status = stat()
            guard name != ".", name != "..", lstat("\(folder)/\(name)", &status) == 0 else { continue }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            entries.append(
                Entry(name: name, isFolder: isFolder, size: Int(status.st_size), changed: status.st_mtim.tv_sec))
        }
        return entries
    }

    /// Removes a file, a link or a folder with all that is in it.
    static func remove(_ path: String) {
        if unlink(path) == 0 || errno == ENOENT { return }
        chmod(path, 0o700)
        for entry in entries(of: path) { remove("\(path)/\(entry.name)") }
        rmdir(path)
    }

    /// The bytes of all files below a folder.
    static func size(of folder: String) -> Int {
        entries(of: folder).reduce(0) { $0 + ($1.isFolder ? size(of: "\(folder)/\($1.name)") : $1.size) }
    }

    /// The paths of all files below a folder, relative to it.
    static func files(below folder: String) -> [String] {
        entries(of: folder).flatMap { entry in
            entry.isFolder ? files(below: "\(folder)/\(entry.name)").map { "\(entry.name)/\($0)" } : [entry.name]
        }
    }

    /// Makes a folder and those above it.
    static func makeFolders(_ path: String) throws(SystemError) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw SystemError()
        }
        try makeFolders(String(path[..<slash]))
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw SystemError() }
    }
}
