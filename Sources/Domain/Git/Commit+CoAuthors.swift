extension Commit {
    /// Who else wrote it, as its lines `Co-authored-by: NAME <ADDRESS>` and `Co-developed-by:` say: names and addresses in lower case.
    ///
    /// `Signed-off-by:` is no such line: whoever passes a commit on writes it (developercertificate.org), and is its committer.
    public var coAuthors: Set<String> {
        var people: Set<String> = []
        for line in message.utf8.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            guard line.first == UInt8(ascii: "C") || line.first == UInt8(ascii: "c"),
                let colon = line.firstIndex(of: UInt8(ascii: ":")),
                Self.words.contains(Substring(line[..<colon]).lowercased())
            else { continue }
            let parts = line[line.index(after: colon)...].split { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }
            people.formUnion(parts.map { Self.trimmed($0).lowercased() })
        }
        return people.subtracting([""])
    }

    private static let words: Set = ["co-authored-by", "co-developed-by"]

    private static func trimmed(_ text: Substring.UTF8View) -> Substring {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let rest = text.drop(while: isBlank)
        return Substring(rest[..<(rest.lastIndex { !isBlank($0) }.map { rest.index(after: $0) } ?? rest.startIndex)])
    }
}
