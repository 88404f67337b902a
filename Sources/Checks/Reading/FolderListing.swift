import Glibc

/// The regular files below a folder, by their paths in it; links are left out.
enum FolderListing {
    /// Sorted, at most `limit` files and 16 levels.
    static func files(below folder: String, atMost limit: Int = 10_000) throws(Malformed) -> [String] {
        var found: [String] = []
        try walk(folder, prefix: "", depth: 0, limit, &found)
        return found.sorted()
    }

    private static func walk(
        _ folder: String, prefix: String, depth: Int, _ limit: Int, _ found: inout [String]
    ) throws(Malformed) {
        guard depth < 16, let stream = opendir(folder) else { throw Malformed("folder '\(prefix)' cannot be read") }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            var status = stat()
            guard lstat(folder + "/" + name, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try walk(folder + "/" + name, prefix: prefix + name + "/", depth: depth + 1, limit, &found)
            case S_IFREG:
                guard found.count < limit else { throw Malformed("it holds more than \(limit) files") }
                found.append(prefix + name)
            default: break
            }
        }
    }
}
