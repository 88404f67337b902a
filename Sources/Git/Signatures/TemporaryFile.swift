import Glibc

/// A file that only this user can read, gone with this value.
final class TemporaryFile: Sendable {
    let path: String

    init(_ bytes: [UInt8]) throws(GitError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/martlet-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else {
            throw GitError(.unknown, "write a temporary file in \(folder)", String(cString: strerror(errno)))
        }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        defer { close(file) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(file, $0.baseAddress?.advanced(by: written), $0.count - written) }
            guard count > 0 else {
                throw GitError(.unknown, "write a temporary file in \(folder)", String(cString: strerror(errno)))
            }
            written += count
        }
    }

    deinit { unlink(path) }
}
