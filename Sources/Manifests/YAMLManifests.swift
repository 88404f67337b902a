public import Domain

/// Manifests written in YAML.
///
/// Reads by the YAML 1.2 core schema, without anchors, aliases, tags and merge keys.
public struct YAMLManifests: ManifestLanguage {
    /// At most so many diagnostics are given for one file.
    public static let diagnosticLimit = 100

    public init() {}

    public func read(_ bytes: [UInt8], path: String) -> ManifestFile {
        if bytes.starts(with: Self.pointerStart.utf8) { return Self.pointer(path) }
        let tree = YAMLReader.tree(of: bytes)
        var reading = DocumentReading(tree: tree, path: path)
        for document in tree.documents { reading.read(document) }
        return reading.finish()
    }

    /// How the text begins that Git LFS commits instead of a file (its specification, "The Pointer").
    private static let pointerStart = "version https://git-lfs.github.com/spec/"

    private static func pointer(_ path: String) -> ManifestFile {
        let problem = Diagnostic(
            file: path, code: "lfs-pointer",
            message: "Git LFS tracks this file, so that the commit holds a pointer to it and not the manifest",
            hint: "write '/\(path) !filter !diff !merge text' below the rule that catches it in .gitattributes, then "
                + "git add --renormalize \(path), and commit both")
        return ManifestFile(documents: [], diagnostics: [problem])
    }

    /// Edits `spec.revision`, `spec.version` and `spec.digest` of the deployment that lives at `path`.
    ///
    /// Throws ``ManifestEditFailure``.
    public func setting(_ pin: Pin?, in bytes: [UInt8], path: String) throws -> [UInt8] {
        try PinEdit(of: bytes, path: path).setting(pin)
    }
}
