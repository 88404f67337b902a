import Domain
import Foundation
import Git
import TestSupport
import Testing

struct CommitSignerTests {
    @Test func `git knows what was signed, with either kind of key, and nothing else has changed`() async throws {
        try await withTemporaryRepository { repository in
            try await withSigningKeys(in: repository.folder) { keys in
                try keys.makeSSH("bot")
                try keys.makeOpenPGP("Bot <bot@example.com>")
                let store = try GitStore(opening: repository.work)
                let base = try objectID(repository.git("rev-parse", "HEAD"))
                let head = try await Self.commits(store, on: base)
                let allowed = repository.folder.appending(path: "allowed").path(percentEncoded: false)
                try Data(keys.line("bot", as: "bot@example.com").utf8).write(to: URL(filePath: allowed))
                for key in [CommitSigner.Key(keys.path("bot")), CommitSigner.Key("openpgp:bot@example.com")] {
                    let signer = try CommitSigner(
                        store, key: key, environment: plainGitEnvironment.merging(keys.environment) { $1 },
                        run: runForTests)
                    let signed = try await signer.sign(head, above: base)
                    for commit in ["\(signed)", "\(signed)^"] {
                        try git(
                            ["-c", "gpg.ssh.allowedSignersFile=\(allowed)", "verify-commit", commit],
                            in: repository.work, environment: keys.environment)
                    }
                    let format = "--format=%T %an %ae %at %cn %ce %ct %B"
                    #expect(
                        try repository.git("log", format, "\(base)..\(signed)")
                            == repository.git("log", format, "\(base)..\(head)"))
                    #expect(try repository.git("rev-parse", "\(signed)~2") == "\(base)")
                    #expect(try repository.git("rev-parse", "\(signed)^2") == repository.git("rev-parse", "\(head)^2"))
                    #expect(try await signer.sign(base, above: base) == base)
                }
                try repository.git("fsck", "--strict")
            }
        }
    }

    @Test(arguments: ["v1\n", "v1", "v1\n\nwith more\n\n"])
    func `a tag is signed so that git knows it, and says what it said`(_ message: String) async throws {
        try await withTemporaryRepository { repository in
            try await withSigningKeys(in: repository.folder) { keys in
                try keys.makeSSH("bot", "eve")
                try keys.makeOpenPGP("Bot <bot@example.com>")
                let store = try GitStore(opening: repository.work)
                let target = try objectID(repository.git("rev-parse", "HEAD"))
                let bot = Person(name: "Bot", email: "bot@example.com", time: Timestamp(seconds: 1_700_000_000))
                let allowed = repository.folder.appending(path: "allowed").path(percentEncoded: false)
                try Data(keys.line("bot", as: "bot@example.com").utf8).write(to: URL(filePath: allowed))
                for (name, key) in [("a", CommitSigner.Key(keys.path("bot"))), ("b", .openPGP("bot@example.com"))] {
                    let signer = try CommitSigner(
                        store, key: key, environment: plainGitEnvironment.merging(keys.environment) { $1 },
                        run: runForTests)
                    let bare = try await store.write {
                        try $0.write(Tag(name: name, target: target, tagger: bot, message: message))
                    }
                    let signed = try await signer.sign(tag: bare)
                    try repository.git("update-ref", "refs/tags/\(name)", "\(signed)")
                    try git(
                        ["-c", "gpg.ssh.allowedSignersFile=\(allowed)", "tag", "-v", name], in: repository.work,
                        environment: keys.environment)
                    let tag = try #require(try await store.read { try $0.tag(signed) })
                    #expect(tag.target == target && tag.tagger == bot && tag.message.hasPrefix(message))
                    await #expect(throws: GitError.self) { try await signer.sign(tag: target) }
                }
                try repository.git("fsck", "--strict")
            }
        }
    }

    @Test func `what is signed above a commit that is none of its ancestors begins where it began`() async throws {
        try await withTemporaryRepository { repository in
            try await withSigningKeys(in: repository.folder) { keys in
                try keys.makeSSH("bot")
                let store = try GitStore(opening: repository.work)
                let base = try objectID(repository.git("rev-parse", "HEAD"))
                let bot = Person(name: "Bot", email: "bot@example.com", time: Timestamp(seconds: 1_700_000_000))
                let root = try await store.write { writer in
                    let tree = try writer.commit(base).tree
                    return try writer.write(CommitDraft(tree: tree, parents: [], author: bot, message: "root\n"))
                }
                let signer = try CommitSigner(
                    store, key: .ssh(path: keys.path("bot")), environment: plainGitEnvironment, run: runForTests)
                let signed = try await signer.sign(root, above: base)
                #expect(try await store.read { try $0.commit(signed).parents }.isEmpty)
            }
        }
    }

    @Test func `a key that cannot be used makes nothing unsigned`() async throws {
        try await withTemporaryRepository { repository in
            try await withSigningKeys(in: repository.folder) { keys in
                let store = try GitStore(opening: repository.work)
                let base = try objectID(repository.git("rev-parse", "HEAD"))
                let head = try await Self.commits(store, on: base)
                #expect(throws: GitError.self) {
                    try CommitSigner(
                        store, key: .ssh(path: keys.path("none")), environment: plainGitEnvironment, run: runForTests)
                }
                try Data("no key".utf8).write(to: URL(filePath: keys.path("broken")))
                for key in [CommitSigner.Key.ssh(path: keys.path("broken")), .openPGP("nobody@example.com")] {
                    let signer = try CommitSigner(
                        store, key: key, environment: plainGitEnvironment.merging(keys.environment) { $1 },
                        run: runForTests)
                    await #expect(throws: GitError.self) { try await signer.sign(head, above: base) }
                }
            }
        }
    }

    /// Two commits, the second a merge.
    private static func commits(_ store: GitStore, on base: ObjectID) async throws -> ObjectID {
        let bot = Person(name: "Bot", email: "bot@example.com", time: Timestamp(seconds: 1_700_000_000))
        return try await store.write { writer in
            let tree = try writer.commit(base).tree
            let side = try writer.write(CommitDraft(tree: tree, parents: [base], author: bot, message: "side\n"))
            let first = try writer.write(
                CommitDraft(tree: tree, parents: [base], author: bot, message: "first\n\nwhy\n"))
            return try writer.write(CommitDraft(tree: tree, parents: [first, side], author: bot, message: "second\n"))
        }
    }
}
