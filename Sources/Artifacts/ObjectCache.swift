import Domain
import Glibc

/// A folder of files and folders that are named by their SHA-256.
///
///     objects/3f/9a…   a file            folders/3f/9a…/   a folder            index/SCHEME/3f/9a…   another name for one of them
///
/// A name appears when its content is whole and on disk, and does not change; so processes share the folder without locks, and dying at
/// any moment leaves nothing but a draft, which ``prune(to:sparing:)`` removes.
struct ObjectCache: Sendable {
    let folder: String

    private var drafts: String { folder + "/drafts" }

    func place(of digest: Digest, isFolder: Bool) -> (folder: String, name: String) {
        let digits = digest.digits
        return ("\(folder)/\(isFolder ? "folders" : "objects")/\(digits.prefix(2))", String(digits.dropFirst(2)))
    }

    /// What is kept under `digest`, unless it is no longer what was put there: then it goes. Marks it as used.
    func find(_ digest: Digest) -> Artifact? {
        for isFolder in [false, true] {
            let place = place(of: digest, isFolder: isFolder)
            let path = "\(place.folder)/\(place.name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == (isFolder ? S_IFDIR : S_IFREG) else { continue }
            let size = isFolder ? FileTree.size(of: path) : Int(status.st_size)
            switch isWhole(path, isFolder: isFolder, size: size, digest) {
            case true?: break
            case false?:
                // Another process may have put the right one there meanwhile.
                var now = stat()
                if lstat(path, &now) == 0, now.st_ino == status.st_ino { discard(path) }
                continue
            case nil: return nil
            }
            utimes(path, nil)
            return Artifact(path: path, isFolder: isFolder, size: size, digest: digest)
        }
        return nil
    }

    /// Copies the bytes in, if they are those expected.
    func admit(_ source: ArtifactSource, _ expected: Expectation) throws -> Artifact {
        do {
            try FileTree.makeFolders(drafts)
            let draft = try Draft.file(in: drafts)
            let sums = try fill(draft, from: source, expected)
            try check(sums, of: draft, expected, in: source.name)
            return try publish(draft, sums)
        } catch let error as SystemError {
            throw failure(error, expected)
        }
    }

    /// The same for what `fetch` brings to the path that it is given.
    func admit(
        _ source: ArtifactSource, _ expected: Expectation, fetch: (_ path: String) async throws -> Void
    ) async throws -> Artifact {
        do {
            try FileTree.makeFolders(drafts)
            let draft = try Draft.file(in: drafts)
            try await fetch(draft.path)
            try expected.checkSize(draft.size, in: source.name)
            let sums = try sums(of: draft, expected)
            try check(sums, of: draft, expected, in: source.name)
            return try publish(draft, sums)
        } catch let error as SystemError {
            throw failure(error, expected)
        }
    }

    /// What `fetch` brings to the path that it is given, which is not kept.
    func fetched(for place: String, atMost limit: Int, fetch: (_ path: String) async throws -> Void) async throws
        -> [UInt8]
    {
        do {
            try FileTree.makeFolders(drafts)
            let draft = try Draft.file(in: drafts)
            try await fetch(draft.path)
            guard let file = LocalFile(reading: draft.path) else { throw SystemError() }
            return try file.bytes(for: place, atMost: limit)
        } catch let error as SystemError {
            throw failure(error, Expectation(place: place))
        }
    }

    /// Makes a folder of files that are in the cache already; they share their bytes.
    func admitFolder(_ files: [(path: String, artifact: Artifact)], _ expected: Expectation) throws -> Artifact {
        let digest = FolderDigest.of(files.map { ($0.path, $0.artifact.digest) })
        if let expectedDigest = expected.digest, expectedDigest != digest {
            throw ArtifactFailure(
                .digestMismatch, "\(expected.place): expected the folder \(expectedDigest), it is \(digest)")
        }
        if let found = find(digest) { return found }
        do {
            try FileTree.makeFolders(drafts)
            let draft = try Draft.folder(in: drafts)
            var folders: Set<ExactText> = []
            for (path, artifact) in files {
                let parent = path.pathParts().dropLast().joined(separator: "/")
                if folders.insert(ExactText(parent)).inserted { try FileTree.makeFolders("\(draft.path)/\(parent)") }
                try share(artifact.path, as: "\(draft.path)/\(path)")
            }
            for folder in folders { LocalFile.syncFolder("\(draft.path)/\(folder.text)") }
            let place = place(of: digest, isFolder: true)
            note(files.reduce(0) { $0 + $1.artifact.size }, of: digest)
            try draft.publishFolder(as: place.name, in: place.folder)
        } catch let error as SystemError {
            throw failure(error, expected)
        }
        guard let found = find(digest) else { throw failure(SystemError(ENOENT), expected) }
        return found
    }

    private func share(_ original: String, as path: String) throws {
        if link(original, path) == 0 { return }
        // A file system without links, or too many of one file.
        guard let file = LocalFile(reading: original) else { throw SystemError() }
        let copy = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
        guard copy >= 0 else { throw SystemError() }
        let target = LocalFile(owning: copy)
        try file.pieces { bytes throws(SystemError) in try target.write(bytes) }
        guard fsync(copy) == 0 else { throw SystemError() }
    }

    private func fill(_ draft: borrowing Draft, from source: ArtifactSource, _ expected: Expectation) throws -> Sums {
        var summer = Summer(for: expected)
        switch source {
        case .bytes(let bytes):
            try expected.checkSize(bytes.count, in: source.name)
            try bytes.withUnsafeBytes { bytes in
                summer.update(bytes)
                try draft.write(bytes)
            }
        case .file(let path), .web(let path):
            guard let file = LocalFile(reading: path) else {
                throw ArtifactFailure(.notYet, "\(expected.place): there is no file \(path)")
            }
            try expected.checkSize(file.size, in: path)
            try file.pieces { bytes throws(SystemError) in
                summer.update(bytes)
                try draft.write(bytes)
            }
        }
        return summer.finish()
    }

    private func sums(of draft: borrowing Draft, _ expected: Expectation) throws(SystemError) -> Sums {
        var summer = Summer(for: expected)
        try draft.pieces { bytes throws(SystemError) in summer.update(bytes) }
        return summer.finish()
    }

    /// Throws where the bytes are others than those expected, and says so where it is only their line ends.
    private func check(_ sums: Sums, of draft: borrowing Draft, _ expected: Expectation, in source: String) throws {
        guard let digest = expected.digest, digest != sums.digest, !expected.isForeign, sums.size <= LineEnds.limit
        else {
            return try expected.check(sums, in: source)
        }
        var ends = LineEnds()
        try draft.pieces { bytes throws(SystemError) in ends.update(bytes) }
        try expected.check(sums, in: source, differsInLineEnds: ends.give(digest))
    }

    private func publish(_ draft: consuming Draft, _ sums: Sums) throws -> Artifact {
        let place = place(of: sums.digest, isFolder: false)
        note(sums.size, of: sums.digest)
        try draft.publishFile(as: place.name, in: place.folder)
        let path = "\(place.folder)/\(place.name)"
        return Artifact(path: path, isFolder: false, size: sums.size, digest: sums.digest)
    }

    private func failure(_ error: SystemError, _ expected: Expectation) -> ArtifactFailure {
        ArtifactFailure(
            .unreachable,
            "\(expected.place): cannot keep it in \(folder): \(error.words); make room or give it write access")
    }
}
