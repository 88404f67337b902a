import Domain

/// A `CODEOWNERS` file in GitHub's grammar: patterns of paths with who owns them, of which the last one that matches counts.
///
/// Patterns are those of `.gitignore`, but without `!`, `[ ]` and an escaped `#`; `docs/*` stands for what lies in the folder itself. See
/// docs.github.com, "About code owners".
struct CodeOwners: Sendable {
    struct Rule: Sendable {
        /// As written: `@login`, `@organisation/team` or an address. None: nobody owns it.
        let owners: [String]
        let line: Int
        fileprivate let segments: [Segment]
    }

    fileprivate typealias Segment = [Unicode.Scalar]

    let path: String
    let rules: [Rule]
    /// Lines that are not in this grammar: GitHub passes over them.
    let unread: [Int]

    /// Where one may be; the first that is there counts.
    static let places = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"]

    /// GitHub reads no larger one.
    static let limit = 3 << 20

    init(_ bytes: [UInt8], path: String) {
        var rules: [Rule] = [], unread: [Int] = []
        for (index, line) in bytes.lines.enumerated() {
            guard let words = Self.words(line) else { continue }
            if let segments = Self.segments(words[0]), words.dropFirst().allSatisfy(Self.isOwner) {
                rules.append(Rule(owners: Array(words.dropFirst()), line: index + 1, segments: segments))
            } else {
                unread.append(index + 1)
            }
        }
        self.path = path
        self.rules = rules
        self.unread = unread
    }

    /// The last rule that matches a path of the repository.
    func rule(for path: String) -> Rule? {
        let names = path.pathParts(keepingEmpty: true).map { Array($0.unicodeScalars) }
        return rules.last { Self.matches($0.segments, names) }
    }

    // MARK: Lines

    /// The pattern and what follows it, up to a comment; `nil` of a line that says nothing.
    private static func words(_ line: String) -> [String]? {
        var words: [String] = [], word = String.UnicodeScalarView(), isEscaped = false
        for scalar in line.unicodeScalars {
            if !isEscaped, scalar == " " || scalar == "\t" {
                if !word.isEmpty { words.append(String(word)) }
                word = String.UnicodeScalarView()
                continue
            }
            if !isEscaped, word.isEmpty, scalar == "#" { break }
            word.append(scalar)
            isEscaped = !isEscaped && scalar == "\\"
        }
        if !word.isEmpty { words.append(String(word)) }
        return words.isEmpty ? nil : words
    }

    private static func isOwner(_ word: String) -> Bool {
        let parts = word.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return false }
        let team = parts[1].pathParts(keepingEmpty: true)
        return parts[0].isEmpty ? team.count <= 2 && team.allSatisfy { !$0.isEmpty } : team.count == 1
    }

    /// A pattern's parts between slashes; `nil` of one that GitHub does not take. What may lie anywhere begins with `**`.
    private static func segments(_ pattern: String) -> [Segment]? {
        guard !pattern.hasPrefix("!"), !pattern.hasPrefix("\\#"), !pattern.contains("***"),
            !pattern.contains(where: { "[]".contains($0) })
        else { return nil }
        var parts = pattern.pathParts(keepingEmpty: true).map { Array($0.unicodeScalars) }
        if parts.first?.isEmpty == true {
            parts.removeFirst()
        } else if parts.count == 1 || parts.count == 2 && parts[1].isEmpty, parts[0] != Self.anything {
            parts.insert(Self.anything, at: 0)
        }
        if parts.count > 1, parts.last?.isEmpty == true { parts[parts.count - 1] = Self.anything }
        return parts
    }

    private static let anything: Segment = ["*", "*"]

    // MARK: Matching

    /// Goes along the pattern with all places in the path that it may have come to.
    private static func matches(_ pattern: [Segment], _ path: [Segment]) -> Bool {
        var places = [true] + Array(repeating: false, count: path.count)
        for (index, segment) in pattern.enumerated() {
            let isLast = index == pattern.count - 1
            if segment == anything {
                // At the end it stands for something, else for any number of folders.
                if isLast { return places.dropLast().contains(true) }
                let first = places.firstIndex(of: true) ?? places.count
                places = places.indices.map { $0 >= first }
                continue
            }
            places = places.indices.map { $0 > 0 && places[$0 - 1] && matches(segment, path[$0 - 1]) }
            // What a name stands for may be a folder; a star alone is a file.
            if isLast { return segment == ["*"] ? places[path.count] : places.contains(true) }
        }
        return false
    }

    /// A name with `*`, `?` and escapes; in time that grows with the product of both lengths.
    private static func matches(_ pattern: Segment, _ name: Segment) -> Bool {
        var (at, place) = (0, 0), star: (at: Int, place: Int)?
        while place < name.count {
            let isEscaped = at + 1 < pattern.count && pattern[at] == "\\"
            if at < pattern.count, pattern[at] == "*" {
                star = (at + 1, place)
                at += 1
            } else if at < pattern.count,
                isEscaped ? pattern[at + 1] == name[place] : pattern[at] == name[place] || pattern[at] == "?"
            {
                at += isEscaped ? 2 : 1
                place += 1
            } else if let last = star {
                star = (last.at, last.place + 1)
                (at, place) = (last.at, last.place + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == "*" }
    }
}

extension CodeOwners {
    /// Where the file that counts in a tree is; `nil` where there is none.
    static func place(in tree: ObjectID, _ reader: any ObjectReader) throws -> (path: String, blob: ObjectID)? {
        for path in places {
            guard let entry = try reader.entry(at: path, in: tree), entry.mode == .file || entry.mode == .executable
            else { continue }
            return (path, entry.id)
        }
        return nil
    }

    /// Throws where it is larger than GitHub reads.
    init(at place: (path: String, blob: ObjectID), _ reader: any ObjectReader) throws {
        guard try reader.size(ofBlob: place.blob) <= Self.limit else {
            throw MissingEvidence(
                "\(place.path) is larger than the \(Self.limit >> 20) MiB that are read; make it smaller",
                file: place.path)
        }
        self.init(try reader.blob(place.blob, atMost: Self.limit), path: place.path)
    }
}
