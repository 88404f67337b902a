import Domain
import Foundation
import Git
import TestSupport
import Testing

struct OwnSignatureTests {
    @Test func `a commit is Martlet's own where its key has signed it, whatever kind of key that is`() async throws {
        try await withTemporaryRepository { repository in
            try await withSigningKeys(in: repository.folder) { keys in
                try keys.makeSSH("bot", "eve")
                try keys.makeOpenPGP("Bot <bot@example.com>")
                try keys.makeOpenPGP("Bot <bot@example.org>")
                let store = try GitStore(opening: repository.work)
                let base = try objectID(repository.git("rev-parse", "HEAD"))
                let environment = plainGitEnvironment.merging(keys.environment) { $1 }
                func signed(_ key: CommitSigner.Key) async throws -> ObjectID {
                    let tree = try await store.read { try $0.commit(base).tree }
                    let bot = Person(name: "Bot", email: "bot@example.com", time: Timestamp(seconds: 1_700_000_000))
                    let bare = try await store.write { writer in
                        try writer.write(CommitDraft(tree: tree, parents: [base], author: bot, message: "mine\n"))
                    }
                    return try await CommitSigner(store, key: key, environment: environment, run: runForTests)
                        .sign(bare, above: base)
                }
                func own(_ key: CommitSigner.Key) -> OwnSignature {
                    OwnSignature(store, key: key, environment: environment, run: runForTests)
                }
                let ssh = try await signed(.ssh(path: keys.path("bot")))
                let pgp = try await signed(.openPGP("bot@example.com"))
                // An agent's key is named by its public half.
                for path in [keys.path("bot"), keys.path("bot") + ".pub"] {
                    let mine = own(.ssh(path: path))
                    #expect(try await mine.isOn(ssh))
                    for other in [pgp, base, try await signed(.ssh(path: keys.path("eve")))] {
                        #expect(try await !mine.isOn(other))
                    }
                }
                let mine = own(.openPGP("bot@example.com"))
                #expect(try await mine.isOn(pgp))
                for other in [ssh, base, try await signed(.openPGP("bot@example.org"))] {
                    #expect(try await !mine.isOn(other))
                }
            }
        }
    }

    @Test func `a list of signers names the key, of either kind, or does not`() async throws {
        try await withTemporaryRepository { repository in
            try await withSigningKeys(in: repository.folder) { keys in
                try keys.makeSSH("bot", "eve")
                try keys.makeOpenPGP("Bot <bot@example.com>")
                let store = try GitStore(opening: repository.work)
                let environment = plainGitEnvironment.merging(keys.environment) { $1 }
                func names(_ key: CommitSigner.Key, _ signers: Signers) async throws -> Set<String> {
                    try await OwnSignature(store, key: key, environment: environment, run: runForTests).names(
                        in: signers)
                }
                let half = Array(try keys.publicOpenPGP("bot@example.com").utf8)
                let list = Array(try (keys.line("bot", as: "Bot,b") + keys.line("eve", as: "eve")).utf8)
                let signers = Signers(allowed: list, keys: ["Robot": half])
                #expect(try await names(.ssh(path: keys.path("bot")), signers) == ["bot", "b"])
                #expect(try await names(.ssh(path: keys.path("bot") + ".pub"), signers) == ["bot", "b"])
                #expect(try await names(.openPGP("bot@example.com"), signers) == ["robot"])
                #expect(try await names(.openPGP("bot@example.com"), Signers(allowed: list)).isEmpty)
                #expect(try await names(.ssh(path: keys.path("bot")), .nobody).isEmpty)
            }
        }
    }

    @Test func `a key without a public half is said to have none`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.work)
            let base = try objectID(repository.git("rev-parse", "HEAD"))
            let path = repository.folder.appending(path: "broken").path(percentEncoded: false)
            try Data("no key".utf8).write(to: URL(filePath: path))
            for key in [CommitSigner.Key.ssh(path: path), .openPGP("nobody@example.com")] {
                let own = OwnSignature(store, key: key, environment: plainGitEnvironment, run: runForTests)
                await #expect(throws: GitError.self) { try await own.isOn(base) }
            }
        }
    }
}
