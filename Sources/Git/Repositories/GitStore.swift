public import Domain
import Glibc
import Synchronization

/// A repository of this machine: any clone, bare repository or linked work tree.
///
/// It reads and writes the object database and references only; it never checks out, so there is no work tree to
/// dirty. Readers run two at a time, writers one after the other, each on threads of their own.
public final class GitStore: Store {
    private let facts: RepositoryFacts
    private let readers: ReaderPool
    private let writer: Keeper<GitWriter>
    private let listener: Listener
    /// In a hook, where git finds the objects that are pushed and not accepted yet.
    let quarantine: [String: String]

    /// Opens the repository at `path` or above it.
    ///
    /// - Parameter fromEnvironment: For hooks: honours `GIT_DIR` and its kin, so that objects in quarantine are seen.
    public init(opening path: String, fromEnvironment: Bool = false) throws(GitError) {
        quarantine = fromEnvironment ? Self.variablesOfHook : [:]
        facts = try RepositoryFacts(RepositoryHandle.open(path, fromEnvironment: fromEnvironment))
        let found = fromEnvironment ? path : facts.path
        let index = fromEnvironment ? getenv("GIT_INDEX_FILE").map { String(cString: $0) } : nil
        let ancestry = Ancestry()
        let listener = Listener()
        self.listener = listener
        readers = ReaderPool(count: 2) {
            try GitReader(RepositoryHandle.open(found, fromEnvironment: fromEnvironment), indexPath: index, ancestry)
        }
        writer = Keeper(label: "git writer") {
            let handle = try RepositoryHandle.open(found, fromEnvironment: fromEnvironment)
            let writer = try GitWriter(handle, indexPath: index, ancestry)
            writer.tell = { listener.tell($0) }
            writer.removeClaimed()
            return writer
        }
    }

    private static var variablesOfHook: [String: String] {
        let names = ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH"]
        let values = names.compactMap { name in getenv(name).map { (name, String(cString: $0)) } }
        return Dictionary(uniqueKeysWithValues: values)
    }

    /// Makes an empty repository at `path` and opens it. One that is there already is only opened.
    public static func create(
        _ path: String, bare: Bool = true, branch: String = "main"
    ) throws(GitError) -> GitStore {
        try RepositoryHandle.create(path, bare: bare, branch: branch)
        return try GitStore(opening: path)
    }

    /// The folder of the repository itself: `NAME.git`, `.git` or, of a linked work tree, `.git/worktrees/NAME`.
    public var path: String { facts.path }
    /// The folder that all linked work trees share; elsewhere the same as ``path``.
    public var commonPath: String { facts.commonPath }
    /// Where files are checked out, or `nil` for a bare repository.
    public var workTree: String? { facts.workTree }
    /// Where Git LFS keeps its objects: in the folder of the repository, unless the setting `lfs.storage` names another.
    public var lfsFolder: String { (facts.lfsStorage ?? commonPath + "/lfs") + "/objects" }
    public var isBare: Bool { facts.isBare }
    /// The branch that was checked out at opening, without `refs/heads/`; it need not have a commit yet.
    public var headBranch: String? { facts.headBranch }
    /// Whether the work tree leaves out files that are in the repository, as `git sparse-checkout` makes it.
    public var isSparse: Bool { facts.isSparse }

    /// From now on, `listener` hears what the store puts right by itself, such as a lock that a dead process left.
    public func report(to listener: @escaping @Sendable (String) -> Void) { self.listener.set(listener) }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ObjectReader) throws -> Value
    ) async throws -> Value {
        try await readers.read { try body($0) }
    }

    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any ObjectWriter) throws -> Value
    ) async throws -> Value {
        try await writer.lend { try body($0) }
    }

    func reading<Value: Sendable>(_ body: @Sendable (GitReader) throws -> Value) async throws -> Value {
        try await readers.read(body)
    }

    func writing<Value: Sendable>(_ body: @Sendable (GitWriter) throws -> Value) async throws -> Value {
        try await writer.lend(body)
    }
}

/// Who hears of repairs. The store is there before anybody listens.
private final class Listener: Sendable {
    private let current = Mutex<@Sendable (String) -> Void>({ _ in })

    func set(_ listener: @escaping @Sendable (String) -> Void) { current.withLock { $0 = listener } }

    func tell(_ words: String) { current.withLock { $0 }(words) }
}
