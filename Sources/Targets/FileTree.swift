import Domain
import Glibc

/// The files of the target's folder. Nothing here follows a symbolic link.
enum FileTree {
    struct File: Hashable {
        /// Relative to the folder that was walked.
        let path: String
        let size: Int
        /// Nanoseconds since 1970 of the last change of its bytes, and of anything that the system knows of it.
        let changed: Int
        let altered: Int
        /// Who may do what with it, as `chmod` takes it.
        let mode: Int
    }

    enum Kind { case file, folder, link, other }

    static func kind(of path: String) -> Kind? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return kind(of: status)
    }

    /// Names a file or folder, by whatever path: its device and its inode there. `nil` where there is none.
    static func identity(of path: String) throws(TargetFailure) -> String? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            let code = errno
            guard code != ENOENT, code != ENOTDIR else { return nil }
            throw TargetFailure("\(path) cannot be looked at: \(String(cString: strerror(code)))", remedy: .retry)
        }
        return "\(status.st_dev):\(status.st_ino)"
    }

    private static func kind(of status: stat) -> Kind {
        switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .other
        }
    }

    /// The names in a folder; none where there is no folder.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let record = readdir(stream) {
            let name = withUnsafePointer(to: &record.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Every file below a folder, and the paths of what is neither file nor folder.
    static func walk(_ folder: String) -> (files: [File], others: [String]) {
        var files: [File] = [], others: [String] = []
        var open = [""]
        while let prefix = open.popLast() {
            for name in names(in: prefix.isEmpty ? folder : "\(folder)/\(prefix)") {
                let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
                var status = stat()
                guard lstat("\(folder)/\(path)", &status) == 0 else { continue }
                switch kind(of: status) {
                case .file:
                    files.append(
                        File(
                            path: path, size: Int(status.st_size), changed: nanoseconds(status.st_mtim),
                            altered: nanoseconds(status.st_ctim), mode: Int(status.st_mode & 0o7777)))
                case .folder: open.append(path)
                case .link, .other: others.append(path)
                }
            }
        }
        return (files, others)
    }

    private static func nanoseconds(_ time: timespec) -> Int { time.tv_sec &* 1_000_000_000 &+ time.tv_nsec }

    /// Removes a file, a link, or a folder with all that is in it.
    static func remove(_ path: String) {
        if unlink(path) == 0 || errno == ENOENT { return }
        chmod(path, 0o700)
        for name in names(in: path) { remove("\(path)/\(name)") }
        rmdir(path)
    }

    static func makeFolder(_ path: String) throws(TargetFailure) {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST && kind(of: path) == .folder else {
            throw TargetFailure(system: "cannot make the folder \(path)")
        }
    }

    /// Makes the names in a folder last through a power cut.
    static func sync(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Writes a whole file beside, and gives it its name in one step.
    static func replace(_ path: String, with bytes: [UInt8], draft: String) throws(TargetFailure) {
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TargetFailure(system: "cannot write \(draft)") }
        let written = write(descriptor, bytes, bytes.count)
        let synced = fsync(descriptor)
        close(descriptor)
        guard written == bytes.count, synced == 0 else {
            unlink(draft)
            throw TargetFailure(system: "cannot write \(draft)", code: ENOSPC)
        }
        guard rename(draft, path) == 0 else { throw TargetFailure(system: "cannot put \(path) in its place") }
    }

    /// The bytes of a small file; `nil` where there is none.
    static func bytes(of path: String, atMost limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, kind(of: status) == .file, status.st_size <= limit else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + count, $0.count - count) }
            if more < 0, errno == EINTR { continue }
            if more <= 0 { return nil }
            count += more
        }
        return bytes
    }
}
