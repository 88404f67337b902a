import Domain
import Foundation
import Git
import TestSupport
import Testing

struct QuarantineTests {
    /// A real pre-receive hook stops in the middle of a push, and a process with its environment looks around.
    @Test func `a hook sees the pushed commit, writes beside it, and moves no reference`() async throws {
        try await withTemporaryRepository { repository in
            let folder = repository.folder.path()
            let script = """
                #!/bin/sh
                cat > \(folder)/pushed
                env > \(folder)/environment
                touch \(folder)/ready
                while [ ! -e \(folder)/go ]; do sleep 0.01; done
                exit 1
                """
            let hook = "\(repository.origin)/hooks/pre-receive"
            try script.write(toFile: hook, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
            let commit = try repository.commit(["model.yaml": "kind: Model\n"], push: false)
            async let push = runForTests(
                Command(["git", "push", "origin", "main"], environment: plainGitEnvironment, folder: repository.work))
            while !FileManager.default.fileExists(atPath: "\(folder)/ready") {
                try await Task.sleep(for: .milliseconds(5))
            }
            await #expect(processExitsWith: .success) { [folder = folder as String, commit = commit as String] in
                try await Self.lookAround(folder, commit)
            }
            try Data().write(to: URL(filePath: "\(folder)/go"))
            #expect(await push.succeeded == false)
            #expect(throws: GitProgramFailure.self) { try git("cat-file", "-e", commit, in: repository.origin) }
            try git("fsck", in: repository.origin)
        }
    }

    private static func lookAround(_ folder: String, _ commit: String) async throws {
        for line in try String(contentsOfFile: "\(folder)/environment", encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].hasPrefix("GIT_") { setenv(String(parts[0]), String(parts[1]), 1) }
        }
        try #require(FileManager.default.changeCurrentDirectoryPath("\(folder)/origin.git"))
        let id = try objectID(commit)
        let store = try GitStore(opening: ".", fromEnvironment: true)
        let parent = try #require(try await store.read { try $0.commit(id) }.parents.first)
        #expect(try await store.read { try $0.resolve("refs/heads/main") } == parent)
        let changes = try await store.read { reader in
            try reader.changes(from: reader.commit(parent).tree, to: reader.commit(id).tree, prefix: "")
        }
        #expect(changes.map(\.path) == ["model.yaml"])
        let blob = try await store.write { try $0.write(blob: Array("in quarantine".utf8)) }
        #expect(try await store.read { try $0.size(ofBlob: blob) } == 13)
        let error = await #expect(throws: GitError.self) {
            try await store.write { try $0.move("refs/heads/main", from: parent, to: id, reason: "no") }
        }
        #expect(error?.code == .quarantined)
        let plain = try GitStore(opening: "\(folder)/origin.git")
        await #expect(throws: GitError.self) { try await plain.read { try $0.commit(id) } }
    }
}
