import Domain

/// Names the bytes of a model's artifact at some commit, so that commits which left it alone can be told.
enum ArtifactMark: Hashable, Sendable {
    /// What lies at its path: itself, or a pointer to it.
    case entry(ObjectID)
    /// What the manifest says of one that lies elsewhere.
    case digest(Digest)

    /// `nil` where neither a path nor a digest says there which bytes they are.
    ///
    /// - Parameters:
    ///   - artifact: Of the version that is looked at; where nothing lies at its path, what the manifest there says counts.
    ///   - folder: The tree of the model's folder.
    init?(
        of artifact: ArtifactPointer, of model: String, in folder: ObjectID, _ reader: any ObjectReader,
        _ tools: Subject.Tools
    ) throws {
        if let mark = try Self.entry(at: artifact.path, in: folder, reader) {
            self = mark
            return
        }
        guard let manifest = try reader.entry(at: "model.yaml", in: folder)?.id else { return nil }
        let file = tools.read(try reader.blob(manifest, atMost: 1 << 22), "models/\(model)/model.yaml")
        for case .model(let model) in file.documents.map(\.manifest) {
            let digest = model.artifact.path == nil ? model.artifact.sha256.map(Self.digest) : nil
            guard let mark = try digest ?? Self.entry(at: model.artifact.path, in: folder, reader) else { continue }
            self = mark
            return
        }
        return nil
    }

    private static func entry(at path: String?, in folder: ObjectID, _ reader: any ObjectReader) throws -> Self? {
        for file in path.map(ArtifactPointer.files) ?? [] {
            if let entry = try reader.entry(at: file, in: folder) { return .entry(entry.id) }
        }
        return nil
    }
}
