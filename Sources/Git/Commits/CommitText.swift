public import Domain

/// A commit in the form in which Git stores and signs it.
public enum CommitText {
    /// The stored bytes; times are written in UTC, and the message ends with a line end.
    ///
    /// - Parameter signature: What `ssh-keygen -Y sign -n git` or `gpg -bsa` made of the bytes without one.
    public static func bytes(of draft: CommitDraft, signature: String? = nil) -> [UInt8] {
        var text = "tree \(draft.tree)\n"
        for parent in draft.parents { text += "parent \(parent)\n" }
        text += "author \(line(draft.author))\n"
        text += "committer \(line(draft.committer))\n"
        if let signature {
            var lines = signature.split(separator: "\n", omittingEmptySubsequences: false)
            if lines.last == "" { lines.removeLast() }
            text += "gpgsig " + lines.joined(separator: "\n ") + "\n"
        }
        return Array((text + body(draft.message)).utf8)
    }

    /// The stored bytes of an annotated tag of a commit.
    static func bytes(of tag: Tag) -> [UInt8] {
        var text = "object \(tag.target)\ntype commit\ntag \(tag.name)\n"
        if let tagger = tag.tagger { text += "tagger \(line(tagger))\n" }
        return Array((text + body(tag.message)).utf8)
    }

    /// A NUL would cut the message for every C program that reads it.
    private static func body(_ message: String) -> String {
        let message = message.unicodeScalars.contains("\0") ? message.filter { $0 != "\0" } : message
        return "\n" + message + (message.hasSuffix("\n") ? "" : "\n")
    }

    private static func line(_ person: Person) -> String {
        "\(clean(person.name)) <\(clean(person.email))> \(max(0, person.time.seconds)) +0000"
    }

    /// Drops what would end the field: brackets, line ends, and as git does, punctuation at both ends.
    private static func clean(_ text: String) -> String {
        var scalars = text.unicodeScalars.filter { $0.value >= 32 && $0 != "<" && $0 != ">" && $0.value != 127 }[...]
        let crud: (Unicode.Scalar) -> Bool = { " .,:;\"'\\".unicodeScalars.contains($0) }
        while let last = scalars.last, crud(last) { scalars.removeLast() }
        while let first = scalars.first, crud(first) { scalars.removeFirst() }
        return String(String.UnicodeScalarView(scalars))
    }
}
