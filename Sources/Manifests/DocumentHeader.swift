import Domain

/// What every document starts with: `apiVersion`, `kind`, `metadata`; and where its `spec` is.
struct DocumentHeader {
    let root: Int32
    private(set) var kind = ManifestKind.deployment
    private(set) var kindNode: Int32 = -1
    private(set) var name = ""
    private(set) var nameNode: Int32 = -1
    /// -1 where there is none, or it is null.
    private(set) var spec: Int32 = -1
    /// What is wrong but does not keep `spec` from being read.
    private(set) var problems: [FieldProblem] = []

    /// Throws where the document cannot be understood at all: no mapping, or of another version or kind.
    init(_ tree: YAMLTree, root: Int32) throws(FieldErrors) {
        self.root = root
        guard tree.nodes[root].kind == .mapping else {
            throw FieldErrors(
                "wrong-type", at: tree.nodes.place(root),
                "expected a manifest (apiVersion, kind, metadata, spec), found "
                    + YAMLValue(tree: tree, index: root).kindOfValue)
        }
        var version: Int32 = -1, metadata: Int32 = -1
        var key = tree.nodes[root].first
        while key >= 0 {
            let value = tree.nodes[key].next
            if tree.nodes.text(key, is: "apiVersion") {
                version = value
            } else if tree.nodes.text(key, is: "kind") {
                kindNode = value
            } else if tree.nodes.text(key, is: "metadata") {
                metadata = value
            } else if tree.nodes.text(key, is: "spec") {
                spec = tree.nodes.isNull(value) ? -1 : value
            } else {
                noteUnknown(key, known: ["apiVersion", "kind", "metadata", "spec"], in: tree)
            }
            key = tree.nodes[value].next
        }
        try check(version: version, in: tree)
        try readKind(in: tree)
        readMetadata(metadata, in: tree)
    }

    private func check(version: Int32, in tree: YAMLTree) throws(FieldErrors) {
        guard version >= 0 else {
            let missing = FieldProblem(
                "missing-field", at: tree.nodes.place(root), "missing field 'apiVersion'",
                hint: "write apiVersion: \(Manifest.apiVersion)")
            throw FieldErrors([missing] + problems)
        }
        guard tree.nodes[version].kind == .scalar, tree.nodes.text(version, is: "martlet.dev/v1") else {
            let found = YAMLValue(tree: tree, index: version).kindOfValue
            let wrong = FieldProblem(
                "unknown-version", at: tree.nodes.place(version),
                "apiVersion: expected \(Manifest.apiVersion), found \(found)",
                hint: "write apiVersion: \(Manifest.apiVersion)")
            throw FieldErrors([wrong] + problems)
        }
    }

    private mutating func readKind(in tree: YAMLTree) throws(FieldErrors) {
        guard kindNode >= 0 else {
            let missing = FieldProblem(
                "missing-field", at: tree.nodes.place(root), "missing field 'kind'",
                hint: "one of \(Self.kinds.joined(separator: ", "))")
            throw FieldErrors([missing] + problems)
        }
        if tree.nodes.text(kindNode, is: "Deployment") { return }
        guard tree.nodes[kindNode].kind == .scalar, let known = ManifestKind(rawValue: tree.nodes.text(kindNode)) else {
            let found = YAMLValue(tree: tree, index: kindNode)
            let near = found.text.flatMap { Suggestion.nearest(to: $0, in: Self.kinds) }
            let wrong = FieldProblem(
                "unknown-kind", at: tree.nodes.place(kindNode),
                "kind: expected one of \(Self.kinds.joined(separator: ", ")), found \(found.kindOfValue)",
                hint: near.map { "did you mean '\($0)'?" })
            throw FieldErrors([wrong] + problems)
        }
        kind = known
    }

    private static let kinds = ManifestKind.allCases.map(\.rawValue)

    private mutating func readMetadata(_ metadata: Int32, in tree: YAMLTree) {
        guard metadata >= 0, tree.nodes[metadata].kind == .mapping else {
            let wrong =
                metadata < 0
                ? "missing field 'metadata'"
                : "metadata: expected a mapping, found \(YAMLValue(tree: tree, index: metadata).kindOfValue)"
            note(
                metadata < 0 ? "missing-field" : "wrong-type", metadata < 0 ? root : metadata, wrong,
                hint: "write metadata: {name: NAME}", in: tree)
            return
        }
        var key = tree.nodes[metadata].first
        while key >= 0 {
            let value = tree.nodes[key].next
            if tree.nodes.text(key, is: "name") {
                nameNode = value
            } else if tree.nodes.text(key, is: "labels") {
                checkLabels(value, in: tree)
            } else {
                noteUnknown(key, known: ["name", "labels"], in: tree)
            }
            key = tree.nodes[value].next
        }
        readName(metadata, in: tree)
    }

    private mutating func readName(_ metadata: Int32, in tree: YAMLTree) {
        guard nameNode >= 0, !tree.nodes.isNull(nameNode) else {
            note("missing-field", metadata, "metadata: missing field 'name'", hint: ManifestName.rule, in: tree)
            return
        }
        let value = YAMLValue(tree: tree, index: nameNode)
        guard let text = value.text, ManifestName.isValid(text), kind != .environment || !text.contains("/") else {
            note(
                "invalid-name", nameNode, "metadata.name: expected a name, found \(value.kindOfValue)",
                hint: kind == .environment ? "an environment is one folder: no '/'" : ManifestName.rule, in: tree)
            return
        }
        if kind == .model, !ManifestPath.isDeployable(text) {
            note(
                "reserved-name", nameNode,
                "metadata.name: '\(text)' cannot be deployed: environments/ENV/\(text).yaml is another file",
                hint: "choose another name", in: tree)
        }
        name = text
    }

    private mutating func checkLabels(_ labels: Int32, in tree: YAMLTree) {
        if tree.nodes.isNull(labels) { return }
        guard tree.nodes[labels].kind == .mapping else {
            let found = YAMLValue(tree: tree, index: labels).kindOfValue
            note("wrong-type", labels, "labels: expected a mapping, found \(found)", hint: nil, in: tree)
            return
        }
        var key = tree.nodes[labels].first
        while key >= 0 {
            let value = tree.nodes[key].next
            if tree.nodes[value].kind != .scalar {
                note(
                    "wrong-type", value, "labels: expected text for '\(Excerpt.line(tree.nodes.text(key)))'", hint: nil,
                    in: tree)
            }
            key = tree.nodes[value].next
        }
    }

    private mutating func noteUnknown(_ key: Int32, known: [String], in tree: YAMLTree) {
        let name = tree.nodes.text(key)
        let near = Suggestion.nearest(to: name, in: known).map { "did you mean '\($0)'?" }
        let hint = near ?? "known fields: \(known.joined(separator: ", "))"
        note("unknown-field", key, "unknown field '\(Excerpt.line(name))'", hint: hint, in: tree)
    }

    private mutating func note(_ code: String, _ node: Int32, _ message: String, hint: String?, in tree: YAMLTree) {
        problems.append(FieldProblem(code, at: tree.nodes.place(node), message, hint: hint))
    }
}
