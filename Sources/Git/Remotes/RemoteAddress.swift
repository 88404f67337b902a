import Domain
import Glibc

/// Where a remote is: a URL, a path, or the name of a remote in the repository's configuration.
struct RemoteAddress: Sendable {
    private let text: String

    /// Refuses what git would take for an option, and addresses that run a program of their own (`ext::`).
    init(_ text: String) throws(GitError) {
        let printable = Excerpt.withoutCredentials(Sanitized.text(text, limit: 200))
        let operation = "use the remote \"\(printable)\""
        guard !text.isEmpty, text.utf8.count < 4096, !text.utf8.contains(where: { $0 < 32 || $0 == 127 }) else {
            throw GitError(.invalid, operation, "it is empty, too long, or has control characters in it")
        }
        guard !text.hasPrefix("-") else { throw GitError(.invalid, operation, "git would take it for an option") }
        guard !Self.namesHelper(text) else {
            throw GitError(
                .invalid, operation, "it names a helper program", hint: "use an https, ssh, git or file address")
        }
        self.text = text
    }

    /// The name to use on git's command line, which anybody on the machine can read.
    var argument: String { isName ? text : "martlet" }

    /// What git must be told besides.
    var settings: [(key: String, value: String)] { isName ? [] : [("remote.martlet.url", localPath ?? text)] }

    /// Where the address that pushes go to is told, where that is another one.
    static let pushKey = "remote.martlet.pushurl"

    /// For messages.
    var printable: String { Excerpt.withoutCredentials(Sanitized.text(text)) }

    /// The absolute path of a remote on this machine that exists.
    var localPath: String? {
        let path = text.hasPrefix("file://") ? Self.decoded(text.dropFirst(7)) : text
        guard text.hasPrefix("file://") || path.hasPrefix("/") || path.hasPrefix(".") else { return nil }
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private var isName: Bool {
        text.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
    }

    private static func namesHelper(_ text: String) -> Bool {
        let scheme = text.utf8.prefix { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "0123456789+.-_".utf8.contains(byte)
        }
        return text.utf8.dropFirst(scheme.count).starts(with: "::".utf8)
    }

    /// Percent signs decoded, as git does in URLs.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.count >= 2
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
