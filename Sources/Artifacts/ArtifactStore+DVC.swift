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
        return try await resolve(try DVCPointer(tree, at: place), at: place, expected, of: files)
    }

    /// A file inside a folder that DVC keeps, or what one of its stages writes; `nil` where no pointer above `place` stands for it.
    func resolveOutput(
        _ place: String, _ expected: Expectation, of files: RepositoryFiles
    ) async throws -> Artifact? {
        guard let output = try await DVCOutput.find(place, of: files, yaml) else { return nil }
        if expected.digest == nil, let home = expected.home, !output.file.hasPrefix(home.isEmpty ? "" : home + "/") {
            throw ArtifactFailure(
                .unsupported,
                "\(place) is kept by \(output.file), which is outside of \(home): the version would not show its changes. Give "
                    + "its sha256 where it is named, or track it with 'dvc add' in \(home)")
        }
        guard let inner = output.inner else {
            return try await resolve(
                output.pointer, at: output.file, as: "\(place) (\(output.file))", expected, of: files)
        }
        let places = try await DVCPlaces(for: output.pointer, at: output.file, of: files)
        guard let file = try await listing(output.pointer, output.file, places).files.first(where: { $0.path == inner })
        else { return nil }
        return try await object(file.md5, output.pointer, nil, expected, places)
    }

    private func resolve(
        _ pointer: DVCPointer, at place: String, as name: String? = nil, _ expected: Expectation,
        of files: RepositoryFiles
    ) async throws -> Artifact {
        if !pointer.isFolder, let size = pointer.size, !pointer.isLegacy { try expected.checkSize(size, in: place) }
        if let known = try await recall(.dvc(pointer), expected) { return known }
        let places = try await DVCPlaces(for: pointer, at: place, of: files)
        var exact = expected
        exact.place = name ?? place
        let artifact = try await find(pointer, exact, in: places)
        try await OwnThread.run { cache.remember(artifact, as: .dvc(pointer)) }
        return artifact
    }

    private func find(_ pointer: DVCPointer, _ expected: Expectation, in places: DVCPlaces) async throws -> Artifact {
        guard pointer.isFolder else { return try await object(pointer.md5, pointer, pointer.size, expected, places) }
        var found: [(path: String, artifact: Artifact)] = []
        for file in try await listing(pointer, expected.place, places).files {
            let inner = Expectation(place: "\(expected.place): \(file.path)")
            found.append((file.path, try await object(file.md5, pointer, nil, inner, places)))
        }
        let collected = found
        return try await OwnThread.run {
            let folder = Expectation(digest: expected.digest, place: expected.place)
            return try cache.admitFolder(collected, folder)
        }
    }

    /// The files of a folder that DVC keeps.
    func listing(_ pointer: DVCPointer, _ place: String, _ places: DVCPlaces) async throws -> DVCFolder {
        let manifest = try await object(pointer.md5, pointer, nil, Expectation(place: place), places, suffix: ".dir")
        let bytes = try await OwnThread.run { try read(manifest, at: place) }
        return try DVCFolder(bytes, at: place)
    }

    /// One object of DVC's by its MD5: the first copy that is what it must be. Of those that are not, the last is told.
    private func object(
        _ md5: String, _ pointer: DVCPointer, _ size: Int?, _ outer: Expectation, _ places: DVCPlaces,
        suffix: String = ""
    ) async throws -> Artifact {
        var expected = Expectation(digest: outer.digest, md5: md5, size: size, place: outer.place)
        expected.isLegacy = pointer.isLegacy && suffix.isEmpty
        expected.isOutside = true
        let exact = expected
        let key = CacheKey(scheme: pointer.isLegacy ? "dvc2" : "dvc", digits: md5 + (suffix.isEmpty ? "" : ".list"))
        if let known = try await recall(key, outer) { return known }
        var (artifact, failure) = try await OwnThread.run { try whole(of: places.paths(of: md5 + suffix), exact) }
        for address in places.addresses(of: md5 + suffix) where artifact == nil {
            do {
                artifact = try await fetch(address, exact)
            } catch let other as ArtifactFailure where other.mayChange || other.reason == .unreachable {
                // Of a server that does not answer nobody knows what it has.
                if other.reason != .notYet, failure?.reason != .unreachable { failure = other }
            }
        }
        guard let artifact else {
            throw failure
                ?? ArtifactFailure(
                    .notYet, "\(outer.place): md5 \(md5)\(suffix) is not in \(list(places.looked)); \(places.advice)")
        }
        if !pointer.isLegacy { try outer.checkSize(artifact.size, in: "its object") }
        let found = artifact
        try await OwnThread.run { cache.remember(found, as: key) }
        return found
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
