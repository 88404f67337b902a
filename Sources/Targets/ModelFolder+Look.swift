import Domain
import Glibc

extension ModelFolder {
    /// What the directory holds of the model, found by looking at it.
    func look(for release: Release) throws(TargetFailure) -> Running {
        if let obstacle { return .other(obstacle) }
        guard access(root, R_OK | X_OK) == 0 || errno == ENOENT else {
            throw TargetFailure(system: "cannot read \(root)")
        }
        let record = DeploymentRecord(in: folder)
        guard let served = layout.served(in: folder) else {
            return record == nil ? .nothing : .other("\(folder) keeps versions, but none of them is served")
        }
        guard let record else {
            return .other("\(folder)/\(DeploymentRecord.name) is missing or is not Martlet's")
        }
        guard record.model == model else { return .other("\(folder) belongs to the model \(record.model)") }
        guard let version = record.versions.first(where: { String($0.number) == served }) else {
            let found = served.isEmpty ? "something" : "'\(served)'"
            return .other("\(folder) serves \(found) that Martlet did not put there")
        }
        if let words = difference(of: version, from: release) { return .other(words) }
        // Before its bytes are read: what is changed later has another time.
        let (files, others) = FileTree.walk(path(of: version))
        if let words = damage(of: version, at: path(of: version), files, others, readAll: alwaysRead) {
            return .other(words)
        }
        note(files, of: version, in: record)
        return .asWanted
    }

    /// What was read and is unchanged need not be read again, though somebody has touched or linked it.
    private func note(_ files: [FileTree.File], of version: StoredVersion, in record: DeploymentRecord) {
        let found = Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
        var noted = version
        for index in noted.files.indices {
            guard let file = found[noted.files[index].path] else { return }
            (noted.files[index].changed, noted.files[index].altered) = (file.changed, file.altered)
            noted.files[index].mode = noted.files[index].mode ?? file.mode
        }
        guard noted != version, let place = record.versions.firstIndex(of: version) else { return }
        // Where nothing can be written it is read again.
        try? DirectoryLock.hold(root, name) { () throws(TargetFailure) in
            // Whoever holds the lease by now may have written meanwhile.
            guard var newest = DeploymentRecord(in: folder), newest == record else { return }
            newest.versions[place] = noted
            try write(newest)
        }
    }

    /// The number under which the release is served; `nil` where it is not.
    func number(of release: Release) -> Int? {
        guard let record = DeploymentRecord(in: folder), record.model == model else { return nil }
        let served = layout.served(in: folder), revision = release.pin.revision.description
        return record.versions.first { String($0.number) == served && $0.revision == revision }?.number
    }

    private func difference(of version: StoredVersion, from release: Release) -> String? {
        if let digest = release.digest, digest != version.digest {
            return "it runs \(version.label) (\(version.digest)), not \(release.pin.label) (\(digest))"
        }
        if version.revision != release.pin.revision.description {
            return "it runs \(version.label), not \(release.pin.label)"
        }
        return layout.drift(serving: version.number, format: release.format, in: folder).map { "\(folder): \($0)" }
    }

    /// How the files of a version differ from what was written; `nil` where they do not.
    func damage(of version: StoredVersion, at path: String, readAll: Bool) -> String? {
        let (files, others) = FileTree.walk(path)
        return damage(of: version, at: path, files, others, readAll: readAll)
    }

    /// - Parameters:
    ///   - files: What lies there.
    ///   - others: What lies there and is no file.
    private func damage(
        of version: StoredVersion, at path: String, _ files: [FileTree.File], _ others: [String], readAll: Bool
    ) -> String? {
        if let other = others.first { return "\(path)/\(other) is a link or a device, put there by somebody else" }
        var found = Dictionary(files.map { (ExactText($0.path), $0) }) { first, _ in first }
        for expected in version.files {
            guard let file = found.removeValue(forKey: ExactText(expected.path)) else {
                return "\(path)/\(expected.path) is missing"
            }
            if file.size != expected.size { return "\(path)/\(expected.path) was changed" }
            if let mode = expected.mode, file.mode != mode {
                return "\(path)/\(expected.path) has mode \(String(file.mode, radix: 8)), not \(String(mode, radix: 8))"
            }
            let isSame = file.changed == expected.changed && file.altered == expected.altered ?? file.altered
            if !readAll, isSame { continue }
            guard let digest = try? FileTree.digest(of: "\(path)/\(expected.path)"), digest == expected.digest else {
                return "\(path)/\(expected.path) was changed"
            }
        }
        // Servers leave their own caches beside the model.
        let strange = found.keys.map(\.text).filter { path in
            !path.pathParts().contains { $0.hasPrefix(".") || $0 == "__pycache__" }
        }
        return strange.min().map { "\(path)/\($0) was added by somebody else" }
    }
}
