import CLibgit2
import Domain

/// Reads through one repository handle. Belongs to one thread at a time.
class GitReader {
    let repository: Owned
    let objects: Owned
    /// The staging area, where it is not at its usual place.
    let indexPath: String?
    private let ancestry: Ancestry
    /// The folders that were read last: history and versions come back to the same ones again and again.
    var trees = TreeMemory()

    init(_ repository: consuming Owned, indexPath: String? = nil, _ ancestry: Ancestry) throws(GitError) {
        let pointer = repository.pointer
        objects = try Owned(freedBy: git_odb_free, "open the object database") { git_repository_odb(&$0, pointer) }
        self.repository = repository
        self.indexPath = indexPath
        self.ancestry = ancestry
    }

    /// More than this is no commit, tag or folder that somebody means: whoever may push can make a few bytes unpack to a great many.
    static func most(_ kind: git_object_t) -> Int {
        switch kind {
        // A promotion of many models names each of them, and its evidence.
        case GIT_OBJECT_COMMIT: 64 << 20
        case GIT_OBJECT_TAG: 1 << 20
        case GIT_OBJECT_TREE: 256 << 20
        default: .max
        }
    }

    /// The bytes of an object of a certain kind.
    func bytes(of id: ObjectID, as kind: git_object_t) throws(GitError) -> [UInt8] {
        if kind != GIT_OBJECT_BLOB {
            let size = try size(of: id, as: kind), most = Self.most(kind)
            guard size <= most else {
                throw GitError(.tooLarge, "read \(Self.word(kind)) \(id)", "it has \(size) bytes, \(most) are allowed")
            }
        }
        var name = id.libgit2
        let objects = objects.pointer
        let operation = "read \(Self.word(kind)) \(id)"
        let object = try undamaged(id) { () throws(GitError) in
            try Owned(freedBy: git_odb_object_free, operation) { git_odb_read(&$0, objects, &name) }
        }
        guard git_odb_object_type(object.pointer) == kind else {
            let found = Self.word(git_odb_object_type(object.pointer))
            throw GitError(.invalid, "read \(Self.word(kind)) \(id)", "it is a \(found)")
        }
        return Array(
            UnsafeRawBufferPointer(
                start: git_odb_object_data(object.pointer), count: git_odb_object_size(object.pointer)))
    }

    /// What kind of object it is and how many bytes it has, without reading it.
    func header(of id: ObjectID, as what: String = "object") throws(GitError) -> (kind: git_object_t, size: Int) {
        var name = id.libgit2
        var size = 0
        var kind = GIT_OBJECT_INVALID
        try undamaged(id) { () throws(GitError) in
            try check(git_odb_read_header(&size, &kind, objects.pointer, &name), "read \(what) \(id)")
        }
        return (kind, size)
    }

    static func word(_ kind: git_object_t) -> String {
        switch kind {
        case GIT_OBJECT_COMMIT: "commit"
        case GIT_OBJECT_TREE: "tree"
        case GIT_OBJECT_BLOB: "blob"
        case GIT_OBJECT_TAG: "tag"
        default: "object"
        }
    }

    /// Reads an object. One that is damaged is looked for again, as somebody may have brought it back in a pack: what is not there at all
    /// libgit2 looks for again by itself.
    private func undamaged<Value: ~Copyable>(_ id: ObjectID, _ read: () throws(GitError) -> Value) throws(GitError)
        -> Value
    {
        do throws(GitError) { return try read() } catch {
            guard error.code == .corrupt || error.code == .unknown, git_odb_refresh(objects.pointer) == 0 else {
                throw damaged(id, error)
            }
        }
        do throws(GitError) { return try read() } catch { throw damaged(id, error) }
    }

    private func damaged(_ id: ObjectID, _ error: GitError) -> GitError {
        let place = git_repository_path(repository.pointer).map { String(cString: $0) } ?? "the repository"
        let folder = git_repository_commondir(repository.pointer).map { String(cString: $0) } ?? place
        // In the repository that all others fetch from, fetching or cloning again brings nothing back.
        let hint =
            Mirror.isOne(at: place)
            ? "delete \(place), which is made anew from the remote; `git fsck` there tells whether that is whole"
            : "`git fsck` in \(place) names all that is damaged or missing; a clone that has it brings it back: "
                + "echo \(id) | git -C CLONE pack-objects \(folder)objects/pack/pack; else a backup does"
        if [.notFound, .corrupt, .unknown].contains(error.code), Shortage.isNow {
            return GitError(.exhausted, error.operation, "\(error.message), while no file can be opened")
        }
        switch error.code {
        case .notFound:
            return GitError(.notFound, error.operation, "the object is not in \(place)", hint: hint)
        case .corrupt, .unknown:
            return GitError(.corrupt, error.operation, "the object is damaged (\(error.message))", hint: hint)
        default: return error
        }
    }
}

