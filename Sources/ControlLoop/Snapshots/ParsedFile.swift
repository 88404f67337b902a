import Domain

/// One manifest file as it was read.
struct ParsedFile: Sendable {
    static let largest = 1 << 20

    let place: ManifestPlace
    /// `nil` where the file is gone.
    let blob: ObjectID?
    let file: ManifestFile

    /// Reads a file. What cannot be read is a diagnostic, not an error: it freezes what depends on this one file, and nothing else.
    static func read(
        _ place: ManifestPlace, _ entry: TreeEntry?, _ reader: any ObjectReader, _ language: any ManifestLanguage
    ) throws -> ParsedFile {
        RawFile(place, entry, reader).parsed(by: language)
    }

    /// The newest version of a file that could be read, among the last 1,000 commits, as far as these can be read themselves. Of an
    /// environment also what its file said before it was gone for a while, with deployments left.
    static func lastValid(
        _ place: ManifestPlace, before revision: ObjectID, _ reader: any ObjectReader, _ language: any ManifestLanguage
    ) throws -> ParsedFile? {
        var found: ParsedFile?
        var last: ObjectID?
        var left = 1000
        try? reader.content(of: place.path, from: revision) { commit in
            left -= 1
            guard left > 0 else { return false }
            let present: TreeEntry?
            do { present = try reader.entry(at: place.path, in: commit.tree) } catch { return true }
            guard let entry = present else { return try reader.isFolder(place, at: commit) }
            if entry.id != last {
                last = entry.id
                let file = try read(place, entry, reader, language)
                if !file.hasErrors { found = file }
            }
            return found == nil
        }
        return found
    }

    /// The last valid version of a file that is gone at `revision` of a branch.
    static func beforeRemoval(
        _ place: ManifestPlace, at revision: ObjectID, on branch: String, _ reader: any ObjectReader,
        _ language: any ManifestLanguage
    ) throws -> ParsedFile? {
        var last: ObjectID?
        try reader.content(of: place.path, from: revision, on: branch) { commit in
            if try reader.entry(at: place.path, in: commit.tree) != nil { last = commit.id }
            return last == nil
        }
        return try last.flatMap { try lastValid(place, before: $0, reader, language) }
    }

    /// The manifest of the kind that belongs at this place, if the file holds one.
    var own: Manifest? { file.documents.first { $0.manifest.kind == place.kind }?.manifest }

    /// The deployment that the file holds, if it holds one.
    var deployment: Deployment? {
        for document in file.documents {
            if case .deployment(let deployment) = document.manifest { return deployment }
        }
        return nil
    }

    /// Whether its object cannot be read, which may be otherwise the next time.
    var isDamaged: Bool { file.diagnostics.contains { $0.code == Damage.code } }

    var hasErrors: Bool { file.diagnostics.contains { $0.severity == .error } }
}

extension ObjectReader {
    /// Whether an environment's folder is there.
    func isFolder(_ place: ManifestPlace, at commit: Commit) throws -> Bool {
        guard place.kind == Environment.kind else { return false }
        return try entry(at: "environments/\(place.name)", in: commit.tree)?.mode == .tree
    }

    /// Walks back the way on which a file came to be what it is: at a merge to the parent that has it so, else to the first. Where several
    /// lack it as the merge does, to one in which its folder is as it is there; of these to what the branch was.
    func content(
        of path: String, from start: ObjectID, on branch: String? = nil, _ visit: (Commit) throws -> Bool
    ) throws {
        var next: ObjectID? = start
        while let id = next {
            let commit = try commit(id)
            guard try visit(commit) else { return }
            next = commit.parents.count > 1 ? wayBack(of: path, from: commit, on: branch) : commit.parents.first
        }
    }

    private func wayBack(of path: String, from merge: Commit, on branch: String?) -> ObjectID? {
        let first = merge.parents.first
        let present: TreeEntry?
        do { present = try entry(at: path, in: merge.tree) } catch { return first }
        var ways = parents(of: merge) { try entry(at: path, in: $0.tree)?.id == present?.id }
        guard present == nil, ways.count > 1, let slash = path.lastIndex(of: "/") else { return ways.first ?? first }
        let folder = String(path[..<slash])
        let alike = parents(of: merge) { parent in
            try ways.contains(parent.id)
                && (entry(at: folder, in: parent.tree) == nil) == (entry(at: folder, in: merge.tree) == nil)
        }
        if !alike.isEmpty { ways = alike }
        if ways.count > 1, let line = try? self.branch(branch, before: merge), ways.contains(line) { return line }
        return ways.first ?? first
    }

    /// Those that can be read.
    private func parents(of merge: Commit, where isIt: (Commit) throws -> Bool) -> [ObjectID] {
        merge.parents.filter { (try? isIt(commit($0))) ?? false }
    }
}
