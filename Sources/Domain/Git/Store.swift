/// Reads the objects and references of one Git repository. Lent inside ``Store/read(_:)``, never kept.
public protocol ObjectReader {
    /// What a full reference name points to (a tag object is not peeled), or `nil` where there is no such reference.
    func resolve(_ reference: String) throws -> ObjectID?
    /// The references that a glob such as `refs/tags/credit-risk@*` matches, sorted by name.
    func references(matching glob: String) throws -> [Reference]
    /// Throws where it is larger than anybody means.
    func commit(_ id: ObjectID) throws -> Commit
    /// How many bytes a commit has when unpacked, without unpacking it.
    func size(ofCommit id: ObjectID) throws -> Int
    /// What `git fsck` takes for damage in a commit, or in a folder of its that none of its parents has: whoever asks for sound objects could
    /// not clone it. `nil` where there is nothing.
    ///
    /// - Parameter checked: The folders that are known to be sound; new ones are added.
    func defect(of commit: ObjectID, checked: inout CheckedFolders) throws -> String?
    /// A commit's tree alone, for a fraction of the cost of the whole.
    func rootTree(of commit: ObjectID) throws -> ObjectID
    /// Whether there is an object of that name, be it damaged.
    func has(_ id: ObjectID) -> Bool
    /// An annotated tag, or `nil` where the object is none. Throws where it is larger than anybody means.
    func tag(_ id: ObjectID) throws -> Tag?
    /// The entries of a tree, in Git's order.
    func tree(_ id: ObjectID) throws -> [TreeEntry]
    /// What lies at `path` below a tree, or `nil`.
    func entry(at path: String, in tree: ObjectID) throws -> TreeEntry?
    /// The bytes of a blob. Throws where it is larger than `limit`.
    func blob(_ id: ObjectID, atMost limit: Int) throws -> [UInt8]
    func size(ofBlob id: ObjectID) throws -> Int
    /// Every file below a tree, depth first in Git's order; `path` starts with `prefix`.
    func files(in tree: ObjectID, prefix: String, _ visit: (_ path: String, _ entry: TreeEntry) throws -> Void) throws
    /// The files that differ between two trees, each of which may be nothing. Equal subtrees are not opened.
    func changes(from old: ObjectID?, to new: ObjectID?, prefix: String) throws -> [Change]
    /// The files that differ between each of these trees and the next one, which is taken as the older: one list less than
    /// there are trees. `nil` where all differences together are more than `limit`.
    func changes(along trees: [ObjectID?], prefix: String, atMost limit: Int) throws -> [[Change]]?
    /// Whether `commit` can be reached from `descendant`; a commit reaches itself.
    func reaches(_ commit: ObjectID, from descendant: ObjectID) throws -> Bool
    /// The best common ancestor of two commits, or `nil` where their histories do not meet.
    func mergeBase(_ one: ObjectID, _ other: ObjectID) throws -> ObjectID?
    /// Walks first parents from `start`, newest first, until `visit` returns `false`.
    func firstParents(from start: ObjectID, _ visit: (Commit) throws -> Bool) throws
}

extension ObjectReader {
    public func size(ofCommit id: ObjectID) throws -> Int { try commit(id).message.utf8.count }

    public func defect(of commit: ObjectID, checked: inout CheckedFolders) throws -> String? { nil }

    public func rootTree(of commit: ObjectID) throws -> ObjectID { try self.commit(commit).tree }

    public func changes(along trees: [ObjectID?], prefix: String, atMost limit: Int) throws -> [[Change]]? {
        let lists = try zip(trees, trees.dropFirst()).map { try changes(from: $1, to: $0, prefix: prefix) }
        return lists.reduce(0) { $0 + $1.count } > limit ? nil : lists
    }
}

