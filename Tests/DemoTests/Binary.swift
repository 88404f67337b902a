import Foundation
import TestSupport

/// The program as people run it, in a folder of the test's own.
struct Binary {
    let folder: URL

    /// It lies beside the tests.
    private static let path: String =
        ProcessInfo.processInfo.environment["MARTLET_BINARY"]
        ?? URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "martlet").path()

    private var environment: [String: String] {
        let here = ProcessInfo.processInfo.environment
        var environment = [
            "PATH": here["PATH"] ?? "/usr/bin:/bin", "HOME": folder.path(), "TMPDIR": folder.path(),
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "MARTLET_CACHE": folder.path() + "cache",
        ]
        environment["LD_LIBRARY_PATH"] = here["LD_LIBRARY_PATH"]
        return environment
    }

    func callAsFunction(_ arguments: String..., path: String? = nil, timeout: Duration = .seconds(60)) throws -> Ended {
        var environment = environment
        environment["PATH"] = path ?? environment["PATH"]
        return try spawn([Self.path] + arguments, environment: environment, folder: folder.path(), timeout: timeout)
    }

    /// Runs git, which must succeed.
    @discardableResult
    func git(_ arguments: String...) throws -> String {
        let identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
        let ended = try spawn(["git"] + identity + arguments, environment: environment, folder: folder.path())
        guard ended.code == 0 else { throw GitFailure(words: String(decoding: ended.errors, as: UTF8.self)) }
        return String(decoding: ended.output, as: UTF8.self)
    }

    struct GitFailure: Error { let words: String }
}
