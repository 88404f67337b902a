import Domain
import Glibc

/// Whether what lies in the cache is still what was put there. Weights are not read to decide what a digest decides: of large things
/// only the size is compared.
extension ObjectCache {
    /// What has at most so many bytes, such as predictions, is read whenever it is used.
    static let small = 4 << 20

    /// Whether `path` holds what `digest` says, as far as that can be told cheaply. A large thing whose size nobody noted is read once.
    ///
    /// `nil` where it could not be read to its end, as by a task that was stopped: that is nothing against it.
    func isWhole(_ path: String, isFolder: Bool, size: Int, _ digest: Digest) -> Bool? {
        if size > Self.small, let noted = notedSize(of: digest) { return noted == size }
        guard let sum = sum(of: path, isFolder: isFolder) else { return nil }
        if sum == digest { note(size, of: digest) }
        return sum == digest
    }

    /// Lets go of what proves to be something else, and of the files that a folder shares its bytes with.
    func forget(_ artifact: Artifact) {
        guard artifact.path.hasPrefix(folder + "/"),
            let sum = sum(of: artifact.path, isFolder: artifact.isFolder), sum != artifact.digest
        else { return }
        var shared: Set<UInt> = []
        for file in artifact.isFolder ? FileTree.files(below: artifact.path) : [] {
            if let number = Self.number(of: "\(artifact.path)/\(file)") { shared.insert(number) }
        }
        discard(artifact.path)
        guard !shared.isEmpty else { return }
        for shard in FileTree.entries(of: folder + "/objects") {
            for entry in FileTree.entries(of: "\(folder)/objects/\(shard.name)") {
                let path = "\(folder)/objects/\(shard.name)/\(entry.name)"
                guard let number = Self.number(of: path), shared.contains(number) else { continue }
                if let sum = self.sum(of: path, isFolder: false), sum.digits != shard.name + entry.name {
                    discard(path)
                }
            }
        }
    }

    private func sum(of path: String, isFolder: Bool) -> Digest? {
        guard isFolder else { return Self.sum(of: path) }
        var files: [(String, Digest)] = []
        for file in FileTree.files(below: path) {
            guard let digest = Self.sum(of: "\(path)/\(file)") else { return nil }
            files.append((file, digest))
        }
        return FolderDigest.of(files)
    }

    private static func sum(of path: String) -> Digest? {
        guard let file = LocalFile(reading: path) else { return nil }
        var hash = SHA256()
        do { try file.pieces { bytes throws(SystemError) in hash.update(bytes) } } catch { return nil }
        return hash.finish()
    }

    private static func number(of path: String) -> UInt? {
        var status = stat()
        return lstat(path, &status) == 0 ? UInt(status.st_ino) : nil
    }
}
