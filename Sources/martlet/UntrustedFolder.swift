import ControlLoop
import Domain
import Glibc

/// A folder whose files anybody may have written: Git brings links into it, and a link may lead anywhere.
///
/// No link in it is followed. Only plain files are opened, and no more is read of them than is asked for.
struct UntrustedFolder: Sendable {
    let path: String

    /// Visits all that is no folder, with its path from here; `.git` and other repositories are left out. Names that are no UTF-8 are shown as far as they can be.
    ///
    /// - Parameters:
    ///   - counted: Gets the path of each folder in here, after what is in it, and how many folders and YAML files that are.
    ///   - closed: Gets the path of each folder in here that cannot be read, and why; it is passed over.
    func walk(
        _ visit: (_ path: String, _ read: (_ limit: Int) -> FileContent) -> Void,
        counted: (_ path: String, _ folders: Int, _ files: Int) -> Void = { _, _, _ in },
        closed: (_ path: String, _ why: String) -> Void = { _, _ in }
    ) throws {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0, Self.walk(folder, prefix: "", visit, counted, closed) else {
            throw FileFailure(path: path)
        }
    }

    /// Returns whether the folder could be read; it is closed in any case.
    private static func walk(
        _ folder: Int32, prefix: String, _ visit: (String, (Int) -> FileContent) -> Void,
        _ counted: (String, Int, Int) -> Void, _ closed: (String, String) -> Void
    ) -> Bool {
        guard let entries = FolderEntries(of: folder) else {
            let code = errno
            close(folder)
            errno = code
            return false
        }
        defer { close(folder) }
        // Git keeps nothing of what lies in another repository, such as a submodule.
        if !prefix.isEmpty, entries.contains(".git") { return true }
        var folders = 0, files = 0
        // Names are bytes, and go back to the system as such.
        entries.forEach { bytes, kind in
            let name = String(cString: bytes)
            guard name != ".git" else { return }
            let kind = kind == DT_UNKNOWN ? Self.kind(of: bytes, in: folder) : kind
            guard kind == DT_DIR else {
                if name.utf8.suffix(5).elementsEqual(".yaml".utf8) { files += 1 }
                return visit(prefix + name) {
                    kind == DT_REG ? content(of: bytes, in: folder, atMost: $0) : .notPlain
                }
            }
            folders += 1
            let inner = openat(folder, bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard inner >= 0, walk(inner, prefix: prefix + name + "/", visit, counted, closed) else {
                return closed(prefix + name, String(cString: strerror(errno)))
            }
        }
        if !prefix.isEmpty { counted(String(prefix.dropLast()), folders, files) }
        return true
    }

    /// What an entry is, where the file system does not say so in its list.
    private static func kind(of name: UnsafePointer<CChar>, in folder: Int32) -> Int {
        var facts = stat()
        guard fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { return Int(DT_UNKNOWN) }
        return switch facts.st_mode & S_IFMT {
        case S_IFDIR: Int(DT_DIR)
        case S_IFREG: Int(DT_REG)
        default: Int(DT_UNKNOWN)
        }
    }

    /// Reads one file by its path from here.
    func content(of file: String, atMost limit: Int) -> FileContent {
        lookUp(file) { Self.content(of: $0, in: $1, atMost: limit) } ?? .notPlain
    }

    /// Whether anything is there, be it a link.
    func has(_ file: String) -> Bool {
        lookUp(file) { name, folder in
            var facts = stat()
            return fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0
        } ?? false
    }

    /// Calls its argument with the last part of a path, and the open folder that it is to be found in.
    private func lookUp<Value>(_ file: String, _ look: (_ name: String, _ folder: Int32) -> Value) -> Value? {
        var folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if folder >= 0 { close(folder) } }
        let parts = file.pathParts().map(String.init)
        for part in parts.dropLast() where folder >= 0 {
            let next = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            close(folder)
            folder = next
        }
        guard folder >= 0, let name = parts.last else { return nil }
        return look(name, folder)
    }

    /// What was a plain file may be something else by now: the open file says.
    private static func content(of name: UnsafePointer<CChar>, in folder: Int32, atMost limit: Int) -> FileContent {
        let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard file >= 0 else {
            return errno == ELOOP || errno == ENXIO ? .notPlain : .unreadable(String(cString: strerror(errno)))
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return .notPlain }
        guard facts.st_size <= limit else { return .tooLarge }
        // No more memory than it takes: every page that a read touches first costs as much as the read.
        let size = Int(facts.st_size)
        var content = bytes(of: file, size: size, atMost: size)
        // One that grows meanwhile is read to its limit all the same.
        if case .tooLarge = content, size < limit, lseek(file, 0, SEEK_SET) == 0 {
            content = bytes(of: file, size: limit + 1, atMost: limit)
        }
        return content
    }

    /// Reads an open file from where it stands to its end, which is there after `size` bytes if no more are given with them.
    private static func bytes(of file: Int32, size: Int, atMost limit: Int) -> FileContent {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
            while count <= limit {
                let more = read(file, buffer.baseAddress! + count, limit + 1 - count)
                if more < 0, errno == EINTR { continue }
                if more < 0 { failure = errno }
                guard more > 0 else { return }
                count += more
                if count == size { return }
            }
        }
        guard failure == 0 else { return .unreadable(String(cString: strerror(failure))) }
        return bytes.count <= limit ? .bytes(bytes) : .tooLarge
    }
}
