import Domain
import Glibc

extension ModelFolder {
    /// Copies an artifact into a version's folder, syncs it, and reads back what is on disk: only that is proof.
    func copy(_ artifact: Artifact, to draft: String, _ place: String) throws(TargetFailure) -> [StoredVersion.File] {
        var sources: [(from: String, to: String)] = []
        if artifact.isFolder {
            let (files, others) = FileTree.walk(artifact.path)
            if let other = others.first {
                throw TargetFailure("\(artifact.path)/\(other) is no file; it cannot be deployed")
            }
            for file in files { sources.append(("\(artifact.path)/\(file.path)", join(place, file.path))) }
        } else {
            sources = [(artifact.path, place)]
        }
        var folders: Set<ExactText> = [ExactText("")]
        for source in sources {
            var folder = ""
            for part in source.to.pathParts().dropLast() {
                folder = join(folder, String(part))
                if folders.insert(ExactText(folder)).inserted { try FileTree.makeFolder("\(draft)/\(folder)") }
            }
            try FileTree.copy(source.from, to: "\(draft)/\(source.to)")
        }
        for folder in folders { FileTree.sync(join(draft, folder.text)) }
        return try verified(draft, place, artifact)
    }

    private func verified(
        _ draft: String, _ place: String, _ artifact: Artifact
    ) throws(TargetFailure) -> [StoredVersion.File] {
        var files: [StoredVersion.File] = []
        for file in FileTree.walk(draft).files {
            let digest = try FileTree.digest(of: "\(draft)/\(file.path)")
            files.append(
                StoredVersion.File(
                    path: file.path, digest: digest, size: file.size, changed: file.changed, altered: file.altered,
                    mode: file.mode))
        }
        let prefix = place.isEmpty ? 0 : place.utf8.count + 1
        let whole =
            artifact.isFolder
            ? FolderDigest.of(
                files.map { (String(decoding: $0.path.utf8.dropFirst(prefix), as: UTF8.self), $0.digest) })
            : files.first?.digest
        guard let whole, whole == artifact.digest else {
            throw TargetFailure(
                "\(artifact.path) is \(whole?.description ?? "empty"), not \(artifact.digest); it was not deployed, and "
                    + "is taken out of the cache, so that it is fetched anew", remedy: .retry, blamed: artifact)
        }
        return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : name.isEmpty ? folder : "\(folder)/\(name)"
    }
}

extension StoredVersion {
    /// Whether the artifact lies where the layout wants it now: the target's settings may have changed.
    func isAt(_ place: String) -> Bool {
        place.isEmpty || files.allSatisfy { $0.path == place || $0.path.hasPrefix(place + "/") }
    }
}
