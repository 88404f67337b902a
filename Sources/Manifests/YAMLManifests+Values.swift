public import Domain

extension YAMLManifests {
    /// The first document of any YAML file, such as `params.yaml` or a `.dvc` file, as a value of its own.
    ///
    /// The same limits hold as for manifests. An empty file is null.
    public static func tree(_ bytes: [UInt8]) throws(FieldErrors) -> ManifestTree {
        let tree = YAMLReader.tree(of: bytes)
        guard let document = tree.documents.first else { return ManifestTree(.null) }
        if !document.problems.isEmpty { throw FieldErrors(document.problems) }
        guard document.root >= 0 else { return ManifestTree(.null) }
        return ManifestTree(YAMLValue(tree: tree, index: document.root))
    }
}
