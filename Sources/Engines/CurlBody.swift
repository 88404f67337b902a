import Glibc

/// A request body in memory under a path that `curl` can open, for what does not fit into its configuration. Goes with its owner.
final class CurlBody: Sendable {
    private let descriptor: Int32

    init(_ bytes: [UInt8]) throws(HTTPFailure) {
        guard let file = MemoryFile.holding(bytes) else {
            throw HTTPFailure(.invalid, "cannot hold the request's body: \(String(cString: strerror(errno)))")
        }
        descriptor = file.handedOver()
    }

    deinit { close(descriptor) }

    /// As `data-binary` takes it.
    var reference: String { "@/proc/\(getpid())/fd/\(descriptor)" }
}

extension CurlConfig {
    /// At most five, and never to another protocol.
    mutating func followRedirects() {
        flag("location")
        option("max-redirs", "5")
        option("proto-redir", "=http,https")
    }

    /// Adds the body. What is returned has to live until the request is done.
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
