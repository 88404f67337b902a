import Domain
import Glibc

/// The order of the steps is what makes dying harmless: files first, then the record of them, then their name, and last the one step
/// that serves them. Each may be done again.
extension ModelFolder {
    func put(_ artifact: Artifact, _ release: Release) throws(TargetFailure) {
        if let obstacle { throw TargetFailure(obstacle) }
        try makeRoot()
        try DirectoryLock.hold(root, name) { () throws(TargetFailure) in
            sweep()
            let record = try ownRecord()
            let new = way.filter { FileTree.kind(of: $0) == nil }
            do throws(TargetFailure) {
                // Between two folders on the way, a removal beside could take the first.
                try DirectoryLock.hold(root) { () throws(TargetFailure) in
                    for path in way { try FileTree.makeFolder(path) }
                }
                try putAlone(artifact, release, record)
            } catch {
                // On a full disk, half a model would keep everything else from being written.
                sweep()
                try? removeEmpty(new)
                throw error
            }
        }
    }

    /// What Martlet has written of the model before. Throws where the folder is somebody else's.
    private func ownRecord() throws(TargetFailure) -> DeploymentRecord {
        let record = DeploymentRecord(in: folder)
        if record == nil, let stranger = layout.stranger(in: folder) {
            throw TargetFailure("\(stranger) was not written by Martlet, which therefore leaves it alone; move it away")
        }
        if let record, record.model != model {
            throw TargetFailure("\(folder) belongs to the model \(record.model); rename one of the two")
        }
        return record ?? DeploymentRecord(model: model)
    }

    private func putAlone(
        _ artifact: Artifact, _ release: Release, _ old: DeploymentRecord
    ) throws(TargetFailure) {
        var record = old
        let served = layout.served(in: folder)
        var (version, draft) = try prepare(artifact, release, record)
        version.revision = release.pin.revision.description
        version.label = release.pin.label
        let others = record.versions.filter { $0.number != version.number }
        // What is served stays until something else is, even where only one version is kept.
        let kept = others.filter { String($0.number) == served } + others.filter { String($0.number) != served }
        let room = max(keep - 1, 1)
        for old in kept.dropFirst(room) { discard(old) }
        let stay = Set(kept.prefix(room).map(\.number))
        record.versions = [version] + others.filter { stay.contains($0.number) }
        try write(record)
        try name(version, draft)
        try layout.serve(version.number, format: release.format, in: folder)
        FileTree.sync(versions)
        FileTree.sync(folder)
        if let draft { FileTree.remove(draft) }
        if keep == 1 { try forgetOthers(record, version) }
    }

    private func makeRoot() throws(TargetFailure) {
        var above = ""
        for part in root.pathParts() {
            above += "/" + part
            if mkdir(above, 0o755) != 0, errno != EEXIST {
                throw TargetFailure(system: "cannot make the folder \(above)")
            }
        }
    }

    /// The version with whole files: either they are there, or they are in the draft whose path is given.
    private func prepare(
        _ artifact: Artifact, _ release: Release, _ record: DeploymentRecord
    ) throws(TargetFailure) -> (StoredVersion, draft: String?) {
        let known = record.versions.first { $0.digest == artifact.digest }
        let place = try layout.place(isFolder: artifact.isFolder, format: release.format)
        if let known, let path = self.place(of: known), damage(of: known, at: path, readAll: alwaysRead) == nil,
            known.isAt(place)
        {
            return (known, nil)
        }
        var number = known?.number ?? max(1, release.number)
        while known == nil, isTaken(number, record) { number = number == .max ? 1 : number + 1 }
        let draft = "\(versions)/\(Self.draftPrefix)\(getpid())-\(UInt32.random(in: 0 ... .max))"
        do throws(TargetFailure) {
            try FileTree.makeFolder(draft)
            let files = try copy(artifact, to: draft, place)
            return (
                StoredVersion(number: number, revision: "", label: "", digest: artifact.digest, files: files), draft
            )
        } catch {
            // The draft has another name each time, and the same reason must have the same words.
            throw error.naming(layout.path(of: number, in: folder), insteadOf: draft)
        }
    }

    /// Whether another version has the number, or something lies there that no record names; what is served without one is Martlet's.
    private func isTaken(_ number: Int, _ record: DeploymentRecord) -> Bool {
        if record.versions.contains(where: { $0.number == number }) { return true }
        if record.versions.isEmpty, String(number) == layout.served(in: folder) { return false }
        return [layout.path(of: number, in: folder), "\(versions)/\(layout.resting(number))"].contains { path in
            FileTree.kind(of: path) != nil
        }
    }

    func write(_ record: DeploymentRecord) throws(TargetFailure) {
        try FileTree.replace(
            "\(folder)/\(DeploymentRecord.name)", with: record.bytes, draft: "\(folder)/\(Self.draftPrefix)record")
    }

    /// Gives the files the name from which they are served.
    private func name(_ version: StoredVersion, _ draft: String?) throws(TargetFailure) {
        let path = path(of: version)
        let resting = "\(versions)/\(layout.resting(version.number))"
        if let draft {
            if rename(draft, path) != 0 {
                guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else {
                    throw TargetFailure(system: "cannot put version \(version.number) into \(folder)")
                }
                try FileTree.exchange(draft, with: path)
            }
            if resting != path { FileTree.remove(resting) }
        } else if FileTree.kind(of: path) == nil {
            guard rename(resting, path) == 0 else {
                throw TargetFailure(system: "cannot bring back version \(version.number) in \(folder)")
            }
        }
        FileTree.sync(versions)
    }

    private func forgetOthers(_ record: DeploymentRecord, _ version: StoredVersion) throws(TargetFailure) {
        for old in record.versions where old.number != version.number { discard(old) }
        var record = record
        record.versions = [version]
        try write(record)
    }

    /// Removes a version that is not served: first its name, then its files.
    private func discard(_ version: StoredVersion) {
        for path in setAside(version) { FileTree.remove(path) }
    }
}
