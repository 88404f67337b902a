import Domain
import Glibc

/// Files that the user names on the command line.
enum LocalFile {
    /// All bytes of a file.
    static func bytes(of path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path: path) }
        defer { close(descriptor) }
        return try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 14) { buffer in
            let count = try fill(buffer, from: descriptor, path)
            return count < buffer.count ? Array(buffer[..<count]) : try whole(buffer, descriptor, path)
        }
    }

    /// Where a regular file lies, links followed, its size and its first four bytes; `nil` for anything else, such as a pipe.
    static func regular(_ path: String) throws -> (path: String, size: Int, start: [UInt8])? {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, let place = realpath(path, nil) else {
            return nil
        }
        defer { free(place) }
        let descriptor = open(place, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path: path) }
        defer { close(descriptor) }
        let start = try [UInt8](unsafeUninitializedCapacity: 4) { $1 = try fill($0, from: descriptor, path) }
        return (String(cString: place), Int(facts.st_size), start)
    }

    /// A file that is larger than what was read of it.
    private static func whole(
        _ start: UnsafeMutableBufferPointer<UInt8>, _ descriptor: Int32, _ path: String
    ) throws -> [UInt8] {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw FileFailure(path: path) }
        var size = max(Int(facts.st_size) + 1, start.count + 1 << 18)
        var bytes = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let rest = UnsafeMutableBufferPointer(rebasing: buffer[buffer.update(fromContentsOf: start)...])
            count = start.count + (try fill(rest, from: descriptor, path))
        }
        // A pipe or a file that grows has no size to go by.
        while bytes.count == size {
            let more = try [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, count in
                count = try fill(buffer, from: descriptor, path)
            }
            bytes += more
            size += 1 << 18
        }
        return bytes
    }

    /// Reads until the buffer is full or the file ends.
    private static func fill(
        _ buffer: UnsafeMutableBufferPointer<UInt8>, from descriptor: Int32, _ path: String
    ) throws -> Int {
        var count = 0
        while count < buffer.count {
            let more = read(descriptor, buffer.baseAddress! + count, buffer.count - count)
            if more < 0, errno == EINTR { continue }
            if more < 0, errno == EISDIR { throw WrongUse("\(path) is a folder, not a file") }
            guard more >= 0 else { throw FileFailure(path: path) }
            if more == 0 { break }
            count += more
        }
        return count
    }

    /// Writes a file with its folders; nothing is overwritten unless asked for.
    static func write(_ bytes: [UInt8], to path: String, replacing: Bool = false, executable: Bool = false) throws {
        try makeFolders(above: path)
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (replacing ? O_TRUNC : O_EXCL)
        let descriptor = open(path, flags, executable ? 0o755 : 0o644)
        guard descriptor >= 0 else { throw FileFailure(path: path) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw FileFailure(path: path) }
            rest = rest.dropFirst(count)
        }
    }

    static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }

    static func makeFolders(above path: String) throws {
        var folder = path.hasPrefix("/") ? "" : "."
        for part in path.pathParts().dropLast() {
            folder += "/\(part)"
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw FileFailure(path: folder) }
        }
    }
}

struct FileFailure: Failure {
    let description: String
    var remedy: Remedy { .askHuman }

    init(path: String) { description = "\(path): \(String(cString: strerror(errno)))" }
}

extension LocalFile {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether two paths lead to one file.
    static func isSame(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
            && first.st_ino == second.st_ino
    }
}
