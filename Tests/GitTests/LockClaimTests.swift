import Domain
import Foundation
import TestSupport
import Testing

@testable import Git

/// The locks of a Martlet that was killed, and those of others.
struct LockClaimTests {
    @Test func `what a killed process had locked is free at once, and what others hold stays theirs`() async throws {
        try await withTemporaryRepository { repository in
            let tip = try objectID(repository.git("rev-parse", "HEAD")), folder = repository.origin + "/"
            await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
                let locks = ["main", "other"].map { "\(folder)refs/heads/\($0).lock" } + ["\(folder)HEAD.lock"]
                _ = FileManager.default.createFile(atPath: locks[1], contents: nil)
                usleep(50_000)
                let claim = LockClaim(on: locks, in: folder)
                for lock in [locks[0], locks[2]] { _ = FileManager.default.createFile(atPath: lock, contents: nil) }
                kill(getpid(), SIGKILL)
                withExtendedLifetime(claim) {}
            }
            // Claimed as well, but made before: by somebody whose work takes its time.
            let other = folder + "refs/heads/other.lock"
            #expect(try Self.claims(in: folder).count == 1)
            let store = try GitStore(opening: repository.origin)
            let new = try objectID(
                git("commit-tree", "-p", "\(tip)", "-m", "x", "\(tip)^{tree}", in: repository.origin))
            #expect(try await store.write { try $0.move("refs/heads/main", from: tip, to: new, reason: "test") })
            #expect(FileManager.default.fileExists(atPath: other))
            #expect(FileManager.default.fileExists(atPath: folder + "HEAD.lock"), "only references are claimed")
            #expect(try Self.claims(in: folder).isEmpty)
        }
    }

    @Test func `a fetch waits for the locks of a process that was killed just now`() async throws {
        try await withTemporaryRepository { repository in
            let path = "\(repository.folder.path())/mirror.git", lock = path + "/refs/heads/main.lock"
            let mirror = try Mirror.open(
                repository.origin, at: path, environment: plainGitEnvironment, run: runForTests)
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, lock = lock as String] in
                let claim = LockClaim(on: [lock], in: path + "/")
                _ = FileManager.default.createFile(atPath: lock, contents: nil)
                kill(getpid(), SIGKILL)
                withExtendedLifetime(claim) {}
            }
            try await mirror.remote.fetch(["refs/heads/main"])
            #expect(try await mirror.store.read { try $0.resolve("refs/heads/main") } != nil)
        }
    }

    @Test func `a claim that is held protects its locks`() async throws {
        try await withTemporaryRepository { repository in
            let folder = repository.origin + "/", lock = folder + "refs/heads/main.lock"
            try withExtendedLifetime(LockClaim(on: [lock], in: folder)) {
                try Data().write(to: URL(filePath: lock))
                usleep(300_000)
                #expect(LockClaim.clear(in: folder).isEmpty && FileManager.default.fileExists(atPath: lock))
            }
            #expect(try Self.claims(in: folder).isEmpty, "it goes with its holder")
        }
    }

    @Test(arguments: ["../outside.lock", "refs/heads/../../config.lock", "refs/heads/main", "objects/x.lock"])
    func `a claim frees nothing but locks of references`(name: String) async throws {
        try await withTemporaryRepository { repository in
            let folder = repository.origin + "/", file = folder + name
            if !FileManager.default.fileExists(atPath: file) { try Data().write(to: URL(filePath: file)) }
            try Data(file.utf8).write(to: URL(filePath: folder + "martlet-claim-1-1"))
            usleep(300_000)
            #expect(LockClaim.clear(in: folder).isEmpty && FileManager.default.fileExists(atPath: file))
        }
    }

    private static func claims(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("martlet-claim-") }
    }
}
