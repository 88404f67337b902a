public import Domain
import Glibc

/// A bare copy of a remote in the controller's cache, and the way to the remote. Losing it loses nothing.
public struct Mirror: Sendable {
    public let store: GitStore
    public let remote: any Remote

    /// What says that a folder is a mirror, and may be made anew.
    private static let mark = "martlet-mirror"

    static func isOne(at path: String) -> Bool { access("\(path)/\(mark)", F_OK) == 0 }

    /// Opens the mirror at `path`, or makes it first. It holds nothing until the first ``Remote/fetch(_:)``.
    ///
    /// It is made beside its place and put there by one rename, so that dying at any moment leaves none or a whole one.
    public static func open(
        _ url: String, at path: String, environment: [String: String],
        settings: [(key: String, value: String)] = [], timeout: Duration = .seconds(300), run: @escaping RunCommand
    ) throws(GitError) -> Mirror {
        if access(path + "/HEAD", F_OK) != 0 { try make(at: path) }
        StaleLocks.remove(below: path)
        let store = try GitStore(opening: path)
        let remote = try Self.remote(
            url, for: store, environment: environment, settings: settings, timeout: timeout, run: run)
        return Mirror(store: store, remote: remote)
    }

    /// The same, made anew where what is there was damaged, as a lost disk or a power cut leaves it.
    public static func whole(
        _ url: String, at path: String, environment: [String: String],
        settings: [(key: String, value: String)] = [], timeout: Duration = .seconds(300), run: @escaping RunCommand
    ) async throws -> Mirror {
        let isOurs = isOne(at: path)
        do {
            let mirror = try open(
                url, at: path, environment: environment, settings: settings, timeout: timeout, run: run)
            guard isOurs else { return mirror }
            if try await mirror.isWhole { return mirror }
        } catch {
            guard isOurs else { throw error }
        }
        Folder.remove(path)
        return try open(
            url, at: path, environment: environment, settings: settings, timeout: timeout, run: run)
    }

    /// Whether git can work with it, and each branch's newest commit and its folder can be read.
    private var isWhole: Bool {
        get async throws {
            guard ["HEAD", "config"].allSatisfy({ Self.holdsSomething("\(store.path)/\($0)") }) else { return false }
            do {
                return try await store.read { reader in
                    for reference in try reader.references(matching: "refs/heads/*").prefix(1000) {
                        _ = try reader.tree(reader.commit(reference.target).tree)
                    }
                    return true
                }
            } catch is GitError {
                return false
            }
        }
    }

    private static func holdsSomething(_ file: String) -> Bool {
        var facts = stat()
        return stat(file, &facts) == 0 && facts.st_size > 0
    }

    /// Makes a mirror again whose folder somebody has removed.
    static func restore(at path: String) throws(GitError) {
        guard access(path + "/HEAD", F_OK) != 0, access(path, F_OK) != 0 || isOne(at: path) else {
            return
        }
        var folder = ""
        for part in path.pathParts().dropLast() {
            folder += "/\(part)"
            mkdir(folder, 0o700)
        }
        Folder.remove(path)
        try make(at: path)
    }

    /// The shortest way to a remote: its own files where it is on this machine, else the git program.
    public static func remote(
        _ url: String, for store: GitStore, environment: [String: String],
        settings: [(key: String, value: String)] = [], timeout: Duration = .seconds(300), run: @escaping RunCommand
    ) throws(GitError) -> any Remote {
        let program = try GitCommandLine(
            url, for: store, environment: environment, settings: settings, timeout: timeout, run: run)
        // What is pushed elsewhere than it is read from is left to git.
        guard program.address.localPath != nil, !settings.contains(where: { $0.key == RemoteAddress.pushKey }) else {
            return program
        }
        return try LocalRemote(url, for: store, environment: environment, timeout: timeout, run: run)
    }

    private static func make(at path: String) throws(GitError) {
        removeLeftovers(of: path)
        let beside = "\(path).new-\(getpid())-\(UInt32.random(in: 0...(.max)))"
        try RepositoryHandle.create(beside, bare: true, branch: "main")
        close(creat("\(beside)/\(mark)", 0o600))
        guard rename(beside, path) != 0 else { return }
        let reason = String(cString: strerror(errno))
        Folder.remove(beside)
        // Somebody else may have been faster.
        guard access(path + "/HEAD", F_OK) != 0 else { return }
        throw GitError(
            .invalid, "make a mirror at \(path)", reason, hint: "the place must be free: move away what is there")
    }

    /// What processes that have died since were making.
    private static func removeLeftovers(of path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let parent = String(path[...slash])
        let start = path[slash...].dropFirst() + ".new-"
        for name in Folder.names(in: parent) where name.hasPrefix(start) {
            let maker = name.dropFirst(start.count).split(separator: "-").first.flatMap { pid_t($0) }
            if let maker, maker > 0, kill(maker, 0) != 0, errno == ESRCH { Folder.remove(parent + name) }
        }
    }
}
