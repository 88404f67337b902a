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

    func matches(_ name: String) -> Bool {
        guard parts.count == 2 else { return name == text }
        return name.utf8.count >= text.utf8.count - 1 && name.hasPrefix(parts[0]) && name.hasSuffix(parts[1])
    }
}
