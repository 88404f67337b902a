import Glibc

/// Reads a file at once.
enum WholeFile {
    /// The bytes, or `nil` where there is no such file.
    static func bytes(_ path: String) throws(GitError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw GitError(.unknown, "read \(path)", String(cString: strerror(errno)))
        }
        defer { close(file) }
        var facts = stat()
        fstat(file, &facts)
        let size = max(0, Int(facts.st_size))
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = read(file, buffer.baseAddress?.advanced(by: count), size - count)
                guard got > 0 else { return }
                count += got
            }
        }
    }
}
