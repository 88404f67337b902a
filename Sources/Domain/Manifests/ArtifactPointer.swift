/// Where bytes that may be too large for Git lie, and what they must be.
public struct ArtifactPointer: Hashable, Sendable, FieldGroup {
    /// A file or folder in the repository: the bytes themselves, a Git LFS pointer, or `NAME.dvc`.
    public var path: String?
    /// `file://`, `https://`; later `s3://`, `oci://`.
    public var uri: String?
    public var sha256: Digest?
    public var size: Int?
    public var format: ModelFormat?

    public init(
        path: String? = nil, uri: String? = nil, sha256: Digest? = nil, size: Int? = nil, format: ModelFormat? = nil
    ) {
        self.path = path
        self.uri = uri
        self.sha256 = sha256
        self.size = size
        self.format = format
    }

    public init(_ fields: Fields) throws(FieldErrors) {
        path = fields.optional(
            "path", "a file or folder beside the manifest: the bytes, a Git LFS pointer or a .dvc file")
        uri = fields.optional("uri", "where it can be fetched: file:// or https://")
        sha256 = fields.optional("sha256", "the SHA-256 of the bytes")
        size = fields.optional("size", within: .atLeast(0), "the number of bytes")
        format = fields.optional("format", "what kind of file it is")
        fields.expectOne(of: "path", or: "uri", "a path or a uri", hint: "path: model.onnx")
        if uri != nil, fields.lacks("sha256") {
            fields.complain(about: "uri", "a uri needs its sha256, so that what it points to cannot change")
        }
    }
}

extension ArtifactPointer {
    /// What people are shown of where it lies: without passwords and what a query may hold.
    public var shown: String { path ?? uri.map { ShownAddress($0).description } ?? "artifact" }

    /// Where it may be written what a path stands for, the nearest first: at the path itself, in DVC's pointer beside it or beside a folder
    /// around it, or in a lock of DVC's above it.
    public static func files(for path: String) -> [String] {
        let parts = path.pathParts()
        return [path]
            + parts.indices.reversed().flatMap { index in
                [
                    parts[...index].joined(separator: "/") + ".dvc",
                    (parts[..<index] + ["dvc.lock"]).joined(separator: "/"),
                ]
            }
    }
}

/// How a model is written to disk.
public enum ModelFormat: String, FieldChoice {
    case onnx, safetensors, json, savedmodel, torchscript, pickle, joblib, keras, gguf, other
}
