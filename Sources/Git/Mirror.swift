public import Domain
import Glibc

/// A bare copy of a remote in the controller's cache, and the way to the remote. Losing it loses nothing.
public struct Mirror: Sendable {
    public let store: GitStore
    public let remote: any Remote

    /// Opens the mirror at `path`, or makes it first. It holds nothing until the first ``Remote/fetch(_:)``.
    ///
    /// It is made beside its place and put there by one rename, so that dying at any moment leaves none or a whole one.
    public static func open(
        _ url: String, at path: String, environment: [String: String], timeout: Duration = .seconds(300),
        run: @escaping RunCommand
    ) throws(GitError) -> Mirror {
        if access(path + "/HEAD", F_OK) != 0 { try make(at: path) }
        StaleLocks.remove(below: path)
        let store = try GitStore(opening: path)
        let remote = try Self.remote(url, for: store, environment: environment, timeout: timeout, run: run)
        return Mirror(store: store, remote: remote)
    }

    /// The shortest way to a remote: its own files where it is on this machine, else the git program.
    public static func remote(
        _ url: String, for store: GitStore, environment: [String: String], timeout: Duration = .seconds(300),
        run: @escaping RunCommand
    ) throws(GitError) -> any Remote {
        let program = try GitCommandLine(url, for: store, environment: environment, timeout: timeout, run: run)
        guard program.address.localPath != nil else { return program }
        return try LocalRemote(url, for: store, environment: environment, timeout: timeout, run: run)
    }

    private static func make(at path: String) throws(GitError) {
        removeLeftovers(of: path)
        let beside = "\(path).new-\(getpid())-\(UInt32.random(in: 0...(.max)))"
        try RepositoryHandle.create(beside, bare: true, branch: "main")
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
