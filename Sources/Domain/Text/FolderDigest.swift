/// The digest of a folder: the SHA-256 of its files' lines `DIGEST  PATH`, sorted as bytes.
///
/// In a shell: `find . -type f -printf '%P\0' | xargs -0 sha256sum | LC_ALL=C sort | sha256sum`. Empty folders do not count.
public enum FolderDigest {
    public static func of(_ files: [(path: String, digest: Digest)]) -> Digest {
        let lines = files.map { Array("\($0.digest.digits)  \($0.path)\n".utf8) }
        var hash = SHA256()
        for line in lines.sorted(by: { $0.lexicographicallyPrecedes($1) }) { hash.update(line) }
        return hash.finish()
    }
}
