import Domain
import Foundation
import Git
import TestSupport
import Testing

struct SignatureTests {
    /// Signs with real keys: one on the list, one not.
    @Test func `tells who signed a commit or tag, that nobody did, and that a stranger did`() async throws {
        try await withTemporaryRepository { repository in
            let keys = try Keys(repository.folder)
            let store = try GitStore(opening: repository.work)
            let plain = try objectID(repository.git("rev-parse", "HEAD"))
            let parent = try await store.read { try $0.commit(plain) }
            let draft = CommitDraft(
                tree: parent.tree, parents: [plain],
                author: Person(name: "Bot", email: "bot@example.com", time: Timestamp(seconds: 1_700_000_000)),
                message: "Promote\n")
            let signed = try await store.write(draft, signature: keys.sign(CommitText.bytes(of: draft), with: "bot"))
            let strange = try await store.write(draft, signature: keys.sign(CommitText.bytes(of: draft), with: "eve"))
            let wrong = try await store.write(draft, signature: keys.sign(Array("else".utf8), with: "bot"))
            let taken = try #require(try await store.signature(of: signed))
            #expect(taken.signed == CommitText.bytes(of: draft))
            #expect(try await store.signature(of: plain) == nil)
            try repository.git(
                "-c", "gpg.format=ssh", "-c", "user.signingKey=\(keys.path("bot"))", "tag", "-s", "-m", "fine",
                "approve/production/credit-risk/bot", "\(signed)")
            let tag = try objectID(repository.git("rev-parse", "approve/production/credit-risk/bot"))
            let verifier = SignatureVerifier(store, environment: plainGitEnvironment, run: runForTests)
            func verdict(_ id: ObjectID) async throws -> SignatureVerdict {
                try await verifier.verdict(on: id, signers: keys.signers)
            }
            #expect(try await verdict(signed) == .good(signer: "bot@example.com"))
            #expect(try await verdict(tag) == .good(signer: "bot@example.com"))
            #expect(try await verdict(plain) == .unsigned)
            for id in [strange, wrong] {
                guard case .rejected = try await verdict(id) else {
                    Issue.record("\(id) was not rejected")
                    continue
                }
            }
            #expect(try await verifier.verdict(on: signed, signers: []) != .good(signer: "bot@example.com"))
        }
    }

    private struct Keys {
        let folder: URL

        init(_ folder: URL) throws {
            self.folder = folder
            for name in ["bot", "eve"] {
                let made = try spawn(
                    ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path(name)], environment: plainGitEnvironment)
                try #require(made.code == 0)
            }
        }

        func path(_ name: String) -> String { folder.appending(path: name).path() }

        var signers: [UInt8] {
            get throws { try Array("bot@example.com ".utf8) + Data(contentsOf: URL(filePath: path("bot") + ".pub")) }
        }

        func sign(_ bytes: [UInt8], with name: String) throws -> String {
            let ended = try spawn(
                ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", path(name)], environment: plainGitEnvironment,
                input: bytes)
            try #require(ended.code == 0)
            return String(decoding: ended.output, as: UTF8.self)
        }
    }
}
