import Domain
import Glibc

/// Another name for something in the cache, such as the MD5 that DVC knows it by.
struct CacheKey {
    let scheme: String
    let digits: String

    /// The content of a Git blob or tree, with what its pointers stand for. The same text is another thing in a `.dvc` file.
    static func git(_ id: ObjectID, at path: String) -> CacheKey {
        CacheKey(scheme: path.hasSuffix(".dvc") ? "git-dvc" : "git", digits: "\(id)")
    }
    static func dvc(_ pointer: DVCPointer) -> CacheKey {
        CacheKey(scheme: pointer.isLegacy ? "dvc2" : "dvc", digits: pointer.md5 + (pointer.isFolder ? ".dir" : ""))
    }
}

extension ObjectCache {
    /// What was kept under another name, if it is still there.
    func recall(_ key: CacheKey) -> Artifact? { digest(of: key).flatMap { find($0) } }

    func digest(of key: CacheKey) -> Digest? {
        guard let file = LocalFile(reading: path(of: key)), file.size < 200 else { return nil }
        var bytes: [UInt8] = []
        try? file.pieces { bytes.append(contentsOf: $0) }
        return Digest(String(decoding: bytes, as: UTF8.self))
    }

    /// Notes another name. Failing to costs a second fetch and nothing else.
    func remember(_ artifact: Artifact, as key: CacheKey) {
        let path = path(of: key)
        guard let slash = path.lastIndex(of: "/"), let draft = try? Draft.file(in: folder + "/drafts") else { return }
        do {
            try Array("\(artifact.digest)".utf8).withUnsafeBufferPointer { bytes throws(SystemError) in
                try draft.write(UnsafeRawBufferPointer(bytes))
            }
            try draft.publishFile(as: String(path[path.index(after: slash)...]), in: String(path[..<slash]))
        } catch {}
    }

    private func path(of key: CacheKey) -> String {
        "\(folder)/index/\(key.scheme)/\(key.digits.prefix(2))/\(key.digits.dropFirst(2))"
    }
}
