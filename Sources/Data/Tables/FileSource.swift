import Glibc

/// A file, read from start to end without being mapped, so that memory stays small and a shrinking file is no crash.
final class FileSource: ByteStream {
    private let descriptor: Int32
    private let path: String
    private var offset = 0
    let size: Int?

    init(path: String) throws(DataError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error("cannot open", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            throw Self.error("cannot look at", path)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw DataError("`\(path)` is not a file", remedy: "name a regular file")
        }
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    func read(_ count: Int, into buffer: inout [UInt8]) throws(DataError) {
        try DataError.stopIfCancelled()
        var got = 0
        buffer.append(addingCapacity: count) { output in
            output.withUnsafeMutableBufferPointer { bytes, initialized in
                got = bytes.baseAddress.map { pread(descriptor, $0 + initialized, count, off_t(offset)) } ?? 0
                initialized += max(0, got)
            }
        }
        guard got >= 0 else { throw Self.error("cannot read", path) }
        offset += got
    }

    func rewind() { offset = 0 }

    /// Bytes at a place of the file; fewer only at its end.
    func bytes(at place: Int, count: Int) throws(DataError) -> [UInt8] {
        offset = place
        var buffer: [UInt8] = []
        while buffer.count < count {
            let before = buffer.count
            try read(count - before, into: &buffer)
            if buffer.count == before { break }
        }
        return buffer
    }

    private static func error(_ what: String, _ path: String) -> DataError {
        DataError(
            "\(what) `\(path)`: \(String(cString: strerror(errno)))", remedy: "check the path and its permissions")
    }
}
