import Domain

extension ArtifactStore {
    /// What a `.dvc` file stands for, from DVC's cache or from a remote that is a folder or a web server.
    func resolveDVC(
        _ content: Content, at place: String, _ expected: Expectation, of files: RepositoryFiles
    ) async throws -> Artifact {
        guard case .bytes(let bytes) = content, bytes.count < 1 << 20 else {
            throw ArtifactFailure(.invalid, "\(place) is too large for a .dvc file")
        }
        let tree: ManifestTree
        do {
            tree = try yaml(bytes)
        } catch {
            throw ArtifactFailure(.invalid, "\(place) is no YAML: \(error)")
        }
        let pointer = try DVCPointer(tree, at: place)
        if !pointer.isFolder, let size = pointer.size, !pointer.isLegacy { try expected.checkSize(size, in: place) }
        if let known = try await recall(.dvc(pointer), expected) { return known }
        let places = try await DVCPlaces(for: pointer, of: files)
        var exact = expected
        exact.place = place
        let artifact = try await find(pointer, exact, in: places)
        try await OwnThread.run { cache.remember(artifact, as: .dvc(pointer)) }
        return artifact
    }

    private func find(_ pointer: DVCPointer, _ expected: Expectation, in places: DVCPlaces) async throws -> Artifact {
        guard pointer.isFolder else { return try await object(pointer.md5, pointer, pointer.size, expected, places) }
        let manifest = try await object(
            pointer.md5, pointer, nil, Expectation(place: expected.place), places, suffix: ".dir")
        let bytes = try await OwnThread.run { try read(manifest, at: expected.place) }
        var found: [(path: String, artifact: Artifact)] = []
        for file in try DVCFolder(bytes, at: expected.place).files {
            let inner = Expectation(place: "\(expected.place): \(file.path)")
            found.append((file.path, try await object(file.md5, pointer, nil, inner, places)))
        }
        let collected = found
        return try await OwnThread.run {
            let folder = Expectation(digest: expected.digest, place: expected.place)
            return try cache.admitFolder(collected, folder)
        }
    }

    /// One object of DVC's by its MD5.
    private func object(
        _ md5: String, _ pointer: DVCPointer, _ size: Int?, _ outer: Expectation, _ places: DVCPlaces,
        suffix: String = ""
    ) async throws -> Artifact {
        var expected = Expectation(digest: outer.digest, md5: md5, size: size ?? outer.size, place: outer.place)
        expected.isLegacy = pointer.isLegacy && suffix.isEmpty
        let exact = expected
        let key = CacheKey(scheme: pointer.isLegacy ? "dvc2" : "dvc", digits: md5 + (suffix.isEmpty ? "" : ".list"))
        if let known = try await recall(key, outer) { return known }
        let artifact = try await OwnThread.run { () -> Artifact? in
            let paths = places.paths(of: md5 + suffix)
            guard let path = paths.first(where: { LocalFile(reading: $0) != nil }) else { return nil }
            return try cache.admit(.file(path), exact)
        }
        if let artifact {
            try await OwnThread.run { cache.remember(artifact, as: key) }
            return artifact
        }
        for address in places.addresses(of: md5 + suffix) {
            do {
                return try await fetch(address, exact)
            } catch let failure as ArtifactFailure where failure.reason == .notYet {
                continue
            }
        }
        throw ArtifactFailure(
            .notYet, "\(outer.place): md5 \(md5)\(suffix) is not in \(list(places.looked)); \(places.advice)")
    }

    /// The list of a folder's files.
    private func read(_ artifact: Artifact, at place: String) throws -> [UInt8] {
        guard let file = LocalFile(reading: artifact.path), file.size <= 64 << 20 else {
            throw ArtifactFailure(.unsupported, "\(place): the list of its files is larger than 64 MiB")
        }
        var bytes: [UInt8] = []
        try? file.pieces { bytes.append(contentsOf: $0) }
        return bytes
    }
}
