import Domain

/// A folder or file of Git's that cannot be read, as a disk leaves it that lost something. It says nothing: above all not that what lay
/// there is gone.
struct Damage: Hashable, Sendable {
    /// Where it lies; a folder's path has no slash at its end.
    let path: String
    let id: ObjectID
    let why: String

    /// What its diagnostics are called.
    static let code = "damaged"
    /// So many are looked up in history, each of them among so many commits.
    static let mostFolders = 100
    static let mostCommits = 1000

    /// Whether it keeps from being read what a record says of a unit.
    func concerns(_ unit: Unit) -> Bool {
        let file = StatusStore.path(unit)
        return path.isEmpty || path == file || file.hasPrefix(path + "/")
    }

    /// The same where it is a part of a record, such as `refs/martlet/status`.
    func diagnostic(in reference: String) -> Diagnostic {
        Diagnostic(
            file: path.isEmpty ? reference : "\(reference):\(path)", severity: .warning, code: Self.code,
            message: "what was recorded cannot be read: \(why)",
            hint: "the controller finds it out anew from the branch and from what runs, and writes it down again")
    }

    /// What it is to people who look after manifests.
    ///
    /// - Parameter what: A folder or a file.
    func diagnostic(of what: String) -> Diagnostic {
        Diagnostic(
            file: path, code: Self.code, message: "the \(what) cannot be read: \(why)",
            hint: "until it can, what was valid there last counts, and nothing enters by it")
    }
}

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

    /// Visits every file below a tree, but for what lies in folders that cannot be read: these are returned.
    ///
    /// Where there are any, the files before the first of them are visited twice.
    func readableFiles(in tree: ObjectID, prefix: String, _ visit: (String, TreeEntry) throws -> Void) throws
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

extension ObjectWriter {
    /// A tree like `base` with `edits` made, where folders of it that these lead through cannot be read: they are written anew, with
    /// nothing but what `whole` says of them.
    func write(tree base: ObjectID?, edits: [TreeEdit], whole: () throws -> [TreeEdit]) throws -> ObjectID {
        do { return try write(tree: base, edits: edits) } catch {
            guard let base else { throw error }
            let lost = Set(edits.compactMap { unreadableFolder(on: $0.path, in: base) })
            guard !lost.isEmpty else { throw error }
            let all = try whole().filter { $0.file != nil }
            guard !lost.contains("") else { return try write(tree: nil, edits: all) }
            var rest = edits.filter { edit in !lost.contains { edit.path.hasPrefix($0 + "/") } }
            for folder in lost {
                let inner = all.compactMap { edit -> TreeEdit? in
                    guard edit.path.hasPrefix(folder + "/"), let file = edit.file else { return nil }
                    return TreeEdit(
                        set: String(edit.path.dropFirst(folder.count + 1)), to: file.id, mode: file.mode)
                }
                rest.append(TreeEdit(set: folder, to: try write(tree: nil, edits: inner), mode: .tree))
            }
            return try write(tree: base, edits: rest)
        }
    }

    /// The outermost folder on the way to a path that cannot be read.
    private func unreadableFolder(on path: String, in base: ObjectID) -> String? {
        guard (try? tree(base)) != nil else { return "" }
        let parts = path.split(separator: "/")
        for count in parts.indices.dropFirst() {
            let folder = parts[..<count].joined(separator: "/")
            guard let entry = try? entry(at: folder, in: base), entry.mode == .tree else { return nil }
            if (try? tree(entry.id)) == nil { return folder }
        }
        return nil
    }
}