/// Writes objects, and moves references by compare-and-swap.
public protocol ObjectWriter: ObjectReader {
    func write(blob bytes: [UInt8]) throws -> ObjectID
    /// Writes many blobs at once, all or none where they are a great many.
    func write(blobs: [[UInt8]]) throws -> [ObjectID]
    /// A tree like `base` with `edits` made; folders that become empty vanish.
    func write(tree base: ObjectID?, edits: [TreeEdit]) throws -> ObjectID
    func write(_ commit: CommitDraft) throws -> ObjectID
    /// An annotated tag of a commit; no reference names it yet.
    func write(_ tag: Tag) throws -> ObjectID
    /// Moves a reference only if it still is at `old` (`nil`: does not exist). Returns `false` where it is elsewhere.
    func move(_ reference: String, from old: ObjectID?, to new: ObjectID?, reason: String) throws -> Bool
    /// Brings what changed from the tree `base` to the tree `theirs` into the tree `ours`.
    func merge(ours: ObjectID, theirs: ObjectID?, base: ObjectID?) throws -> TreeMerge
    /// The tree that `git revert` of `commit` on `tip` gives (`-m 1` of a merge), or `nil` where it does not apply cleanly.
    func revert(_ commit: ObjectID, on tip: ObjectID) throws -> ObjectID?
}

extension ObjectWriter {
    public func write(blobs: [[UInt8]]) throws -> [ObjectID] { try blobs.map { try write(blob: $0) } }
}

/// A Git repository on this machine.
public protocol Store: Sendable {
    /// Lends a reader on a thread where blocking is allowed.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any ObjectReader) throws -> Value) async throws -> Value
    /// Lends the one writer; writers wait for each other.
    func write<Value: Sendable>(_ body: @escaping @Sendable (any ObjectWriter) throws -> Value) async throws -> Value
}

public struct Reference: Hashable, Sendable {
    public let name: String
    public let target: ObjectID

    public init(name: String, target: ObjectID) {
        self.name = name
        self.target = target
    }
}

public struct Commit: Hashable, Sendable {
    public var id: ObjectID
    public var tree: ObjectID
    public var parents: [ObjectID]
    public var author: Person
    public var committer: Person
    public var message: String

    public init(id: ObjectID, tree: ObjectID, parents: [ObjectID], author: Person, committer: Person, message: String) {
        self.id = id
        self.tree = tree
        self.parents = parents
        self.author = author
        self.committer = committer
        self.message = message
    }

    /// The first line of the message.
    public var subject: String { message.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? "" }
}

public struct Tag: Hashable, Sendable {
    public var name: String
    public var target: ObjectID
    public var tagger: Person?
    public var message: String

    public init(name: String, target: ObjectID, tagger: Person?, message: String) {
        self.name = name
        self.target = target
        self.tagger = tagger
        self.message = message
    }
}

/// Who wrote something, and when.
public struct Person: Hashable, Sendable {
    public var name: String
    public var email: String
    public var time: Timestamp

    public init(name: String, email: String, time: Timestamp) {
        self.name = name
        self.email = email
        self.time = time
    }
}

public enum FileMode: UInt16, Sendable {
    case tree = 0o040000
    case file = 0o100644
    case executable = 0o100755
    case symlink = 0o120000
    case submodule = 0o160000
}

public struct TreeEntry: Hashable, Sendable {
    public let name: String
    public let id: ObjectID
    public let mode: FileMode

    public init(name: String, id: ObjectID, mode: FileMode) {
        self.name = name
        self.id = id
        self.mode = mode
    }
}

/// A file that differs between two trees.
public struct Change: Hashable, Sendable {
    public let path: String
    public let old: TreeEntry?
    public let new: TreeEntry?

    public init(path: String, old: TreeEntry?, new: TreeEntry?) {
        self.path = path
        self.old = old
        self.new = new
    }
}

/// One file to set or remove in a tree.
public struct TreeEdit: Hashable, Sendable {
    public let path: String
    /// The blob and its mode; `nil` removes the file.
    public let file: TreeEntry?

    public init(set path: String, to blob: ObjectID, mode: FileMode = .file) {
        self.path = path
        file = TreeEntry(name: String(path.pathParts().last ?? ""), id: blob, mode: mode)
    }

    public init(remove path: String) {
        self.path = path
        file = nil
    }
}

/// A commit that is not written yet.
public struct CommitDraft: Hashable, Sendable {
    public var tree: ObjectID
    public var parents: [ObjectID]
    public var author: Person
    public var committer: Person
    public var message: String

    public init(tree: ObjectID, parents: [ObjectID], author: Person, committer: Person? = nil, message: String) {
        self.tree = tree
        self.parents = parents
        self.author = author
        self.committer = committer ?? author
        self.message = message
    }
}
