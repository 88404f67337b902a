/// Who may sign: `allowed_signers` at the repository's root, and what lies beside it in `allowed_signers.d/`.
///
/// There, `ada@example.com.asc` holds the OpenPGP keys of that person, whatever names the keys give themselves, and `revoked` the
/// SSH keys that count no more (`man ssh-keygen`, KEY REVOCATION LISTS).
public struct Signers: Hashable, Sendable {
    /// SSH keys by principal, in the format of `man ssh-keygen`, ALLOWED SIGNERS.
    public let allowed: [UInt8]
    public let revoked: [UInt8]
    /// OpenPGP public keys by person, armored or not.
    public let keys: [String: [UInt8]]
    /// Names the content: equal digests are the same signers.
    public let digest: Digest

    public init(allowed: [UInt8], revoked: [UInt8] = [], keys: [String: [UInt8]] = [:]) {
        self.allowed = allowed
        self.revoked = revoked
        self.keys = keys
        let parts = [allowed, revoked] + keys.sorted { $0.key < $1.key }.flatMap { [Array($0.key.utf8), $0.value] }
        let names = parts.map { SHA256.digest(of: $0).digits }
        digest = SHA256.digest(of: Array(names.joined(separator: " ").utf8))
    }

    public static func == (one: Signers, other: Signers) -> Bool { one.digest == other.digest }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    /// Nobody may sign.
    public static let nobody = Signers(allowed: [])
}

extension Signers {
    public static let file = "allowed_signers"
    public static let folder = "allowed_signers.d"

    /// The signers that a tree names. Take the tip of the protected branch, never what is to be verified.
    ///
    /// Links are not followed. Throws where a file is larger than 1 MiB: half a list would be another list.
    public init(in tree: ObjectID, _ reader: any ObjectReader) throws {
        func bytes(_ entry: TreeEntry?) throws -> [UInt8]? {
            guard let entry, entry.mode == .file || entry.mode == .executable else { return nil }
            return try reader.blob(entry.id, atMost: 1 << 20)
        }
        var revoked: [UInt8] = []
        var keys: [String: [UInt8]] = [:]
        if let folder = try reader.entry(at: Self.folder, in: tree), folder.mode == .tree {
            for entry in try reader.tree(folder.id) {
                if entry.name == "revoked" { revoked = try bytes(entry) ?? [] }
                guard let person = Self.person(entry.name), let key = try bytes(entry) else { continue }
                keys[person, default: []] += key
            }
        }
        self.init(allowed: try bytes(reader.entry(at: Self.file, in: tree)) ?? [], revoked: revoked, keys: keys)
    }

    /// Whether a path holds a part of who may sign.
    public static func isPart(_ path: String) -> Bool { path == file || path.hasPrefix(folder + "/") }

    private static func person(_ file: String) -> String? {
        for ending in [".asc", ".gpg"] where file.hasSuffix(ending) && file.utf8.count > ending.utf8.count {
            return String(file.dropLast(ending.count))
        }
        return nil
    }

    /// Those who are named in full, without patterns.
    public var people: [String] {
        let listed = Self.principals(in: allowed).joined().filter { !Self.isPattern($0) }
        return Set(listed.map(String.init)).union(keys.keys).sorted()
    }

    /// Whether nobody is named, nor any pattern of names.
    public var isEmpty: Bool { keys.isEmpty && Self.principals(in: allowed).isEmpty }

    /// The names of each line. Blank lines and those that begin with `#` have none.
    private static func principals(in allowed: [UInt8]) -> [[Substring]] {
        String(decoding: allowed, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            guard let names = line.split(whereSeparator: \.isWhitespace).first, !names.hasPrefix("#") else {
                return nil
            }
            return names.split(separator: ",")
        }
    }

    /// Whoever holds a key of that person, under all names that the list has for it, in lower case: one key is one person.
    public func names(of person: String) -> Set<String> {
        let lines = keyLines, own = person.lowercased()
        let keys = Set(lines.filter { $0.names.contains(own) }.map(\.key))
        return lines.filter { keys.contains($0.key) }.reduce(into: [own]) { $0.formUnion($1.names) }
    }

    /// The names that the list has for an SSH key, in lower case; none for one that was taken back.
    ///
    /// - Parameter line: `ssh-ed25519 AAAA…`, as the file of a public key has it.
    public func names(ofKey line: String) -> Set<String> {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count > 1, !String(decoding: revoked, as: UTF8.self).contains(words[1]) else { return [] }
        return keyLines.filter { $0.key == words[1] }.reduce(into: []) { $0.formUnion($1.names) }
    }

    /// The names of each line, in lower case, and its key. Whom an authority vouches for has a key of his own.
    private var keyLines: [(names: Set<String>, key: Substring)] {
        String(decoding: allowed, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            let isType = { (word: Substring) in ["ssh-", "ecdsa-", "sk-"].contains { word.hasPrefix($0) } }
            guard let names = words.first, !names.hasPrefix("#"),
                let type = words.dropFirst().firstIndex(where: isType),
                type + 1 < words.count, !words[..<type].joined(separator: " ").contains("cert-authority")
            else { return nil }
            return (Set(names.split(separator: ",").map { $0.lowercased() }), words[type + 1])
        }
    }

    private static func isPattern(_ name: Substring) -> Bool { name.contains { "*?!\"".contains($0) } }

    /// Whom a file of allowed signers names, in lower case; `nil` where it has a pattern, which may be anybody.
    public static func names(in allowed: [UInt8]) -> Set<String>? {
        var names: Set<String> = []
        for name in principals(in: allowed).joined() {
            if isPattern(name) { return nil }
            names.insert(name.lowercased())
        }
        return names
    }
}
