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
            refusal = Self.notPlain(place, "a link or submodule")
            return
        }
        do {
            (bytes, refusal) = (try reader.blob(entry.id, atMost: ParsedFile.largest), nil)
        } catch {
            let isTooLarge = (try? reader.size(ofBlob: entry.id)).map { $0 > ParsedFile.largest } ?? false
            let damage = Damage(path: place.path, id: entry.id, why: "\(error)")
            (bytes, refusal) = ([], isTooLarge ? Self.unreadable(place, "\(error)") : damage.diagnostic(of: "file"))
        }
    }

    /// A file on disk.
    init(_ place: ManifestPlace, _ content: FileContent) {
        self.place = place
        blob = .zero
        bytes = content.bytes ?? []
        refusal =
            switch content {
            case .bytes: nil
            case .notPlain: Self.notPlain(place, "a link, device or pipe")
            case .tooLarge: Self.unreadable(place, "it is too large")
            case .unreadable(let why): Self.unreadable(place, why)
            }
    }

    private static func notPlain(_ place: ManifestPlace, _ what: String) -> Diagnostic {
        Diagnostic(
            file: place.path, code: "not-a-file", message: "a manifest must be a plain file, not \(what)",
            hint: "replace it by the file itself")
    }

    private static func unreadable(_ place: ManifestPlace, _ why: String) -> Diagnostic {
        Diagnostic(
            file: place.path, code: "unreadable", message: "the file cannot be read: \(why)",
            hint: "a manifest has at most \(ParsedFile.largest) bytes")
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