extension GitReader: ObjectReader {
    func commit(_ id: ObjectID) throws -> Commit {
        guard let commit = Commit(id, parsing: try bytes(of: id, as: GIT_OBJECT_COMMIT)) else {
            throw GitError(.corrupt, "read commit \(id)", "it names no tree, or a parent that is no id")
        }
        return commit
    }

    func size(ofCommit id: ObjectID) throws -> Int { try size(of: id, as: GIT_OBJECT_COMMIT) }

    func rootTree(of commit: ObjectID) throws -> ObjectID { try links(of: commit).tree }

    func tag(_ id: ObjectID) throws -> Tag? {
        guard try header(of: id).kind == GIT_OBJECT_TAG else { return nil }
        guard let tag = Tag(parsing: try bytes(of: id, as: GIT_OBJECT_TAG)) else {
            throw GitError(.corrupt, "read tag \(id)", "it names no object")
        }
        return tag
    }

    func blob(_ id: ObjectID, atMost limit: Int) throws -> [UInt8] {
        let size = try size(ofBlob: id)
        guard size <= limit else {
            throw GitError(
                .tooLarge, "read blob \(id)", "it has \(size) bytes, \(limit) are allowed",
                hint: "keep large files outside Git and point to them")
        }
        return try bytes(of: id, as: GIT_OBJECT_BLOB)
    }

    func has(_ id: ObjectID) -> Bool {
        var name = id.libgit2
        return git_odb_exists(objects.pointer, &name) == 1
    }

    func size(ofBlob id: ObjectID) throws -> Int { try size(of: id, as: GIT_OBJECT_BLOB) }

    func size(of id: ObjectID, as kind: git_object_t) throws(GitError) -> Int {
        let (found, size) = try header(of: id, as: Self.word(kind))
        guard found == kind else {
            throw GitError(.invalid, "read \(Self.word(kind)) \(id)", "it is a \(Self.word(found))")
        }
        return size
    }

    /// Exact whatever the commits' dates say. Near commits are looked at one by one, in both directions by turns: a descendant
    /// is no ancestor. Beyond them the whole history is read once and remembered.
    func reaches(_ commit: ObjectID, from descendant: ObjectID) throws -> Bool {
        if commit == descendant { return true }
        let parents = { try self.links(of: $0).parents }
        if !ancestry.hasRead {
            var (down, up) = (NearbySearch(for: commit, from: descendant), NearbySearch(for: descendant, from: commit))
            var damage: (any Error)?
            for _ in 0..<NearbySearch.near {
                if damage == nil {
                    do { if let answer = try down.step(parents) { return answer } } catch { damage = error }
                }
                // A commit that is not there is nobody's ancestor; `down` says so. Where that cannot read on, this may still answer.
                if (try? up.step(parents)) == true { return false }
            }
            if let damage { throw damage }
        }
        let folder = git_repository_commondir(repository.pointer).map { String(cString: $0) } ?? ""
        return try ancestry.reaches(commit, from: descendant, objects: folder + "objects", parents: parents)
    }

    func mergeBase(_ one: ObjectID, _ other: ObjectID) throws -> ObjectID? {
        var (first, second, base) = (one.libgit2, other.libgit2, git_oid())
        let code = git_merge_base(&base, repository.pointer, &first, &second)
        if code == GIT_ENOTFOUND.rawValue { return nil }
        try check(code, "find where \(one) and \(other) part")
        return ObjectID(base)
    }

    func firstParents(from start: ObjectID, _ visit: (Commit) throws -> Bool) throws {
        var next: ObjectID? = start
        while let id = next {
            let commit = try commit(id)
            guard try visit(commit) else { return }
            next = commit.parents.first
        }
    }
}
