import Glibc

/// A request body in a file that only we can read, for what does not fit into `curl`'s configuration.
struct CurlBody {
    private let path: String

    init(_ bytes: [UInt8]) throws(HTTPFailure) {
        var name = Array("/tmp/martlet-body-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard let file = Descriptor(owning: descriptor) else { throw Self.failure() }
        path = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        var position = 0
        while position < bytes.count {
            let count = bytes.withUnsafeBytes { write(file.number, $0.baseAddress! + position, $0.count - position) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let failure = Self.failure()
                remove()
                throw failure
            }
            position += count
        }
    }

    /// As `data-binary` takes it.
    var reference: String { "@" + path }

    func remove() { unlink(path) }

    private static func failure() -> HTTPFailure {
        HTTPFailure(.invalid, "cannot hold the request's body in /tmp: \(String(cString: strerror(errno)))")
    }
}

extension CurlConfig {
    /// At most five, and never to another protocol.
    mutating func followRedirects() {
        flag("location")
        option("max-redirs", "5")
        option("proto-redir", "=http,https")
    }

    /// Adds the body. What is returned has to be removed after the request.
    mutating func body(_ bytes: [UInt8], inlineLimit: Int) throws(HTTPFailure) -> CurlBody? {
        guard !bytes.isEmpty else { return nil }
        // Otherwise `curl` waits a second for the server's leave to send a large body.
        option("header", "Expect:")
        if bytes.count <= inlineLimit, !bytes.contains(0) {
            option("data-raw", bytes)
            return nil
        }
        let file = try CurlBody(bytes)
        option("data-binary", file.reference)
        return file
    }
}
