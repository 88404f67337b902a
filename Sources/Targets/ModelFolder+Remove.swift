import Domain
import Glibc

/// Only what the record names goes: anything else in the folder is somebody else's.
extension ModelFolder {
    /// Removes the versions that are recorded, what serves them and the record, and the folders that are empty then.
    ///
    /// Without a record, what lies there may be anybody's: where nothing of Martlet's is known to have run there, it is passed over.
    func takeAway(_ release: Release) throws(TargetFailure) {
        if let obstacle { throw TargetFailure(obstacle) }
        guard FileTree.kind(of: folder) != nil else { return }
        try DirectoryLock.hold(root, name) { () throws(TargetFailure) in
            let wasWriting = sweep()
            if let record = DeploymentRecord(in: folder) {
                guard record.model == model else { return }
                try takeAway(record)
            } else {
                let stranger = layout.stranger(in: folder)
                guard stranger == nil ? layout.served(in: folder) == nil : !release.ranBefore else {
                    throw TargetFailure(
                        "\(folder)/\(DeploymentRecord.name) is missing or is not Martlet's, so nothing says what of "
                            + "\(folder) may go: it stays and may go on being served; remove it by hand"
                            + (stranger == nil
                                ? ""
                                : ", or, if it is not Martlet's, write {\"model\": \"\", \"versions\": []} into that file")
                    )
                }
                guard wasWriting else { return }
            }
            try removeEmpty(way)
            FileTree.sync(root)
        }
    }

    /// The record goes last: who finds it after a death goes on with the rest.
    private func takeAway(_ record: DeploymentRecord) throws(TargetFailure) {
        if layout.stranger(in: folder) == nil { layout.takeAway(folder) }
        // The greatest last: where that is served, no other is meanwhile.
        for version in record.versions.sorted(by: { $0.number < $1.number }) {
            setAside(version)
            if let path = place(of: version) { throw TargetFailure(system: "cannot remove \(path)", code: EACCES) }
        }
        FileTree.sync(versions)
        sweep()
        if let left = FileTree.names(in: versions).first(where: { $0.hasPrefix(Self.draftPrefix) }) {
            throw TargetFailure(system: "cannot remove \(versions)/\(left)", code: EACCES)
        }
        unlink("\(folder)/\(DeploymentRecord.name)")
    }

    /// Removes those of the folders, each below the one before it, that hold nothing.
    func removeEmpty(_ folders: [String]) throws(TargetFailure) {
        try DirectoryLock.hold(root) { () throws(TargetFailure) in
            for path in folders.reversed() { rmdir(path) }
        }
    }

    /// Takes a version's name away, so that nobody reads it any more. Returns where its files are then.
    @discardableResult func setAside(_ version: StoredVersion) -> [String] {
        [path(of: version), "\(versions)/\(layout.resting(version.number))"].compactMap { path in
            let doomed = "\(versions)/\(Self.draftPrefix)old-\(version.number)"
            FileTree.remove(doomed)
            return rename(path, doomed) == 0 ? doomed : nil
        }
    }

    /// Removes what a run that did not come to its end has left, and says whether there was anything. The folder is locked: nobody else writes.
    @discardableResult func sweep() -> Bool {
        var found = false
        for place in Set([folder, versions]) {
            for name in FileTree.names(in: place) where name.hasPrefix(Self.draftPrefix) {
                FileTree.remove("\(place)/\(name)")
                found = true
            }
        }
        return found
    }
}
