import Glibc

extension LocalFile {
    static func isFolder(_ path: String) -> Bool { exists(path + "/.") }

    static func isLink(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFLNK
    }

    /// The names in a folder in order; none where it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Copies a file, or a folder with all that is in it, which may be neither links nor anything but files.
    ///
    /// It stands under its name only when it is whole; where this fails, nothing is left.
    static func copy(_ source: String, to target: String) throws {
        let part = target + ".martlet-part"
        // Read before anything is written: the folder may hold the place that it is copied to.
        let files = try plainFiles(below: source)
        try makeFolders(above: part)
        remove(part)
        do {
            for file in files { try copyFile(source + file, to: part + file) }
            guard rename(part, target) == 0 else { throw FileFailure(path: target) }
        } catch {
            remove(part)
            throw error
        }
    }

    /// The path of each file behind that of `place`: `""` where that is one itself.
    static func plainFiles(below place: String) throws -> [String] {
        guard isFolder(place) else { return [""] }
        let found = try names(in: place).flatMap { name in
            guard !isLink("\(place)/\(name)") else {
                throw Refusal(message: "\(place)/\(name) is a link; name a folder with the files themselves")
            }
            return try plainFiles(below: "\(place)/\(name)").map { "/\(name)\($0)" }
        }
        return found
    }

    private static func copyFile(_ source: String, to target: String) throws {
        let descriptor = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileFailure(path: source) }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw WrongUse("\(source) is no plain file")
        }
        try write([], to: target)
        let copy = open(target, O_WRONLY | O_CLOEXEC)
        guard copy >= 0 else { throw FileFailure(path: target) }
        defer { close(copy) }
        while true {
            let count = sendfile(copy, descriptor, nil, 1 << 30)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileFailure(path: target) }
            if count == 0 { return }
        }
    }

    /// Removes a file, or a folder with all that is in it.
    private static func remove(_ path: String) {
        if !isLink(path), isFolder(path) {
            for name in names(in: path) { remove("\(path)/\(name)") }
            rmdir(path)
        } else {
            unlink(path)
        }
    }
}
