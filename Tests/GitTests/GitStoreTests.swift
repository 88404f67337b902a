import Domain
import Foundation
import Git
import TestSupport
import Testing

struct GitStoreTests {
    @Test func `opens a bare repository, a clone, a folder in it, and a linked work tree`() async throws {
        try await withTemporaryRepository(files: ["models/a/model.yaml": "kind: Model\n"]) { repository in
            let bare = try GitStore(opening: repository.origin)
            #expect(bare.isBare && bare.workTree == nil && bare.path == repository.origin)
            let clone = try GitStore(opening: "\(repository.work)/models/a")
            #expect(!clone.isBare && clone.workTree == repository.work && clone.path == "\(repository.work)/.git")
            #expect(clone.headBranch == "main")
            let linked = repository.folder.appending(path: "linked").path()
            try repository.git("worktree", "add", "--quiet", "-b", "side", linked)
            let tree = try GitStore(opening: linked)
            #expect(tree.commonPath == clone.path && tree.headBranch == "side" && tree.workTree == linked)
            for store in [bare, clone, tree] {
                let tip = try await store.read { try $0.resolve("HEAD") }
                #expect(tip.map { "\($0)" } == (try repository.git("rev-parse", "HEAD")))
            }
            #expect(tree.lfsFolder == "\(clone.path)/lfs/objects")
            for (storage, folder) in [("/srv/lfs", "/srv/lfs/objects"), ("big", "\(clone.path)/big/objects")] {
                try repository.git("config", "lfs.storage", storage)
                for path in [repository.work, linked] { #expect(try GitStore(opening: path).lfsFolder == folder) }
            }
        }
    }

    @Test func `makes a repository, and making it again changes nothing`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "new.git").path()
            let store = try GitStore.create(path, branch: "trunk")
            #expect(store.isBare && store.headBranch == "trunk")
            let blob = try await store.write { try $0.write(blob: Array("text".utf8)) }
            let again = try GitStore.create(path)
            #expect(again.headBranch == "trunk")
            #expect(try await again.read { try $0.blob(blob, atMost: 4) } == Array("text".utf8))
            #expect(try await again.read { try $0.resolve("HEAD") } == nil)
        }
    }

    @Test func `refuses what it cannot work in, and says what helps`() async throws {
        try await withTemporaryRepository(files: ["a": "1"]) { repository in
            let folder = repository.folder.path()
            try repository.commit(["a": "2"])
            try git("init", "--quiet", "--object-format=sha256", "\(folder)/sha256")
            try git("clone", "--quiet", "--depth=1", "file://\(repository.origin)", "\(folder)/shallow")
            try git("-C", repository.origin, "config", "uploadpack.allowFilter", "true")
            try git("clone", "--quiet", "--filter=blob:none", "file://\(repository.origin)", "\(folder)/partial")
            try FileManager.default.createDirectory(atPath: "\(folder)/plain", withIntermediateDirectories: true)
            let reasons: [String: (GitError.Code, String)] = [
                "sha256": (.unsupported, "sha256"), "shallow": (.unsupported, "--unshallow"),
                "partial": (.unsupported, "--filter"), "plain": (.notFound, "no Git repository"),
                "missing": (.notFound, "no Git repository"),
            ]
            for (name, reason) in reasons {
                let error = #expect(throws: GitError.self, "\(name)") { try GitStore(opening: "\(folder)/\(name)") }
                #expect(error?.code == reason.0, "\(name): \(error?.description ?? "")")
                #expect(error?.description.contains(reason.1) == true, "\(name): \(error?.description ?? "")")
                #expect(error?.remedy == .askHuman)
            }
        }
    }

    @Test func `opens a repository with per-worktree settings`() async throws {
        try await withTemporaryRepository(files: ["a/b": "1"]) { repository in
            try repository.git("config", "core.repositoryFormatVersion", "1")
            try repository.git("config", "extensions.worktreeConfig", "true")
            let store = try GitStore(opening: repository.work)
            #expect(try await store.read { try $0.resolve("HEAD") } != nil)
        }
    }

    @Test func `opens a repository that says its objects are named by SHA-1`() async throws {
        try await withTemporaryRepository(files: ["a/b": "1"]) { repository in
            for path in [repository.work, repository.origin] {
                try git("-C", path, "config", "core.repositoryFormatVersion", "1")
                try git("-C", path, "config", "extensions.objectFormat", "sha1")
                let store = try GitStore(opening: path)
                #expect(try await store.read { try $0.resolve("refs/heads/main") } != nil)
                try git("-C", path, "config", "extensions.objectFormat", "md5")
                let error = #expect(throws: GitError.self) { try GitStore(opening: path) }
                #expect(error?.hint == "Martlet works in SHA-1 repositories", "\(error?.description ?? "")")
            }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
    func `refuses a repository of another user and says how to trust it`() async throws {
        try await withTemporaryRepository { repository in
            try spawnOrFail(["chown", "-R", "nobody", repository.origin])
            let error = #expect(throws: GitError.self) { try GitStore(opening: repository.origin) }
            #expect(error?.code == .foreignOwner)
            #expect(error?.hint?.hasSuffix("git config --global --add safe.directory \(repository.origin)") == true)
            try spawnOrFail(["chown", "-R", "nobody", repository.work])
            let clone = #expect(throws: GitError.self) { try GitStore(opening: repository.work + "/.git") }
            #expect(clone?.hint?.hasSuffix("git config --global --add safe.directory \(repository.work)") == true)
        }
    }

    @Test(
        .enabled(if: geteuid() == 0, "only root can give a folder away"),
        arguments: [
            ("WORK", true), ("*", true), ("WORK/", true), ("WORK/.git", true), ("ABOVE/*", true), ("~/../work", true),
            ("ABOVE", false), ("WORK/*", false), ("*\n\tdirectory =", false), ("", false),
        ])
    func `another user's repository is opened where the user's settings trust it`(value: String, isTrusted: Bool)
        async throws
    {
        try await withTemporaryRepository { repository in
            let above = String(repository.work.dropLast("/work".count)), home = above + "/home"
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
            let setting = value.replacing("WORK", with: repository.work).replacing("ABOVE", with: above)
            try Data("[safe]\n\tdirectory = \(setting)\n".utf8).write(to: URL(filePath: home + "/.gitconfig"))
            // The repository's own settings do not count.
            try repository.git("config", "safe.directory", "*")
            try spawnOrFail(["chown", "-R", "nobody", repository.work])
            await #expect(processExitsWith: .success) {
                [home = home as String, work = repository.work as String, isTrusted = isTrusted as Bool] in
                // Before libgit2 starts: it looks for the user's settings once.
                setenv("HOME", home, 1)
                let store = try? GitStore(opening: work)
                guard (store != nil) == isTrusted else { exit(1) }
            }
        }
    }

    @Test func `a blob over the limit is not read`() async throws {
        try await withTemporaryRepository(files: ["big": String(repeating: "x", count: 1000)]) { repository in
            let store = try GitStore(opening: repository.origin)
            let blob = try objectID(repository.git("rev-parse", "HEAD:big"))
            let error = await #expect(throws: GitError.self) {
                try await store.read { try $0.blob(blob, atMost: 999) }
            }
            #expect(error?.code == .tooLarge)
            #expect(error?.description.contains("1000 bytes, 999 are allowed") == true)
            #expect(try await store.read { try $0.size(ofBlob: blob) } == 1000)
        }
    }

    @Test func `sees what git fetched, packed and moved while the store was open`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.origin)
            _ = try await store.read { try $0.resolve("HEAD") }
            let commit = try objectID(repository.commit(["a": "2"], message: "second"))
            #expect(try await store.read { try $0.resolve("refs/heads/main") } == commit)
            #expect(try await store.read { try $0.commit(commit) }.subject == "second")
            try git("-C", repository.origin, "repack", "-adq")
            try git("-C", repository.origin, "pack-refs", "--all")
            let third = try objectID(repository.commit(["a": "3"]))
            #expect(try await store.read { try $0.commit(third) }.parents == [commit])
        }
    }

    private func spawnOrFail(_ arguments: [String]) throws {
        let ended = try spawn(arguments, environment: plainGitEnvironment)
        try #require(ended.code == 0)
    }
}
