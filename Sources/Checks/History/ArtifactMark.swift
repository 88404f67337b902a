import Domain

/// Names the bytes of a model's artifact at some commit, so that commits which left it alone can be told.
enum ArtifactMark: Hashable, Sendable {
    /// What lies at its path: itself, or a pointer to it.
    case entry(ObjectID)
    /// What the manifest says of one that lies elsewhere.
    case digest(Digest)

    /// `nil` where neither a path nor a digest says there which bytes they are.
    ///
    /// - Parameter folder: The tree of the model's folder.
    init?(
        of artifact: ArtifactPointer, of model: String, in folder: ObjectID, _ reader: any ObjectReader,
        _ tools: Subject.Tools
    ) throws {
        if let path = artifact.path {
            for file in ArtifactPointer.files(for: path) {
                guard let entry = try reader.entry(at: file, in: folder) else { continue }
                self = .entry(entry.id)
                return
            }
            return nil
        }
        guard let manifest = try reader.entry(at: "model.yaml", in: folder)?.id else { return nil }
        let file = tools.read(try reader.blob(manifest, atMost: 1 << 22), "models/\(model)/model.yaml")
        for case .model(let model) in file.documents.map(\.manifest) {
            guard let digest = model.artifact.sha256 else { continue }
            self = .digest(digest)
            return
        }
        return nil
    }
}
