import Domain

/// A full reference name, or one with a single `*` in it.
struct ReferencePattern {
    let text: String
    private let parts: [Substring]

    /// Refuses what is no reference, so that none can pass for an option or another refspec.
    init(_ text: String) throws(GitError) {
        let parts = text.split(separator: "*", omittingEmptySubsequences: false)
        let forbidden = " ~^:?[\\".utf8
        guard text.hasPrefix("refs/"), parts.count <= 2, !text.contains(".."), !text.contains("//"),
            !text.utf8.contains(where: { $0 <= 32 || $0 == 127 || forbidden.contains($0) })
        else {
            throw GitError(
                .invalid, "look for the references \"\(Sanitized.text(text, limit: 200))\"",
                "that is no full reference name", hint: "write it like refs/heads/main or refs/tags/*")
        }
        self.text = text
        self.parts = parts
    }

    var isExact: Bool { parts.count == 1 }

    /// Byte for byte: an é in one scalar is another name than one in two.
    func matches(_ name: String) -> Bool {
        guard parts.count == 2 else { return name.hasBytes(of: text) }
        return name.utf8.count >= text.utf8.count - 1 && name.utf8.starts(with: parts[0].utf8)
            && name.utf8.reversed().starts(with: parts[1].utf8.reversed())
    }

    /// What a reference that matches is called from here on.
    ///
    /// Swift holds a K and a Kelvin sign equal, so that somebody could push a branch that takes another's place wherever names are
    /// looked up. Martlet's own names are ASCII: in others that a `*` found, the rest is written as in an address.
    func key(of name: String) -> String {
        if isExact || name.utf8.allSatisfy({ $0 < 0x80 }) { return name }
        return name.utf8.reduce(into: "") { key, byte in
            if byte < 0x80, byte != UInt8(ascii: "%") {
                key.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                key += "%" + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
