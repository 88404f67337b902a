import Domain

/// Environments whose file is gone while deployments of them stay: what the file said last counts, as where it cannot be read. Whoever
/// removes an environment removes its deployments, too; one that is left over would go on running, watched by nobody.
extension SnapshotBuilder {
    /// What an older snapshot knows of such environments.
    struct KnownGone {
        fileprivate let revision: ObjectID
        fileprivate let names: Set<String>

        init(_ old: borrowing Snapshot) {
            revision = old.revision
            names = old.namesWithoutFile
        }
    }

    /// The snapshot with the last valid settings of those environments.
    ///
    /// - Parameter known: Of the snapshot that this one was made from: what it says is not looked up again.
    /// - Returns: Also the environments that are no more, now that the last of their deployments went, too.
    func keepGone(_ snapshot: consuming Snapshot, _ known: KnownGone? = nil) async throws -> (
        Snapshot, ended: Set<String>
    ) {
        let revision = snapshot.revision
        let ended = snapshot.environments.keys.filter { snapshot.deployments[$0] == nil && snapshot.isFileGone(of: $0) }
        let names = snapshot.namesWithoutFile
        guard !ended.isEmpty || !names.isEmpty else { return (snapshot, []) }
        let language = language
        let found = try await store.read { reader in
            try names.sorted().map { name in
                let start = known.flatMap { $0.names.contains(name) ? $0.revision : nil }
                return (name, try reader.lastSettings(of: name, at: revision, since: start, language))
            }
        }
        var edit = SnapshotEdit(snapshot)
        for name in ended { edit.drop(name) }
        for (name, settings) in found {
            if case .asKnown = settings { continue }
            edit.drop(name)
            guard case .said(let file) = settings else { continue }
            edit.mend(file)
            edit.snapshot.diagnostics[file.place.path] = [.goneEnvironment(name)]
        }
        return (edit.snapshot, Set(ended))
    }
}

extension Snapshot {
    /// Those that deployments stand in and that have no file now.
    fileprivate var namesWithoutFile: Set<String> {
        Set(deployments.keys.filter { environments[$0] == nil || isFileGone(of: $0) })
    }

    fileprivate func isFileGone(of environment: String) -> Bool {
        guard let entry = environments[environment], entry.isBroken else { return false }
        return diagnostics[Self.file(ofEnvironment: environment)]?.contains { $0.code == Diagnostic.gone } ?? false
    }

    fileprivate static func file(ofEnvironment name: String) -> String { "environments/\(name)/environment.yaml" }
}

extension SnapshotEdit {
    fileprivate mutating func drop(_ environment: String) {
        let path = Snapshot.file(ofEnvironment: environment)
        snapshot.environments[environment] = nil
        if snapshot.diagnostics[path]?.contains(where: { $0.code == Diagnostic.gone }) ?? false {
            snapshot.diagnostics[path] = nil
        }
    }
}

private enum LastSettings: Sendable {
    case asKnown
    case said(ParsedFile)
    case nothing
}

extension ObjectReader {
    /// What an environment's file said last, where its folder has been there ever since.
    ///
    /// - Parameter start: Where that was looked up before.
    fileprivate func lastSettings(
        of environment: String, at revision: ObjectID, since start: ObjectID?, _ language: any ManifestLanguage
    ) throws -> LastSettings {
        guard let place = ManifestPlace(path: Snapshot.file(ofEnvironment: environment)) else { return .nothing }
        var last: ObjectID?
        var isKnown = false
        try content(of: place.path, from: revision) { commit in
            isKnown = commit.id == start
            guard !isKnown, try isFolder(place, at: commit) else { return false }
            if try entry(at: place.path, in: commit.tree) != nil { last = commit.id }
            return last == nil
        }
        if isKnown { return .asKnown }
        let file = try last.flatMap { try ParsedFile.lastValid(place, before: $0, self, language) }
        return file.map { .said($0) } ?? .nothing
    }
}

extension Diagnostic {
    fileprivate static let gone = "gone"

    /// Deployments stand in an environment that no file describes any more.
    static func goneEnvironment(_ name: String) -> Diagnostic {
        Diagnostic(
            file: Snapshot.file(ofEnvironment: name), code: gone,
            message: "there is no such file, and deployments stand beside where it belongs",
            hint: "bring it back, or remove them in the same commit")
    }
}
