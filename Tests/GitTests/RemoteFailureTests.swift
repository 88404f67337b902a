import Domain
import Foundation
import Git
import TestSupport
import Testing

struct RemoteFailureTests {
    @Test(arguments: [
        "-x", "--upload-pack=touch /x", "ext::sh -c id", "fd::17", "", "https://a\nb", "transport-x::address",
        "a\u{1b}",
    ])
    func `an address that runs something or is no address is refused`(address: String) async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.origin)
            let error = #expect(throws: GitError.self) {
                try GitCommandLine(address, for: store, environment: [:], run: runForTests)
            }
            #expect(error?.code == .invalid)
        }
    }

    @Test(arguments: [
        "main", "--all", "refs/heads/a b", "refs/heads/*/*", "refs/../x", "refs/heads/a:refs/heads/b", "",
    ])
    func `a name that is no reference is refused`(name: String) async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.work)
            let remote = try GitCommandLine(
                repository.origin, for: store, environment: plainGitEnvironment, run: runForTests)
            let tip = try objectID(repository.git("rev-parse", "HEAD"))
            await #expect(throws: GitError.self) { try await remote.references([name]) }
            await #expect(throws: GitError.self) { try await remote.fetch([name]) }
            await #expect(throws: GitError.self) {
                try await remote.push([ReferenceUpdate(name, from: nil, to: tip)])
            }
        }
    }

    @Test func `a peer that accepts and says nothing is given up at the time limit`() async throws {
        let silent = try SilentServer()
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.origin)
            let remote = try GitCommandLine(
                "git://127.0.0.1:\(silent.port)/x.git", for: store, environment: plainGitEnvironment,
                timeout: .milliseconds(600), run: runForTests)
            let start = ContinuousClock.now
            let error = await #expect(throws: GitError.self) { try await remote.references(["refs/heads/main"]) }
            #expect(error?.code == .timedOut)
            #expect(error?.remedy != .askHuman)
            #expect(ContinuousClock.now - start < .seconds(60))
        }
    }

    @Test func `where the machine has no descriptors left, nobody is told to install git`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.origin)
            let reason = "no pipe to the program: Too many open files (raise the limit)"
            for (ending, isInstalled) in [(CommandResult.Ending.exhausted(reason), true), (.notStarted("none"), false)]
            {
                let remote = try GitCommandLine(
                    "git://127.0.0.1/x.git", for: store, environment: [:], run: { _ in CommandResult(ending: ending) })
                let error = await #expect(throws: GitError.self) { try await remote.references(["refs/heads/main"]) }
                #expect(error?.remedy == .retry)
                #expect(error?.description.contains("install git") == !isInstalled)
                #expect(error?.description.hasSuffix(reason) == isInstalled)
            }
        }
    }

    @Test func `a password in the address never shows in a message`() async throws {
        let silent = try SilentServer()
        silent.close()
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.origin)
            let url = "http://bot:s3cret@127.0.0.1:\(silent.port)/x.git"
            let seen = Seen()
            let remote = try GitCommandLine(url, for: store, environment: plainGitEnvironment) { command in
                seen.add(command)
                return await runForTests(command)
            }
            let error = await #expect(throws: GitError.self) { try await remote.references(["refs/heads/main"]) }
            let fetch = await #expect(throws: GitError.self) { try await remote.fetch(["refs/heads/main"]) }
            for text in [error?.description, fetch?.description] {
                #expect(text?.contains("127.0.0.1") == true)
                #expect(text?.contains("s3cret") == false)
            }
            #expect(seen.arguments.contains { $0.contains("s3cret") } == false)
        }
    }

    @Test func `a remote that is gone asks a human`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.work)
            let missing = "\(repository.folder.path())/missing.git"
            let remote = try GitCommandLine(missing, for: store, environment: plainGitEnvironment, run: runForTests)
            let error = await #expect(throws: GitError.self) { try await remote.references(["refs/heads/main"]) }
            #expect(error?.code == .notFound)
            #expect(error?.remedy == .askHuman)
            #expect(error?.description.contains(missing) == true)
        }
    }

    @Test func `variables of a hook do not send git to another repository`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore.create("\(repository.folder.path())/mirror.git")
            var environment = plainGitEnvironment
            environment["GIT_DIR"] = "/nonexistent"
            environment["GIT_OBJECT_DIRECTORY"] = "/nonexistent"
            environment["GIT_INDEX_FILE"] = "/nonexistent"
            let remote = try GitCommandLine(repository.origin, for: store, environment: environment, run: runForTests)
            try await remote.fetch(["refs/heads/main"])
            #expect(try await store.read { try $0.resolve("refs/heads/main") } != nil)
        }
    }
}

/// Listens and never answers.
final class SilentServer: Sendable {
    let port: Int
    private let socket: Int32

    init() throws {
        socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && listen(socket, 8) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        try #require(bound)
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    func close() { Foundation.close(socket) }

    deinit { close() }
}

/// Notes the arguments of the programs that are run.
final class Seen: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [String] = []

    func add(_ command: Command) { lock.withLock { all += command.arguments } }
    var arguments: [String] { lock.withLock { all } }
}
