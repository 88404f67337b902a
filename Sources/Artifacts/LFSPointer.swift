import Domain

/// The text that Git keeps in place of a file that Git LFS keeps (git-lfs `docs/spec.md`).
struct LFSPointer: Hashable {
    let digest: Digest
    let size: Int

    private static let version = "version https://git-lfs.github.com/spec/v1"

    /// `nil` where `bytes` are no pointer but the file itself. Throws where they began as one and are not exactly one.
    init?(_ bytes: [UInt8], at place: String) throws(ArtifactFailure) {
        // The specification: less than 1024 bytes, and `version` comes first.
        guard bytes.count < 1024, bytes.starts(with: Self.version.utf8) else { return nil }
        func refuse(_ why: String) -> ArtifactFailure {
            ArtifactFailure(.invalid, "\(place) begins as a Git LFS pointer, but \(why); write it anew with 'git lfs'")
        }
        guard !bytes.contains(0x0D) else {
            throw refuse("it has a carriage return (CRLF), as Git leaves where .gitattributes lacks '-text'")
        }
        guard let text = String(validating: bytes, as: UTF8.self), text.utf8.last == 0x0A else {
            throw refuse("it does not end in a line feed")
        }
        var fields: [(key: Substring, value: Substring)] = []
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            guard let space = line.firstIndex(of: " ") else { throw refuse("'\(line)' is no key and value") }
            fields.append((line[..<space], line[line.index(after: space)...]))
        }
        let keys = fields.dropFirst().map(\.key)
        guard fields.first?.value == "https://git-lfs.github.com/spec/v1" else {
            throw refuse("its version is unknown")
        }
        guard zip(keys, keys.dropFirst()).allSatisfy({ $0.utf8.lexicographicallyPrecedes($1.utf8) }) else {
            throw refuse("its keys are not sorted")
        }
        if let key = keys.first(where: { $0 != "oid" && $0 != "size" }) {
            throw ArtifactFailure(
                .unsupported,
                "\(place) is a Git LFS pointer with '\(key)': extensions change the bytes; store it without")
        }
        guard let oid = fields.first(where: { $0.key == "oid" })?.value, oid.hasPrefix("sha256:"),
            oid == oid.lowercased(), let digest = Digest(String(oid))
        else { throw refuse("it names no oid sha256:… of 64 lower-case digits") }
        guard let number = fields.first(where: { $0.key == "size" })?.value, let size = Int(number), size >= 0,
            String(size) == number
        else { throw refuse("it names no size") }
        self.digest = digest
        self.size = size
    }

    /// Where a repository's `lfs/objects` folder keeps it.
    var path: String {
        let digits = digest.digits
        return "\(digits.prefix(2))/\(digits.dropFirst(2).prefix(2))/\(digits)"
    }
}
