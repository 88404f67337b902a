import Glibc

/// Files of a folder on disk, without following symbolic links.
enum Folder {
    /// Calls `visit` for each file and link below `path`, and afterwards `leave` for each folder.
    static func walk(_ path: String, depth: Int = 0, _ visit: (String) -> Void, leave: (String) -> Void = { _ in }) {
        guard depth < 64 else { return }
        for name in names(in: path) {
            var facts = stat()
            let child = "\(path)/\(name)"
            guard lstat(child, &facts) == 0 else { continue }
            if facts.st_mode & S_IFMT == S_IFDIR {
                walk(child, depth: depth + 1, visit, leave: leave)
            } else {
                visit(child)
            }
        }
        leave(path)
    }

    /// The names in a folder; none where it cannot be read.
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Makes an empty folder that only this user can enter; the caller removes it.
    static func temporary() throws(GitError) -> String {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/martlet-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw GitError(.unknown, "make a temporary folder in \(base)", String(cString: strerror(errno)))
        }
        return template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    static func remove(_ path: String) { walk(path, { unlink($0) }, leave: { rmdir($0) }) }
}
