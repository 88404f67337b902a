import Glibc

/// A temporary file that is written from start to end and read at any place.
///
/// It has no name, so nothing is left of it whatever ends the process.
final class SpillFile {
    private let descriptor: Int32
    private let folder: String

    /// How many bytes were written.
    private(set) var size = 0

    init(in folder: String) throws(DataError) {
        self.folder = folder
        let name = "\(folder)/martlet-\(UInt64.random(in: 0...UInt64.max))"
        descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.error("be made", folder) }
        guard unlink(name) == 0 else { throw Self.error("be kept without a name", folder) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func append(_ bytes: UnsafeRawBufferPointer) throws(DataError) {
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let step = pwrite(descriptor, base + done, bytes.count - done, off_t(size))
            if step < 0, errno == EINTR { continue }
            guard step > 0 else { throw Self.error("be written", folder) }
            done += step
            size += step
        }
    }

    /// Appends `count` bytes at `place` of the file to `buffer`.
    func read(_ count: Int, at place: Int, into buffer: inout [UInt8]) throws(DataError) {
        let wanted = buffer.count + count
        while buffer.count < wanted {
            let (rest, from) = (wanted - buffer.count, place + count - (wanted - buffer.count))
            var got = 0
            buffer.append(addingCapacity: rest) { output in
                output.withUnsafeMutableBufferPointer { bytes, initialized in
                    got = bytes.baseAddress.map { pread(descriptor, $0 + initialized, rest, off_t(from)) } ?? 0
                    initialized += max(0, got)
                }
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw Self.error("be read", folder) }
        }
    }

    private static func error(_ what: String, _ folder: String) -> DataError {
        DataError(
            "a temporary file in \(folder), for values that memory does not hold, cannot \(what): "
                + String(cString: strerror(errno)), remedy: "make room in \(folder)")
    }
}
