import Glibc

/// A file or folder on its way into the cache: complete and on disk before it gets its name, and gone if it never gets it.
///
/// It is locked while its process lives, so that what a killed process left can be told from what another one is writing.
struct Draft: ~Copyable {
    let path: String
    private let lock: LocalFile

    private init(_ path: String, _ descriptor: Int32) {
        self.path = path
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        flock(descriptor, LOCK_EX | LOCK_NB)
        lock = LocalFile(owning: descriptor)
    }

    /// A new empty file.
    static func file(in folder: String) throws(SystemError) -> Draft {
        var template = Array("\(folder)/file-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw SystemError() }
        return Draft(template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }, descriptor)
    }

    /// A new empty folder.
    static func folder(in folder: String) throws(SystemError) -> Draft {
        var template = Array("\(folder)/folder-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError() }
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError() }
        return Draft(path, descriptor)
    }

    deinit { FileTree.remove(path) }

    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) { try lock.write(bytes) }

    /// What has been written, from its start; by whomever.
    func pieces(_ body: (UnsafeRawBufferPointer) throws(SystemError) -> Void) throws(SystemError) {
        guard lseek(lock.descriptor, 0, SEEK_SET) == 0 else { throw SystemError() }
        try lock.pieces(body)
    }

    var size: Int { lock.size }

    /// Gives the file its name; another of that name has the same content and may be replaced.
    consuming func publishFile(as name: String, in folder: String) throws(SystemError) {
        guard fchmod(lock.descriptor, 0o444) == 0, fsync(lock.descriptor) == 0 else { throw SystemError() }
        try FileTree.makeFolders(folder)
        guard rename(path, "\(folder)/\(name)") == 0 else { throw SystemError() }
        LocalFile.syncFolder(folder)
    }

    /// Gives the folder its name, unless one of that name is there: it then has the same content.
    consuming func publishFolder(as name: String, in folder: String) throws(SystemError) {
        guard fchmod(lock.descriptor, 0o755) == 0, fsync(lock.descriptor) == 0 else { throw SystemError() }
        try FileTree.makeFolders(folder)
        let code = rename(path, "\(folder)/\(name)") == 0 ? 0 : errno
        guard code == 0 || code == EEXIST || code == ENOTEMPTY else { throw SystemError(code) }
        LocalFile.syncFolder(folder)
    }

    /// Removes what killed processes left in `folder`.
    static func sweep(_ folder: String) {
        for entry in FileTree.entries(of: folder) {
            let path = "\(folder)/\(entry.name)"
            let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
            let free = descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) == 0
            // A draft is locked a moment after it is made; what is that young may be such a one.
            if free, entry.changed < time(nil) - 60 { FileTree.remove(path) }
            if descriptor >= 0 { close(descriptor) }
        }
    }
}
