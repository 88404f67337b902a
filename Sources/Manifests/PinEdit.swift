import Domain

/// One edit of a deployment's pin: the fewest bytes change, and reading the result again proves that nothing else did.
struct PinEdit {
    private let bytes: [UInt8]
    private let path: String
    private let tree: YAMLTree
    private let before: ManifestFile
    /// Which of the documents it is.
    private let document: Int
    private let spec: Int32

    init(of bytes: [UInt8], path: String) throws(ManifestEditFailure) {
        self.bytes = bytes
        self.path = path
        tree = YAMLReader.tree(of: bytes)
        var reading = DocumentReading(tree: tree, path: path)
        for document in tree.documents { reading.read(document) }
        before = reading.finish()
        if let first = before.diagnostics.first {
            throw ManifestEditFailure(
                .broken, file: path, "\(first.place.line):\(first.place.column): \(first.message)")
        }
        document = try Self.deployment(among: before.documents, path: path)
        let tree = tree, place = before.documents[document].place
        let root = tree.documents.first { $0.root >= 0 && place == tree.nodes.place($0.root) }
        spec = root.map { tree.member("spec", of: $0.root) } ?? -1
    }

    /// The one deployment, or of several the one that the path names.
    private static func deployment(among documents: [NamedManifest], path: String) throws(ManifestEditFailure) -> Int {
        var found = documents.indices.filter { documents[$0].manifest.kind == Deployment.kind }
        if found.count > 1, let name = ManifestPath.kind(of: path)?.name {
            found = found.filter { documents[$0].name == name }
        }
        guard found.count == 1, let only = found.first else {
            throw ManifestEditFailure(
                .notFound, file: path,
                found.isEmpty ? "it holds no Deployment" : "it holds several Deployments, keep each in its own file")
        }
        return only
    }

    func setting(_ pin: Pin?) throws(ManifestEditFailure) -> [UInt8] {
        let fields = PinField.fields(of: pin)
        var edit = MappingEdit(tree: tree, mapping: spec)
        var splices: [Splice] = []
        var unwanted: Set<String> = []
        for (position, field) in fields.enumerated() {
            let present = tree.member(field.name, of: spec)
            let isNull = present < 0 || tree.nodes.isNull(present)
            guard let value = field.text else {
                if !isNull { unwanted.insert(field.name) }
                continue
            }
            if present < 0 {
                edit.insert(field.name, value, after: ["model"] + fields[..<position].map(\.name))
            } else if isNull || !field.isSame(tree.nodes.text(present)) {
                splices.append(edit.replacement(of: present, by: value))
            }
        }
        guard let removals = edit.removals(of: unwanted) else {
            throw unsupported("a field cannot be taken out without touching what stands beside it")
        }
        return try apply(splices + removals + edit.insertions(), pin: pin)
    }

    private func apply(_ splices: [Splice], pin: Pin?) throws(ManifestEditFailure) -> [UInt8] {
        guard !splices.isEmpty else { return bytes }
        guard var edited = Splice.apply(splices, to: bytes) else { throw unsupported("the changes overlap") }
        if !Self.endsLine(bytes) {
            // The last line went, and what was the line before it keeps the end of the file as it was.
            if Self.endsLine(edited), edited.removeLast() == 0x0A, edited.last == 0x0D { edited.removeLast() }
        }
        try prove(edited, pin: pin)
        return edited
    }

    private static func endsLine(_ bytes: [UInt8]) -> Bool { bytes.last == 0x0A || bytes.last == 0x0D }

    /// Reads the result again: the pin is the new one, and every other node of every document is the same.
    private func prove(_ edited: [UInt8], pin: Pin?) throws(ManifestEditFailure) {
        let after = YAMLReader.tree(of: edited)
        var reading = DocumentReading(tree: after, path: path)
        for document in after.documents { reading.read(document) }
        let file = reading.finish()
        guard file.diagnostics.isEmpty, file.documents.count == before.documents.count,
            case .deployment(let deployment) = file.documents[document].manifest, deployment.pin == pin
        else { throw unsupported("the result would not read as it should") }
        let names = Set(PinField.names)
        let same = YAMLComparison(tree, after, ignoring: names, in: spec)
        guard same.holds else { throw unsupported("the result would change something else") }
    }

    private func unsupported(_ message: String) -> ManifestEditFailure {
        ManifestEditFailure(
            .unsupported, file: path, message + "; write spec as one 'key: value' a line, or edit it by hand")
    }
}
