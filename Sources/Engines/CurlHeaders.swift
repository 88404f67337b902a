import Glibc

/// Where `curl` leaves the headers of an answer: a file in memory, so that nothing else mixes with them.
final class CurlHeaders: Sendable {
    private static let limit = 1 << 20
    private let descriptor: Int32

    /// Returns `nil` where there are no files in memory; the answer then has no headers.
    init?() {
        guard let file = MemoryFile.holding([]) else { return nil }
        descriptor = file.handedOver()
    }

    deinit { close(descriptor) }

    /// As `dump-header` takes it.
    var reference: String { "/proc/\(getpid())/fd/\(descriptor)" }

    /// The headers of the last answer, by name in lower case: those of a redirect come before it.
    func read() -> [String: String] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 14)
        while bytes.count < Self.limit {
            let count = pread(descriptor, &chunk, chunk.count, off_t(bytes.count))
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return Self.headers(in: String(decoding: bytes, as: UTF8.self))
    }

    static func headers(in text: String) -> [String: String] {
        var headers: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("HTTP/") {
                headers = [:]
                continue
            }
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].lowercased()
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            let text = String(value.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
            headers[name] = headers[name].map { "\($0), \(text)" } ?? text
        }
        return headers
    }
}
