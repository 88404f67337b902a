import Domain

/// Turns the documents of one file into manifests and diagnostics.
struct DocumentReading {
    private let tree: YAMLTree
    private let path: String
    private let home: (kind: String, name: String, environment: String?)?
    private var documents: [NamedManifest] = []
    private var problems: [FieldProblem] = []
    private var emptyDocuments = 0

    init(tree: YAMLTree, path: String) {
        self.tree = tree
        self.path = path
        home = ManifestPath.kind(of: path)
    }

    mutating func read(_ document: YAMLTree.Document) {
        problems += document.problems
        guard document.root >= 0, !document.isDamaged else { return }
        if tree.nodes.isNull(document.root) {
            emptyDocuments += 1
            return
        }
        do throws(FieldErrors) {
            let header = try DocumentHeader(tree, root: document.root)
            var found = header.problems + misplaced(header)
            do throws(FieldErrors) {
                let manifest = try manifest(header)
                if let deployment = manifest.deployment, home != nil, !header.name.isEmpty,
                    deployment.model != header.name
                {
                    found.append(modelMismatch(deployment, header))
                }
                guard found.isEmpty, document.problems.isEmpty else { return problems += found }
                documents.append(
                    NamedManifest(name: header.name, manifest: manifest, place: tree.nodes.place(document.root)))
            } catch {
                problems += found + error.problems
            }
        } catch {
            problems += error.problems
        }
    }

    consuming func finish() -> ManifestFile {
        if documents.isEmpty, problems.isEmpty {
            problems.append(
                FieldProblem(
                    "empty-file", at: Place(line: 1, column: 1), "the file holds no manifest",
                    hint: "start with apiVersion: \(Manifest.apiVersion)"))
        }
        if documents.count > 1 { noteRepeated() }
        guard !problems.isEmpty else { return ManifestFile(documents: documents, diagnostics: []) }
        problems.sort { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
        let limit = YAMLManifests.diagnosticLimit
        var diagnostics = problems.prefix(limit).map { Diagnostic(file: path, $0) }
        if problems.count > limit {
            diagnostics.append(
                Diagnostic(
                    file: path, place: problems[limit].place, code: "more",
                    message: "\(problems.count - limit) more problems from here on"))
        }
        return partial(ManifestFile(documents: documents, diagnostics: diagnostics))
    }

    // MARK: One document

    private func manifest(_ header: DocumentHeader) throws(FieldErrors) -> Manifest {
        if header.kind == .deployment, let deployment = tree.nodes.plainDeployment(at: header.spec) {
            return .deployment(deployment)
        }
        guard header.spec >= 0 else {
            return try header.kind.read(ManifestTree(.mapping([]), at: tree.nodes.place(header.root)))
        }
        return try header.kind.read(YAMLValue(tree: tree, index: header.spec))
    }

    /// The file with what can be read of documents that have mistakes.
    private func partial(_ file: ManifestFile) -> ManifestFile {
        var file = file, schemas: [ManifestKind: JSON] = [:]
        for document in tree.documents where document.root >= 0 && !document.isDamaged {
            guard let header = try? DocumentHeader(tree, root: document.root), header.spec >= 0 else { continue }
            do throws(FieldErrors) { file.partial.append(try manifest(header)) } catch {
                if let manifest = error.partial.flatMap({ Manifest($0) }) { file.partial.append(manifest) }
            }
            let schema = schemas[header.kind] ?? header.kind.specSchema
            schemas[header.kind] = schema
            file.mentions += PluginMention.all(in: YAMLValue(tree: tree, index: header.spec), schema)
        }
        return file
    }

    /// Compares kind and name with what the path says.
    private func misplaced(_ header: DocumentHeader) -> [FieldProblem] {
        guard let home else { return [] }
        let kind = header.kind.rawValue
        guard kind == home.kind || kind == Schema.kind && home.kind == Model.kind else {
            let right = ManifestPath.path(
                ofKind: kind, name: header.name.isEmpty ? "NAME" : header.name, environment: home.environment ?? "ENV")
            return [
                FieldProblem(
                    "misplaced-kind", at: tree.nodes.place(header.kindNode),
                    "expected kind \(home.kind) in \(path), found \(kind)", hint: right.map { "move it to \($0)" })
            ]
        }
        // A name that is missing or none is told already.
        guard home.kind != RepositorySettings.kind, !header.name.isEmpty, header.name != home.name else { return [] }
        return [
            FieldProblem(
                "name-mismatch", at: tree.nodes.place(header.nameNode),
                "the path says '\(home.name)', metadata.name says '\(header.name)'",
                hint: "write name: \(home.name), or move the file")
        ]
    }

    private func modelMismatch(_ deployment: Deployment, _ header: DocumentHeader) -> FieldProblem {
        FieldProblem(
            "name-mismatch", at: tree.nodes.place(max(tree.member("model", of: header.spec), header.root)),
            "model: a deployment is called like its model: '\(header.name)', found '\(deployment.model)'",
            hint: "write model: \(header.name), or rename the file and metadata.name")
    }

    /// A kind and name may come once in a file.
    private mutating func noteRepeated() {
        var seen: [String: Place] = [:]
        for document in documents {
            let key = "\(document.manifest.kind) '\(document.name)'"
            if let first = seen[key] {
                problems.append(
                    FieldProblem(
                        "duplicate-document", at: document.place, "\(key) is described twice in this file",
                        hint: "the first is on line \(first.line); remove one"))
            } else {
                seen[key] = document.place
            }
        }
    }
}

extension Manifest {
    fileprivate var deployment: Deployment? { if case .deployment(let deployment) = self { deployment } else { nil } }
}
