import Domain
import Glibc

/// Bytes that can be read at any place: in memory, or in a file that may be larger than memory.
///
/// A file that shrinks while it is read gives ``Malformed``, never a crash; that is why nothing is mapped.
final class RandomAccessBytes {
    let size: Int
    /// So many bytes are read before it is asked whether anybody still waits for them.
    private static let step = 1 << 24

    private let memory: [UInt8]
    private let descriptor: Int32
    private var window: [UInt8] = []
    private var windowStart = 0

    init(_ bytes: [UInt8]) {
        memory = bytes
        size = bytes.count
        descriptor = -1
    }

    /// Opens a regular file; a link or a device is refused.
    init(path: String) throws(Malformed) {
        memory = []
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            if descriptor >= 0 { close(descriptor) }
            throw Malformed("it cannot be opened as a file")
        }
        size = Int(status.st_size)
    }

    convenience init(_ content: Content) throws(Malformed) {
        switch content {
        case .bytes(let bytes): self.init(bytes)
        case .file(let path, _): try self.init(path: path)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Exactly `count` bytes. Throws where they reach beyond the end.
    func bytes(at offset: Int, count: Int) throws(Malformed) -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
            throw Malformed("it ends before byte \(offset &+ count)")
        }
        if descriptor < 0 { return Array(memory[offset..<offset + count]) }
        var done = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while done < count, let base = buffer.baseAddress, !Task.isCancelled {
                let got = pread(descriptor, base + done, min(count - done, Self.step), off_t(offset + done))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { break }
                done += got
            }
            filled = done
        }
        guard !Task.isCancelled else { throw Malformed("it was not read to its end: that was stopped") }
        guard done == count else { throw Malformed("it could not be read at byte \(offset + done)") }
        return bytes
    }

    /// One byte, through a window of 64 KiB.
    func byte(at offset: Int) throws(Malformed) -> UInt8 {
        if descriptor < 0 {
            guard memory.indices.contains(offset) else { throw Malformed("it ends before byte \(offset)") }
            return memory[offset]
        }
        if offset < windowStart || offset >= windowStart + window.count {
            guard offset >= 0, offset < size else { throw Malformed("it ends before byte \(offset)") }
            window = try bytes(at: offset, count: min(1 << 16, size - offset))
            windowStart = offset
        }
        return window[offset - windowStart]
    }

    /// All bytes, where there are at most `limit`.
    func all(atMost limit: Int) throws(Malformed) -> [UInt8] {
        guard size <= limit else { throw Malformed("it has \(size) bytes, more than the \(limit) that are read") }
        return try bytes(at: 0, count: size)
    }
}

/// What is wrong with the bytes of a file, as the end of a sentence about it.
struct Malformed: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
