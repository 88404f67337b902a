import Domain

/// Whether the commits that deployments name are there, belong to the branch's history and have the model.
struct PinValidation {
    let language: any ManifestLanguage
    /// Reads a file, to find a place in it.
    let bytes: (_ path: String) -> [UInt8]?

    /// - Parameter tip: The commit in whose history they must lie, where that is known: a controller fetches nothing else.
    func diagnostics(_ snapshot: Snapshot, in tip: ObjectID?, _ reader: any ObjectReader) -> [Diagnostic] {
        var known: [VersionName: String?] = [:]
        var diagnostics: [Diagnostic] = []
        for (environment, deployments) in snapshot.deployments {
            for index in deployments.indices {
                guard let revision = deployments.values[index].value.pin?.revision else { continue }
                let model = deployments.keys[index], name = VersionName(model: model, revision: revision)
                let problem: String?
                if let answer = known[name] {
                    problem = answer
                } else {
                    problem = Self.problem(of: name, in: tip, reader)
                    known[name] = .some(problem)
                }
                guard let problem else { continue }
                diagnostics.append(diagnostic(Snapshot.path(ofDeployment: model, in: environment), model, problem))
            }
        }
        return diagnostics
    }

    private func diagnostic(_ path: String, _ model: String, _ problem: String) -> Diagnostic {
        let place = bytes(path).flatMap { language.place(of: ["spec", "revision"], in: $0, path: path) }
        return Diagnostic(
            file: path, place: place ?? Place(line: 1, column: 1), code: "dangling-revision", message: problem,
            hint: "git log models/\(model) lists the commits of its versions")
    }

    private static func problem(of name: VersionName, in tip: ObjectID?, _ reader: any ObjectReader) -> String? {
        guard reader.has(name.revision) else { return "spec.revision: there is no commit \(name.revision)" }
        let manifest: TreeEntry?
        do {
            manifest = try reader.entry(
                at: "models/\(name.model)/model.yaml", in: reader.rootTree(of: name.revision))
        } catch {
            return "spec.revision: the commit \(name.revision.short) cannot be read: \(error)"
        }
        guard let manifest, manifest.mode != .tree else {
            return "spec.revision: the commit \(name.revision.short) has no models/\(name.model)/model.yaml"
        }
        // Where history is cut off, as in a shallow clone, nobody can tell.
        if let tip, (try? reader.reaches(name.revision, from: tip)) == false {
            return
                "spec.revision: the commit \(name.revision.short) is not in this branch's history, so no controller has it"
        }
        return nil
    }
}
