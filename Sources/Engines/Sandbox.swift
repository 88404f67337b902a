public import Domain
import Glibc

/// Where the commands of a model repository run: in a fresh folder, knowing nothing of Martlet's environment, with limits, by an engine.
///
/// It keeps mistakes and curiosity in, not an attacker: the command runs as Martlet's own user. Commands run only for trusted authors.
public struct Sandbox: Sendable {
    private let engine: any Engine
    private let surroundings: [String: String]
    private let run: RunCommand

    /// - Parameters:
    ///   - engine: Runs the commands, and says where their folders are.
    ///   - surroundings: What of Martlet's environment the engine's own programs may see; commands see no more of it than `PATH`.
    public init(
        _ engine: any Engine = LocalEngine(), surroundings: [String: String] = [:],
        run: @escaping RunCommand = LocalProcess.run
    ) {
        self.engine = engine
        self.surroundings = surroundings
        self.run = run
    }

    /// Lends a fresh folder, and removes it with all that a command left there, processes too. What a killed Martlet left goes as well.
    public func withFolder<Result>(_ body: (SandboxFolder) async throws -> Result) async throws -> Result {
        let parent = engine.folder
        var template = Array("\(parent)/\(Self.prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SandboxFailure("cannot make a folder in \(parent), which the engine names", code: errno)
        }
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        // The lock says that the folder is in use; the system takes it back when its holder dies.
        guard let lock = Self.lock(path) else { throw SandboxFailure("cannot lock \(path)", code: errno) }
        defer { close(lock) }
        Underway.add(folder: path)
        defer { Underway.remove(folder: path) }
        for left in Self.abandoned(in: parent) { await remove(left) }
        let folder = SandboxFolder(path: path, engine: engine, surroundings: surroundings, run: run)
        do {
            try folder.makeFolders()
            let result = try await body(folder)
            await remove(path)
            return result
        } catch {
            await remove(path)
            throw error
        }
    }

    private static let prefix = "martlet-sandbox-"

    /// Of a file in it, open for writing: NFS locks nothing else (flock(2)).
    private static func lock(_ path: String) -> Int32? {
        let descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    /// Our own folders that nobody holds. One that is a moment old may be about to be locked.
    private static func abandoned(in parent: String) -> [String] {
        guard let stream = opendir(parent) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let record = readdir(stream) {
            let name = withUnsafePointer(to: &record.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var status = stat()
            let path = "\(parent)/\(name)"
            guard name.hasPrefix(prefix), lstat(path, &status) == 0, status.st_uid == geteuid(),
                status.st_mtim.tv_sec < time(nil) - 60, let lock = lock(path)
            else { continue }
            close(lock)
            found.append(path)
        }
        return found
    }

    private func remove(_ path: String) async {
        SandboxProcesses.end(in: path)
        _ = await run(Self.removal(of: path))
    }

    /// A command may have taken our own permissions away.
    static func removal(of path: String) -> Command {
        let script = #"rm -rf -- "$0" 2>/dev/null || { chmod -R u+rwx -- "$0"; rm -rf -- "$0"; }"#
        return Command(["/bin/sh", "-c", script, path], environment: ["PATH": ProgramPath.standard])
    }
}
