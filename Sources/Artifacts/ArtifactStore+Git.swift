import Domain

extension ArtifactStore {
    /// What lies at `place` in Git, or what a pointer there or beside it stands for; `nil` where there is neither.
    func resolve(_ place: String, _ expected: Expectation, of files: RepositoryFiles) async throws -> Artifact? {
        switch try await files.entry(place) {
        case .file(let id): return try await file(place, id, expected, of: files)
        case .folder(let id): return try await folder(place, id, expected, of: files)
        case .other:
            throw ArtifactFailure(.invalid, "\(place) is a symbolic link or submodule; put the file itself there")
        case nil:
            guard case .file(let id) = try await files.entry(place + ".dvc") else {
                return try await resolveOutput(place, expected, of: files)
            }
            return try await file(place + ".dvc", id, expected, of: files)
        }
    }

    /// A file in Git: its bytes, or what the pointer in it stands for.
    private func file(
        _ place: String, _ id: ObjectID?, _ expected: Expectation, of files: RepositoryFiles
    ) async throws -> Artifact {
        if let id, let known = try await recall(.git(id, at: place), expected) { return known }
        guard let content = try await files.blob(place) else {
            throw ArtifactFailure(.notYet, "\(place) is in Git's tree, but its bytes are not; run 'git fetch'")
        }
        let artifact: Artifact
        if place.hasSuffix(".dvc") {
            artifact = try await resolveDVC(content, at: place, expected, of: files)
        } else if case .bytes(let bytes) = content, let pointer = try LFSPointer(bytes, at: place) {
            artifact = try await resolve(pointer, expected, of: files)
        } else {
            let source: ArtifactSource =
                switch content {
                case .bytes(let bytes): .bytes(bytes)
                case .file(let path, _): .file(path)
                }
            artifact = try await OwnThread.run { try cache.admit(source, expected) }
        }
        if let id { try await OwnThread.run { cache.remember(artifact, as: .git(id, at: place)) } }
        return artifact
    }

    /// A folder in Git, such as a SavedModel. Each of its files may be a pointer; files that speak to Git alone are no part of it.
    private func folder(
        _ place: String, _ id: ObjectID?, _ expected: Expectation, of files: RepositoryFiles
    ) async throws -> Artifact {
        if let id, let known = try await recall(.git(id, at: place), expected) { return known }
        var found: [(path: String, artifact: Artifact)] = []
        for path in try await files.list(place) where !Self.isForGit(path) {
            guard RelativePath.isSafe(path) else {
                throw ArtifactFailure(.invalid, "\(place): '\(RelativePath.shown(path))' is no plain path")
            }
            let whole = "\(place)/\(path)"
            let entry = try await files.entry(whole)
            guard case .file(let blob) = entry else { throw ArtifactFailure(.invalid, "\(whole) is no file") }
            let artifact = try await file(whole, blob, Expectation(place: whole), of: files)
            guard !artifact.isFolder else {
                throw ArtifactFailure(
                    .unsupported, "\(whole) stands for a folder inside a folder; name it as the path itself")
            }
            found.append((path.hasSuffix(".dvc") ? String(path.dropLast(4)) : path, artifact))
        }
        let collected = found
        let artifact = try await OwnThread.run { try cache.admitFolder(collected, expected) }
        if let id { try await OwnThread.run { cache.remember(artifact, as: .git(id, at: place)) } }
        return artifact
    }

    /// `.gitignore` (DVC writes one beside its pointers), `.gitattributes`, `.gitkeep`.
    private static func isForGit(_ path: String) -> Bool {
        path.pathParts().last.map { [".gitignore", ".gitattributes", ".gitkeep"].contains($0) } ?? false
    }

    /// What is kept under another name. Throws where that is not what the pointer promises.
    func recall(_ key: CacheKey, _ expected: Expectation) async throws -> Artifact? {
        guard let known = try await OwnThread.run({ cache.recall(key) }) else { return nil }
        if !known.isFolder { try expected.checkSize(known.size, in: "it") }
        if let digest = expected.digest, digest != known.digest {
            throw ArtifactFailure(.digestMismatch, "\(expected.place): expected \(digest), it is \(known.digest)")
        }
        return known
    }

    private func resolve(
        _ pointer: LFSPointer, _ expected: Expectation, of files: RepositoryFiles
    ) async throws -> Artifact {
        let place = expected.place
        if let digest = expected.digest, digest != pointer.digest {
            throw ArtifactFailure(
                .digestMismatch, "\(place): expected \(digest), but its Git LFS pointer names \(pointer.digest)")
        }
        try expected.checkSize(pointer.size, in: "its Git LFS pointer")
        let exact = Expectation(digest: pointer.digest, size: pointer.size, isOutside: true, place: place)
        return try await OwnThread.run {
            if let found = cache.find(pointer.digest) {
                // The digest decides what the bytes are: then the pointer's size is wrong.
                try Expectation(size: pointer.size, place: place).checkSize(found.size, in: "the file of its digest")
                return found
            }
            // An empty file is its own pointer, and kept nowhere.
            if pointer.size == 0 { return try cache.admit(.bytes([]), exact) }
            let candidates = files.lfsFolders.map { "\($0)/\(pointer.path)" }
            let (artifact, failure) = try whole(of: candidates, exact)
            if let artifact { return artifact }
            throw failure
                ?? ArtifactFailure(
                    .notYet,
                    "\(place) is a Git LFS pointer to \(pointer.digest) (\(pointer.size) bytes), which is not in "
                        + "\(list(files.lfsFolders)); \(files.lfsAdvice)")
        }
    }

    /// The first of several copies that is what it must be; else what is wrong with the last that is there.
    func whole(of paths: [String], _ expected: Expectation) throws -> (Artifact?, ArtifactFailure?) {
        var failure: ArtifactFailure?
        for (number, path) in paths.enumerated()
        where paths.firstIndex(of: path) == number && LocalFile(reading: path) != nil {
            do {
                return (try cache.admit(.file(path), expected), nil)
            } catch let other as ArtifactFailure where other.mayChange {
                failure = other
            }
        }
        return (nil, failure)
    }

    func list(_ places: [String]) -> String {
        guard !places.isEmpty else { return "any store of this machine" }
        return places.enumerated().filter { places.firstIndex(of: $1) == $0 }.map(\.element).joined(separator: ", ")
    }
}
