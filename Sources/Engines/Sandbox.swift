public import Domain
import Glibc

/// Where the commands of a model repository run: in a fresh folder, knowing nothing of Martlet's environment, with limits.
///
/// It keeps mistakes and curiosity in, not an attacker: the command runs as Martlet's own user. Commands run only for trusted authors.
public struct Sandbox: Sendable {
    private let parent: String
    private let programs: String
    private let withoutNetwork: Bool
    private let run: RunCommand

    /// Makes its folders in `parent`; finds programs in `programs`, a `PATH`. Without network, the command runs in a network namespace
    /// of its own (`unshare`, package util-linux); where the system forbids that, it does not run at all.
    public init(
        in parent: String = "/tmp", programs: String? = nil, withoutNetwork: Bool = false,
        run: @escaping RunCommand = LocalProcess.run
    ) {
        self.parent = parent
        self.programs = programs ?? ProgramPath.standard
        self.withoutNetwork = withoutNetwork
        self.run = run
    }

    /// Lends a fresh folder, and removes it with all that a command left there.
    public func withFolder<Result>(_ body: (SandboxFolder) async throws -> Result) async throws -> Result {
        var template = Array("\(parent)/martlet-sandbox-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SandboxFailure("cannot make a folder in \(parent)", code: errno)
        }
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        let folder = SandboxFolder(path: path, programs: programs, withoutNetwork: withoutNetwork, run: run)
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

    /// A command may have taken our own permissions away.
    private func remove(_ path: String) async {
        let script = #"rm -rf -- "$0" 2>/dev/null || { chmod -R u+rwx -- "$0"; rm -rf -- "$0"; }"#
        _ = await run(Command(["/bin/sh", "-c", script, path], environment: ["PATH": ProgramPath.standard]))
    }
}

/// Why the sandbox cannot hold what a command needs.
public struct SandboxFailure: Failure, Hashable {
    public let description: String
    public var remedy: Remedy { .askHuman }

    init(_ description: String) { self.description = description }

    init(_ what: String, code: Int32) { description = "\(what): \(String(cString: strerror(code)))" }
}
