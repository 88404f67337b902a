public import Domain

/// Manifests written in YAML.
///
/// Reads by the YAML 1.2 core schema, without anchors, aliases, tags and merge keys.
public struct YAMLManifests: ManifestLanguage {
    /// At most so many diagnostics are given for one file.
    public static let diagnosticLimit = 100

    public init() {}

    public func read(_ bytes: [UInt8], path: String) -> ManifestFile {
        let tree = YAMLReader.tree(of: bytes)
        var reading = DocumentReading(tree: tree, path: path)
        for document in tree.documents { reading.read(document) }
        return reading.finish()
    }

    /// Edits `spec.revision`, `spec.version` and `spec.digest` of the deployment that lives at `path`.
    ///
    /// Throws ``ManifestEditFailure``.
    public func setting(_ pin: Pin?, in bytes: [UInt8], path: String) throws -> [UInt8] {
        try PinEdit(of: bytes, path: path).setting(pin)
    }
}
