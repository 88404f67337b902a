import Domain

/// Environments whose file is gone while deployments of them stay: what the file said last counts, as where it cannot be read. Whoever
/// removes an environment removes its deployments, too; one that is left over would go on running, watched by nobody.
extension SnapshotBuilder {
    /// What an older snapshot knows of such environments.
    struct KnownGone {
        fileprivate let revision: ObjectID
        fileprivate let names: Set<String>
        /// Those of which it could not be read what their file said last.
        let unread: Set<String>

        init(_ old: borrowing Snapshot) {
            revision = old.revision
            let without = old.namesWithoutFile
            unread = without.filter { old.environments[$0] == nil && old.saysFileIsGone(of: $0) }
            names = without.subtracting(unread)
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
        let unread = (known?.unread ?? []).filter { snapshot.saysFileIsGone(of: $0) }
        guard !ended.isEmpty || !names.isEmpty || !unread.isEmpty else { return (snapshot, []) }
        let language = language
        let found = try await store.read { reader in
            names.sorted().map { name in
                let start = known.flatMap { $0.names.contains(name) ? $0.revision : nil }
                return (name, reader.lastSettings(of: name, at: revision, since: start, language))
            }
        }
        var edit = SnapshotEdit(snapshot)
        for name in unread.union(ended) { edit.drop(name) }
        for (name, settings) in found {
            if case .asKnown = settings { continue }
            edit.drop(name)
            if case .nothing = settings { continue }
            if case .said(let file) = settings { edit.mend(file) }
            edit.snapshot.diagnostics[Snapshot.file(ofEnvironment: name)] = [.goneEnvironment(name)]
        }
        return (edit.snapshot, Set(ended))
    }
}

extension Snapshot {
    /// Those that deployments stand in and that have no file now.
    fileprivate var namesWithoutFile: Set<String> {
        Set(
            deployments.keys.filter { name in
                guard environments[name] == nil else { return isFileGone(of: name) }
                // Else its file is there, and never was valid.
                return saysFileIsGone(of: name) || diagnostics[Self.file(ofEnvironment: name)]?.isEmpty ?? true
            })
    }

    fileprivate func isFileGone(of environment: String) -> Bool {
        guard let entry = environments[environment], entry.isBroken else { return false }
        return saysFileIsGone(of: environment)
    }

    fileprivate func saysFileIsGone(of environment: String) -> Bool {
        diagnostics[Self.file(ofEnvironment: environment)]?.contains { $0.code == Diagnostic.gone } ?? false
    }
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
    /// A commit on the way cannot be read, or the way is too long.
    case unread
}

extension ObjectReader {
    /// What an environment's file said last, where its folder has been there ever since, among the last 1,000 commits.
    ///
    /// - Parameter start: Where that was looked up before.
    fileprivate func lastSettings(
        of environment: String, at revision: ObjectID, since start: ObjectID?, _ language: any ManifestLanguage
    ) -> LastSettings {
        guard let place = ManifestPlace(path: Snapshot.file(ofEnvironment: environment)) else { return .nothing }
        var last: ObjectID?
        var isKnown = false, left = 1000
        do {
            try content(of: place.path, from: revision) { commit in
                left -= 1
                isKnown = commit.id == start
                guard !isKnown, left > 0 else { return false }
                let present: TreeEntry?
                do {
                    guard try isFolder(place, at: commit) else { return false }
                    present = try entry(at: place.path, in: commit.tree)
                } catch {
                    // What lay there nobody knows; what lay there before may be known.
                    return true
                }
                if present != nil { last = commit.id }
                return last == nil
            }
        } catch { return start == nil ? .unread : .asKnown }
        if isKnown { return .asKnown }
        // Whatever it said, it said it longer ago: that is told, too.
        if last == nil, left <= 0 { return start == nil ? .unread : .asKnown }
        let file = last.flatMap { try? ParsedFile.lastValid(place, before: $0, self, language) }
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
