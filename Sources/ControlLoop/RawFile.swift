import Domain

/// One manifest file before it is parsed: its bytes, or why there are none.
struct RawFile: Sendable {
    let place: ManifestPlace
    /// `nil` where the file is gone.
    let blob: ObjectID?
    private let bytes: [UInt8]
    private let refusal: Diagnostic?

    init(_ place: ManifestPlace, _ entry: TreeEntry?, _ reader: any ObjectReader) {
        self.place = place
        blob = entry?.id
        guard let entry else {
            (bytes, refusal) = ([], nil)
            return
        }
        guard entry.mode == .file || entry.mode == .executable else {
            bytes = []
            refusal = Diagnostic(
                file: place.path, code: "not-a-file",
                message: "a manifest must be a plain file, not a link or submodule",
                hint: "replace it by the file itself")
            return
        }
        do {
            (bytes, refusal) = (try reader.blob(entry.id, atMost: ParsedFile.largest), nil)
        } catch {
            bytes = []
            refusal = Diagnostic(
                file: place.path, code: "unreadable", message: "the file cannot be read: \(error)",
                hint: "a manifest has at most \(ParsedFile.largest) bytes; if its object is damaged, 'git fsck' says so"
            )
        }
    }

    func parsed(by language: any ManifestLanguage) -> ParsedFile {
        guard blob != nil else {
            return ParsedFile(place: place, blob: nil, file: ManifestFile(documents: [], diagnostics: []))
        }
        if let refusal {
            return ParsedFile(place: place, blob: blob, file: ManifestFile(documents: [], diagnostics: [refusal]))
        }
        return ParsedFile(place: place, blob: blob, file: language.read(bytes, path: place.path))
    }
}
