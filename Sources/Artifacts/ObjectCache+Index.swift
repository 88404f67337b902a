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
    /// The size of what is kept.
    static func size(of digest: Digest) -> CacheKey { CacheKey(scheme: "size", digits: digest.digits) }
    static func dvc(_ pointer: DVCPointer) -> CacheKey {
        CacheKey(scheme: pointer.isLegacy ? "dvc2" : "dvc", digits: pointer.md5 + (pointer.isFolder ? ".dir" : ""))
    }
}

extension ObjectCache {
    /// What was kept under another name, if it is still there.
    func recall(_ key: CacheKey) -> Artifact? { digest(of: key).flatMap { find($0) } }

    func digest(of key: CacheKey) -> Digest? { words(of: key).first.flatMap { Digest(String($0)) } }

    /// What was kept under `digest` when it was put there.
    func notedSize(of digest: Digest) -> Int? {
        let words = words(of: .size(of: digest))
        return words.count == 2 ? Int(words[1]) : nil
    }

    /// Notes another name. Failing to costs a second fetch and nothing else.
    func remember(_ artifact: Artifact, as key: CacheKey) { write("\(artifact.digest)", as: key) }

    /// Notes a size. Failing to costs that it is read once more.
    func note(_ size: Int, of digest: Digest) {
        if size > Self.small { write("\(digest) \(size)", as: .size(of: digest)) }
    }

    private func words(of key: CacheKey) -> [Substring] {
        guard let file = LocalFile(reading: path(of: key)), file.size < 200 else { return [] }
        var bytes: [UInt8] = []
        try? file.pieces { bytes.append(contentsOf: $0) }
        return String(decoding: bytes, as: UTF8.self).split(separator: " ")
    }

    private func write(_ text: String, as key: CacheKey) {
        let path = path(of: key)
        guard let slash = path.lastIndex(of: "/"), let draft = try? Draft.file(in: folder + "/drafts") else { return }
        do {
            try Array(text.utf8).withUnsafeBufferPointer { bytes throws(SystemError) in
                try draft.write(UnsafeRawBufferPointer(bytes))
            }
            try draft.publishFile(as: String(path[path.index(after: slash)...]), in: String(path[..<slash]))
        } catch {}
    }

    private func path(of key: CacheKey) -> String {
        "\(folder)/index/\(key.scheme)/\(key.digits.prefix(2))/\(key.digits.dropFirst(2))"
    }
}
