import Domain
import Glibc

/// Files that the user names on the command line.
enum LocalFile {
    /// All bytes of a file.
    static func bytes(of path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path: path) }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw FileFailure(path: path) }
        guard facts.st_mode & S_IFMT != S_IFDIR else { throw WrongUse("\(path) is a folder, not a file") }
        var bytes = try chunk(of: descriptor, Int(facts.st_size) + 1, path)
        // A pipe or a file that grows has no size to go by.
        var rest = bytes.count > Int(facts.st_size) ? try chunk(of: descriptor, 1 << 18, path) : []
        while !rest.isEmpty {
            bytes += rest
            rest = try chunk(of: descriptor, 1 << 18, path)
        }
        return bytes
    }

    /// Reads until `size` bytes are there or the file ends.
    private static func chunk(of descriptor: Int32, _ size: Int, _ path: String) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let more = read(descriptor, buffer.baseAddress! + count, size - count)
                if more < 0, errno == EINTR { continue }
                guard more >= 0 else { throw FileFailure(path: path) }
                if more == 0 { return }
                count += more
            }
        }
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
        for part in path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw FileFailure(path: folder) }
        }
    }

    /// The files below a folder, by their paths in it, sorted; `.git` is left out, and links are not followed.
    static func files(below folder: String, prefix: String = "") throws -> [String] {
        guard let stream = opendir(folder) else { throw FileFailure(path: folder) }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != "..", name != ".git" else { continue }
            if entry.pointee.d_type == UInt8(DT_DIR) {
                found += try files(below: folder + "/" + name, prefix: prefix + name + "/")
            } else {
                found.append(prefix + name)
            }
        }
        return prefix.isEmpty ? found.sorted() : found
    }
}

struct FileFailure: Failure {
    let description: String
    var remedy: Remedy { .askHuman }

    init(path: String) { description = "\(path): \(String(cString: strerror(errno)))" }
}

extension LocalFile {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
