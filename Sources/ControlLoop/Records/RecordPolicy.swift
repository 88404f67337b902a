public import Domain

/// What the branch asks of Martlet's own records: where they are, and who has to have signed them.
public struct RecordPolicy: Hashable, Sendable {
    public let references: String
    /// The names of `recordSigners`, in lower case; none where records need no signature.
    let people: Set<String>
    let signers: Signers

    /// - Parameter tree: Of the protected branch's tip: nobody else says who counts.
    init(_ settings: RepositorySettings, tree: ObjectID, _ reader: any ObjectReader) throws {
        references = settings.references
        people = Set(settings.recordSigners.map { $0.lowercased() })
        signers = people.isEmpty ? .nobody : try Signers(in: tree, reader)
    }

    /// What a commit of the branch says; where its `martlet.yaml` cannot be read, what was valid last.
    public init(at tip: ObjectID, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws {
        let tree = try reader.commit(tip).tree
        var settings = RepositorySettings()
        if let place = ManifestPlace(path: RepositorySettings.file),
            let entry = try reader.entry(at: RepositorySettings.file, in: tree)
        {
            let now = try ParsedFile.read(place, entry, reader, language)
            let file = now.hasErrors ? try ParsedFile.lastValid(place, before: tip, reader, language) : now
            if case .repository(let valid)? = file?.own { settings = valid }
        }
        try self.init(settings, tree: tree, reader)
    }

    /// Whether records need a signature.
    var asksForSignatures: Bool { !people.isEmpty }

    /// The references that decisions are read from. The lease is not among them: who forges it can only keep controllers from acting, as
    /// can anybody who deletes a reference.
    var records: [String] {
        Self.stores.map { "\(references)/\($0.name)" } + [RequestNotes(prefix: references).reference]
    }

    /// What keeps a reference each.
    static let stores: [any RecordStore.Type] = [
        EvidenceStore.self, StatusStore.self, RequestStore.self, NoticeStore.self, RetrainStore.self,
    ]
}
