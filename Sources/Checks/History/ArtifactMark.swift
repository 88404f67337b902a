import Domain

/// Names the bytes of a model's artifact at some commit, so that commits which left it alone can be told.
struct ArtifactMark: Hashable, Sendable {
    /// Of what lies there; `nil` where the manifest's digest says it.
    private let id: ObjectID?

    /// `nil` where neither a path nor a digest says there which bytes they are.
    ///
    /// - Parameter folder: The tree of the model's folder.
    init?(of artifact: ArtifactPointer, in folder: ObjectID, _ reader: any ObjectReader) throws {
        if let path = artifact.path {
            for file in ArtifactPointer.files(for: path) {
                guard let entry = try reader.entry(at: file, in: folder) else { continue }
                id = entry.id
                return
            }
            return nil
        } else {
            guard let digits = artifact.sha256?.digits,
                let manifest = try reader.entry(at: "model.yaml", in: folder)?.id,
                String(decoding: try reader.blob(manifest, atMost: 1 << 22), as: UTF8.self).contains(digits)
            else { return nil }
            id = nil
        }
    }
}
