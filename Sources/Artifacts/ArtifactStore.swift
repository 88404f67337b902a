public import Domain

/// Turns pointers into verified local files, and keeps them.
///
/// What is already kept is neither read nor fetched again. But it answers only for a pointer that is there: a path is looked up in the
/// revision's tree first, so what is missing here is missing everywhere, and a lost cache changes nothing. Large files are copied in
/// pieces, so that memory does not grow with them.
public struct ArtifactStore: Sendable {
    /// Fetches an address to a file of at most so many bytes.
    public typealias Download = @Sendable (_ url: String, _ path: String, _ limit: Int) async throws -> Void

    /// The most that is fetched where a pointer names no size.
    static let downloadLimit = 64 << 30

    let cache: ObjectCache
    let yaml: @Sendable ([UInt8]) throws -> ManifestTree
    let download: Download
    let access: FileAccess
    let wrong: WrongDownloads

    /// - Parameter look: What the server says of an address without giving what is there, such as its ETag and size.
    public init(
        folder: String, access: FileAccess = FileAccess(), now: @escaping @Sendable () -> Timestamp,
        look: @escaping @Sendable (_ url: String) async -> String? = { _ in nil },
        yaml: @escaping @Sendable ([UInt8]) throws -> ManifestTree, download: @escaping Download
    ) {
        wrong = WrongDownloads(now: now, look: look)
        cache = ObjectCache(folder: folder)
        self.access = access
        self.yaml = yaml
        self.download = download
    }

    /// What `pointer` stands for, its digest verified. `folder` is the one that its path is relative to, such as `models/credit-risk`.
    ///
    /// Throws an ``ArtifactFailure`` that names the pointer, where was looked, and what helps.
    public func artifact(
        _ pointer: ArtifactPointer, in folder: String, of files: RepositoryFiles
    ) async throws -> Artifact {
        if let uri = pointer.uri { return try await resolve(uri, pointer, at: folder) }
        guard let path = pointer.path, RelativePath.isSafe(path) else {
            throw ArtifactFailure(
                .invalid, "\(folder): '\(RelativePath.shown(pointer.path ?? ""))' is no path inside that folder")
        }
        let place = folder.isEmpty ? path : "\(folder)/\(path)"
        let expected = Expectation(digest: pointer.sha256, size: pointer.size, home: folder, place: place)
        guard let artifact = try await resolve(place, expected, of: files) else {
            throw ArtifactFailure(
                .missing,
                "\(place): neither it nor \(place).dvc is in Git at that revision, and no dvc.lock or FOLDER.dvc above "
                    + "that can be read names it; commit it, or correct the path")
        }
        return artifact
    }

    /// A file of the repository by its path from the root: the bytes themselves, whatever pointer stands for them. `nil` where there is none.
    ///
    /// `folder` is the one whose content is the version: a pointer outside of it would change without the version.
    public func content(
        _ path: String, in folder: String? = nil, of files: RepositoryFiles
    ) async throws -> Content? {
        guard RelativePath.isSafe(path) else { return nil }
        if case .file = try await files.entry(path), let content = try await files.blob(path), !path.hasSuffix(".dvc"),
            case .bytes(let bytes) = content, try LFSPointer(bytes, at: path) == nil
        {
            return content
        }
        guard let found = try await resolve(path, Expectation(home: folder, place: path), of: files), !found.isFolder
        else {
            return nil
        }
        return .file(path: found.path, size: found.size)
    }

    /// Lets go of a copy that proved not to be what its digest says, if that is so: the next time it is fetched anew.
    public func forget(_ artifact: Artifact) async {
        try? await OwnThread.run { cache.forget(artifact) }
    }

    /// Removes what killed processes left and what was not used for longest, until at most `capacity` bytes are kept. What was used
    /// within `grace` stays. Gives the bytes that are kept.
    @discardableResult
    public func prune(to capacity: Int, sparing grace: Duration = .seconds(3600)) async throws -> Int {
        try await OwnThread.run { cache.prune(to: capacity, sparing: grace) }
    }
}
