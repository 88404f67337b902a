public import Domain

extension ObjectReader {
    /// What a folder held when it could be read last, in the commits before one; `nil` where it was not there before.
    func lastReadable(folder path: String, before revision: ObjectID) -> [TreeEntry]? {
        var found: [TreeEntry]?
        var left = Damage.mostCommits
        // Where history itself cannot be read any further, nobody knows.
        try? firstParents(from: revision) { commit in
            left -= 1
            guard left > 0 else { return false }
            let entry: TreeEntry?
            do { entry = try self.entry(at: path, in: commit.tree) } catch { return true }
            guard let entry, entry.mode == .tree else { return false }
            found = try? tree(entry.id)
            return found == nil
        }
        return found
    }

    /// The bytes of a blob; `nil` where it is damaged or too large. Throws where it cannot be read for the moment.
    func readableBlob(_ id: ObjectID, atMost limit: Int) throws -> [UInt8]? {
        do { return try blob(id, atMost: limit) } catch {
            guard !error.isPassing else { throw error }
            return nil
        }
    }

    /// Visits every file below a tree, but for what lies in folders that cannot be read: these are returned. Throws where one cannot be read
    /// for the moment.
    ///
    /// Where there are any, the files before the first of them are visited twice.
    public func readableFiles(in tree: ObjectID, prefix: String, _ visit: (String, TreeEntry) throws -> Void) throws
        -> [Damage]
    {
        if (try? self.tree(tree)) != nil {
            var isOwn = false
            do {
                try files(in: tree, prefix: prefix) { path, entry in
                    do { try visit(path, entry) } catch {
                        isOwn = true
                        throw error
                    }
                }
                return []
            } catch { if isOwn { throw error } }
        }
        var damage: [Damage] = []
        var waiting = [(id: tree, prefix: prefix)]
        while let folder = waiting.popLast() {
            let entries: [TreeEntry]
            do { entries = try self.tree(folder.id) } catch {
                guard !error.isPassing else { throw error }
                let path = folder.prefix.hasSuffix("/") ? String(folder.prefix.dropLast()) : folder.prefix
                damage.append(Damage(path: path, id: folder.id, why: "\(error)"))
                continue
            }
            for entry in entries {
                let path = folder.prefix + entry.name
                if entry.mode == .tree {
                    if path.utf8.count < 4096 { waiting.append((entry.id, path + "/")) }
                } else {
                    try visit(path, entry)
                }
            }
        }
        return damage
    }

    /// The files that differ between two trees, as far as both sides can be read. Where only the older one of a folder cannot, it is what
    /// the folder held before, when it could be read last; where the newer one cannot, nothing is said to have changed there.
    ///
    /// - Parameter parent: The commit that the older tree belongs to.
    func readableChanges(from old: ObjectID?, to new: ObjectID?, prefix: String, before parent: ObjectID?) throws
        -> [Change]
    {
        do { return try changes(from: old, to: new, prefix: prefix) } catch {
            // Nobody deploys anything deeper, and each level is looked at anew.
            guard prefix.utf8.count < 1024 else { throw error }
            guard let after = try? new.map({ try tree($0) }) ?? [] else { return [] }
            let path = prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
            let known = try? old.map { try tree($0) } ?? []
            guard let before = known ?? parent.flatMap({ lastReadable(folder: path, before: $0) }) else { return [] }
            return try changes(from: before, to: after, prefix: prefix, before: parent)
        }
    }

    private func changes(from old: [TreeEntry], to new: [TreeEntry], prefix: String, before parent: ObjectID?) throws
        -> [Change]
    {
        let before = Dictionary(old.map { ($0.name, $0) }) { first, _ in first }
        let after = Dictionary(new.map { ($0.name, $0) }) { first, _ in first }
        var found: [Change] = []
        for name in Set(before.keys).union(after.keys).sorted() {
            let (one, other) = (before[name], after[name])
            guard one?.id != other?.id || one?.mode != other?.mode else { continue }
            let folders = [one, other].map { $0?.mode == .tree ? $0?.id : nil }
            if folders.contains(where: { $0 != nil }) {
                found += try readableChanges(
                    from: folders[0], to: folders[1], prefix: prefix + name + "/", before: parent)
            }
            let files = [one, other].map { $0?.mode == .tree ? nil : $0 }
            if files.contains(where: { $0 != nil }) {
                found.append(Change(path: prefix + name, old: files[0], new: files[1]))
            }
        }
        return found
    }
}
