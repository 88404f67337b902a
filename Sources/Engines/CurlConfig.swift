import Domain

/// A configuration for `curl --config`: what would be seen in a process list is handed over on standard input instead.
struct CurlConfig {
    private(set) var text: [UInt8] = []

    /// Without redirects, other protocols than HTTP, progress, or wildcards in the URL.
    init(_ url: String, timeout: Duration) throws(HTTPFailure) {
        try Self.check(url)
        let seconds = max(0.001, Double(timeout.milliseconds) / 1000)
        option("url", url)
        option("proto", "=http,https")
        option("max-time", "\(seconds)")
        option("connect-timeout", "\(min(seconds, 15))")
        option("user-agent", "martlet")
        // To the errors' end: the output is the body, byte for byte.
        option("write-out", "%{stderr}\n%{http_code}")
        flag("silent")
        flag("show-error")
        flag("globoff")
    }

    mutating func flag(_ name: String) { text += "\(name)\n".utf8 }

    mutating func option(_ name: String, _ value: String) { option(name, Array(value.utf8)) }

    /// `name = "value"` with the escapes that `curl` knows. It reads lines of at most 100 KB, and no NUL.
    mutating func option(_ name: String, _ value: [UInt8]) {
        text += "\(name) = \"".utf8
        for byte in value {
            switch byte {
            case UInt8(ascii: "\\"): text += #"\\"#.utf8
            case UInt8(ascii: "\""): text += #"\""#.utf8
            case UInt8(ascii: "\n"): text += #"\n"#.utf8
            case UInt8(ascii: "\r"): text += #"\r"#.utf8
            default: text.append(byte)
            }
        }
        text += "\"\n".utf8
    }

    mutating func headers(_ headers: [String: String]) throws(HTTPFailure) {
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }),
                value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else { throw HTTPFailure(.invalid, "the header '\(name)' holds characters that HTTP does not allow") }
            option("header", value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
    }

    private static func check(_ url: String) throws(HTTPFailure) {
        guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
            throw HTTPFailure(.invalid, "'\(redacted(url))' is no http:// or https:// address")
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw HTTPFailure(
                .invalid, "'\(redacted(url))' holds a space or control character; write it as %20 or such")
        }
    }

    /// The address without what may be secret: user, password and query.
    static func redacted(_ url: String) -> String {
        let plain = url.prefix { $0 != "?" && $0 != "#" }.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        let text = String(String.UnicodeScalarView(plain))
        guard let scheme = text.firstRange(of: "://") else { return text }
        let host = text[scheme.upperBound...].prefix { $0 != "/" }
        guard let at = host.lastIndex(of: "@") else { return text }
        return String(text[..<scheme.upperBound] + text[text.index(after: at)...])
    }
}
