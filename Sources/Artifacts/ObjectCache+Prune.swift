import Domain
import Glibc

extension ObjectCache {
    /// Removes what killed processes left, and then what was not used for longest, until at most `capacity` bytes are kept.
    ///
    /// What was used within `grace` stays whatever its size: somebody may be reading it. Gives the bytes that are kept.
    @discardableResult
    func prune(to capacity: Int, sparing grace: Duration) -> Int {
        Draft.sweep(folder + "/drafts")
        var all = kept()
        var total = all.reduce(0) { $0 + $1.size }
        let limit = time(nil) - Int(grace.components.seconds)
        all.sort { $0.used < $1.used }
        for item in all where total > capacity && item.used < limit {
            discard(item.path)
            total -= item.size
        }
        forgetNamesOfNothing()
        return total
    }

    private func kept() -> [(path: String, size: Int, used: Int)] {
        ["objects", "folders"].flatMap { kind in
            FileTree.entries(of: "\(folder)/\(kind)").flatMap { shard in
                FileTree.entries(of: "\(folder)/\(kind)/\(shard.name)").map { entry in
                    let path = "\(folder)/\(kind)/\(shard.name)/\(entry.name)"
                    return (path, entry.isFolder ? FileTree.size(of: path) : entry.size, entry.changed)
                }
            }
        }
    }

    /// A folder first loses its name, whole; only then its files.
    func discard(_ path: String) {
        try? FileTree.makeFolders(folder + "/drafts")
        let doomed = "\(folder)/drafts/doomed-\(getpid())-\(UInt64.random(in: .min ... .max))"
        if rename(path, doomed) == 0 { FileTree.remove(doomed) }
    }

    private func forgetNamesOfNothing() {
        for scheme in FileTree.entries(of: "\(folder)/index") {
            for shard in FileTree.entries(of: "\(folder)/index/\(scheme.name)") {
                for entry in FileTree.entries(of: "\(folder)/index/\(scheme.name)/\(shard.name)")
                where !leadsSomewhere(CacheKey(scheme: scheme.name, digits: shard.name + entry.name)) {
                    unlink("\(folder)/index/\(scheme.name)/\(shard.name)/\(entry.name)")
                }
            }
        }
    }

    private func leadsSomewhere(_ key: CacheKey) -> Bool {
        guard let digest = digest(of: key) else { return false }
        return [true, false].contains { isFolder in
            let place = place(of: digest, isFolder: isFolder)
            return access("\(place.folder)/\(place.name)", F_OK) == 0
        }
    }
}
