import Domain

/// One manifest file as it was read.
struct ParsedFile: Sendable {
    static let largest = 1 << 20

    let place: ManifestPlace
    /// `nil` where the file is gone.
    let blob: ObjectID?
    let file: ManifestFile

    /// Reads a file. A symlink, a submodule or a file that is too large is a diagnostic, not an error.
    static func read(
        _ place: ManifestPlace, _ entry: TreeEntry?, _ reader: any ObjectReader, _ language: any ManifestLanguage
    ) throws -> ParsedFile {
        guard let entry else {
            return ParsedFile(place: place, blob: nil, file: ManifestFile(documents: [], diagnostics: []))
        }
        func refused(_ code: String, _ message: String, _ hint: String) -> ParsedFile {
            let diagnostic = Diagnostic(file: place.path, code: code, message: message, hint: hint)
            return ParsedFile(
                place: place, blob: entry.id, file: ManifestFile(documents: [], diagnostics: [diagnostic]))
        }
        guard entry.mode == .file || entry.mode == .executable else {
            return refused(
                "not-a-file", "a manifest must be a plain file, not a link or submodule",
                "replace it by the file itself")
        }
        do {
            let size = try reader.size(ofBlob: entry.id)
            guard size <= largest else {
                return refused(
                    "too-large", "\(size) bytes are more than the \(largest) that a manifest may have", "split it")
            }
            let bytes = try reader.blob(entry.id, atMost: largest)
            return ParsedFile(place: place, blob: entry.id, file: language.read(bytes, path: place.path))
        } catch {
            // A corrupt object freezes what depends on this one file; everything else goes on.
            return refused(
                "unreadable", "the object cannot be read: \(error)", "run 'git fsck' and fetch the object again")
        }
    }

    /// The newest version of a file that could be read, among the last 1,000 commits.
    static func lastValid(
        _ place: ManifestPlace, before revision: ObjectID, _ reader: any ObjectReader, _ language: any ManifestLanguage
    ) throws -> ParsedFile? {
        var found: ParsedFile?
        var last: ObjectID?
        var left = 1000
        try reader.firstParents(from: revision) { commit in
            left -= 1
            guard let entry = try reader.entry(at: place.path, in: commit.tree), left > 0 else { return false }
            if entry.id != last {
                last = entry.id
                let file = try read(place, entry, reader, language)
                if !file.hasErrors { found = file }
            }
            return found == nil
        }
        return found
    }

    var hasErrors: Bool { file.diagnostics.contains { $0.severity == .error } }
}
