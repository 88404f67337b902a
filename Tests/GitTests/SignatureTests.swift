import Domain
import Foundation
import Git
import Synchronization
import TestSupport
import Testing

struct SignatureTests {
    @Test func `tells who signed a commit or tag, that nobody did, and that a stranger did`() async throws {
        try await withScene { scene in
            try scene.keys.makeSSH("bot", "eve")
            let signers = Signers(allowed: Array(try scene.keys.line("bot", as: "bot@example.com").utf8))
            let signed = try await scene.commit { try scene.keys.signSSH($0, with: "bot") }
            let strange = try await scene.commit { try scene.keys.signSSH($0, with: "eve") }
            let wrong = try await scene.commit { _ in try scene.keys.signSSH(Array("else".utf8), with: "bot") }
            let taken = try #require(try await scene.store.signature(of: signed))
            #expect(taken.signed == CommitText.bytes(of: try await scene.draft))
            #expect(try await scene.store.signature(of: scene.plain) == nil)
            let tag = try scene.tag("-s", on: signed, key: "bot")
            #expect(try await scene.verdict(signed, signers) == .good(signer: "bot@example.com"))
            #expect(try await scene.verdict(tag, signers) == .good(signer: "bot@example.com"))
            #expect(try await scene.verdict(scene.plain, signers) == .unsigned)
            #expect(try await scene.verdict(scene.tag("-a", on: signed), signers) == .unsigned)
            #expect(try await scene.rejection(strange, signers).contains("no key of allowed_signers"))
            #expect(try await scene.rejection(wrong, signers).contains("verif"))
            #expect(try await scene.verdict(signed, .nobody).signer == nil)
        }
    }

    @Test func `an SSH key counts for git only, while it is valid, and until it is revoked`() async throws {
        try await withScene { scene in
            try scene.keys.makeSSH("bot")
            let signed = try await scene.commit { try scene.keys.signSSH($0, with: "bot") }
            let mail = try await scene.commit { try scene.keys.signSSH($0, with: "bot", namespace: "file") }
            // The commits are of November 2023.
            func verdict(_ id: ObjectID, _ options: String, revoked: Bool = false) async throws -> SignatureVerdict {
                let signers = Signers(
                    allowed: Array(try scene.keys.line("bot", as: "bot@example.com", options).utf8),
                    revoked: revoked ? Array((try scene.keys.publicSSH("bot") + "\n").utf8) : [])
                return try await scene.verdict(id, signers)
            }
            let good = SignatureVerdict.good(signer: "bot@example.com")
            #expect(try await verdict(signed, "") == good)
            #expect(try await verdict(signed, "valid-after=\"20230101\",valid-before=\"20240101\"") == good)
            #expect(try await verdict(signed, "valid-before=\"20230101\"").signer == nil)
            #expect(try await verdict(signed, "valid-after=\"20240101\"").signer == nil)
            #expect(try await verdict(signed, "namespaces=\"file\"").signer == nil)
            #expect(try await verdict(mail, "").signer == nil)
            #expect(try await verdict(signed, "", revoked: true).signer == nil)
        }
    }

    @Test func `an SSH key that was revoked is told as that, with whose it is`() async throws {
        try await withScene { scene in
            try scene.keys.makeSSH("bot", "other")
            let commit = try await scene.commit { try scene.keys.signSSH($0, with: "bot") }
            let key = scene.keys.path("bot") + ".pub", list = scene.keys.path("list")
            let made = try spawn(["ssh-keygen", "-q", "-k", "-f", list, key], environment: plainGitEnvironment)
            #expect(made.code == 0)
            let bot = try scene.keys.line("bot", as: "bot@example.com")
            let plain = Array(try "# gone\n\(scene.keys.publicSSH("other"))\n\(scene.keys.publicSSH("bot"))\n".utf8)
            let binary = Array(try Data(contentsOf: URL(filePath: list)))
            let words = "the key of bot@example.com that made it was revoked, in allowed_signers.d/revoked"
            let tag = try scene.tag("-s", on: commit, key: "bot")
            for revoked in [plain, binary] {
                let signers = Signers(allowed: Array(bot.utf8), revoked: revoked)
                #expect(try await scene.rejection(commit, signers) == words)
                #expect(try await scene.rejection(tag, signers) == words)
            }
            // Who is no signer any more is named as the list of revoked keys names the key.
            let stranger = Signers(allowed: [], revoked: Array(try "\(scene.keys.publicSSH("bot")) Bot 7\n".utf8))
            #expect(try await scene.rejection(commit, stranger).contains("Bot 7 that made it was revoked"))
            let others = Signers(allowed: Array(bot.utf8), revoked: Array(try scene.keys.publicSSH("other").utf8))
            #expect(try await scene.verdict(commit, others) == .good(signer: "bot@example.com"))
        }
    }

    @Test func `a certificate of an authority that may sign is good for the name that it was made for`() async throws {
        try await withScene { scene in
            try scene.keys.makeSSH("authority", "ada")
            let made = try spawn(
                [
                    "ssh-keygen", "-q", "-s", scene.keys.path("authority"), "-I", "id", "-n", "ada@example.com", "-V",
                    "20230101:20240101", scene.keys.path("ada") + ".pub",
                ], environment: plainGitEnvironment)
            try #require(made.code == 0)
            let signed = try await scene.commit { bytes in
                let ended = try spawn(
                    ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", scene.keys.path("ada") + "-cert.pub"],
                    environment: plainGitEnvironment, input: bytes)
                try #require(ended.code == 0)
                return String(decoding: ended.output, as: UTF8.self)
            }
            let line = try scene.keys.line("authority", as: "*@example.com", "cert-authority")
            #expect(
                try await scene.verdict(signed, Signers(allowed: Array(line.utf8)))
                    == .good(signer: "ada@example.com"))
            let other = try scene.keys.line("authority", as: "*@example.org", "cert-authority")
            #expect(try await scene.verdict(signed, Signers(allowed: Array(other.utf8))).signer == nil)
        }
    }

    @Test func `an OpenPGP key is its file's, whatever name it gives itself`() async throws {
        try await withScene { scene in
            try scene.keys.makeOpenPGP("Grace <boss@example.com>")
            try scene.keys.makeOpenPGP("Eve <eve@example.com>")
            let signed = try await scene.commit { try scene.keys.signOpenPGP($0, with: "boss@example.com") }
            let strange = try await scene.commit { try scene.keys.signOpenPGP($0, with: "eve@example.com") }
            let wrong = try await scene.commit { _ in try scene.keys.signOpenPGP([1], with: "boss@example.com") }
            let key = Array(try scene.keys.publicOpenPGP("boss@example.com").utf8)
            let signers = Signers(allowed: [], keys: ["grace@example.com": key, "broken": Array("no key".utf8)])
            #expect(try await scene.verdict(signed, signers) == .good(signer: "grace@example.com"))
            let tag = try scene.tag("-s", on: signed, openPGP: "boss@example.com")
            #expect(try await scene.verdict(tag, signers) == .good(signer: "grace@example.com"))
            #expect(try await scene.rejection(strange, signers).contains("no key of allowed_signers.d"))
            #expect(try await scene.rejection(wrong, signers).contains("does not fit"))
            // The user's own keyring knows the key: that must not help.
            #expect(try await scene.verdict(signed, .nobody).signer == nil)
        }
    }

    @Test func `an OpenPGP key that has expired or was revoked is refused, with the reason`() async throws {
        try await withScene { scene in
            try scene.keys.makeOpenPGP("Old <old@example.com>", expires: "1d", at: "20230101T000000")
            let revoked = try scene.keys.makeOpenPGP("Gone <gone@example.com>")
            let old = try await scene.commit {
                try scene.keys.signOpenPGP($0, with: "old@example.com", at: "20230101T010000")
            }
            let gone = try await scene.commit { try scene.keys.signOpenPGP($0, with: "gone@example.com") }
            func signers() throws -> Signers {
                Signers(
                    allowed: [],
                    keys: try ["old@example.com", "gone@example.com"].reduce(into: [:]) {
                        $0[$1] = Array(try scene.keys.publicOpenPGP($1).utf8)
                    })
            }
            #expect(try await scene.verdict(gone, signers()) == .good(signer: "gone@example.com"))
            #expect(
                try await scene.rejection(old, signers()) == "the key of old@example.com that made it has expired")
            try scene.keys.revokeOpenPGP(revoked)
            #expect(
                try await scene.rejection(gone, signers()) == "the key of gone@example.com that made it was revoked")
        }
    }

    @Test func `a good signature is verified once for the same signers, and again for others`() async throws {
        try await withScene { scene in
            try scene.keys.makeSSH("bot")
            let signed = try await scene.commit { try scene.keys.signSSH($0, with: "bot") }
            let count = Mutex(0)
            let verifier = SignatureVerifier(scene.store, environment: plainGitEnvironment) { command in
                count.withLock { $0 += 1 }
                return await runForTests(command)
            }
            let line = Array(try scene.keys.line("bot", as: "bot@example.com").utf8)
            for _ in 0..<3 {
                #expect(try await verifier.verdict(on: signed, signers: Signers(allowed: line)).signer != nil)
            }
            #expect(count.withLock { $0 } == 1)
            #expect(try await verifier.verdict(on: signed, signers: .nobody).signer == nil)
            #expect(count.withLock { $0 } == 2)
        }
    }

    @Test func `a damaged signature is rejected, however much stands before it and whenever its reader ends`()
        async throws
    {
        try await withScene { scene in
            try scene.keys.makeSSH("bot")
            let signers = Signers(allowed: Array(try scene.keys.line("bot", as: "bot@example.com").utf8))
            let commit = try await scene.plain
            for text in Array(repeating: "ok", count: 10) + [String(repeating: "x", count: 300_000)] {
                let bytes = """
                    object \(commit)
                    type commit
                    tag approve/production/credit-risk/ada
                    tagger eve <eve@example.com> 1796004000 +0000

                    \(text)
                    -----BEGIN SSH SIGNATURE-----
                    U1NIU0lHAAAAAQ==
                    -----END SSH SIGNATURE-----

                    """
                let tag = try git(
                    ["hash-object", "-t", "tag", "-w", "--stdin", "--literally"], in: scene.repository.work,
                    input: bytes)
                // By chance it is ended before it has said anything; the words are the same.
                let verifier = SignatureVerifier(scene.store, environment: plainGitEnvironment, run: runForTests)
                let verdict = try await verifier.verdict(on: objectID(tag), signers: signers)
                #expect(verdict == .rejected("no key of allowed_signers that was valid then made it"))
            }
        }
    }

    @Test func `a rejection is final for the same signers, one for want of a program is not`() async throws {
        try await withScene { scene in
            try scene.keys.makeSSH("bot", "eve")
            let signed = try await scene.commit { try scene.keys.signSSH($0, with: "eve") }
            let count = Mutex(0), now = Mutex(ContinuousClock.now)
            let verifier = SignatureVerifier(
                scene.store, environment: plainGitEnvironment,
                run: { command in
                    count.withLock { $0 += 1 }
                    return await runForTests(command)
                }, now: { now.withLock { $0 } })
            let signers = Signers(allowed: Array(try scene.keys.line("bot", as: "bot@example.com").utf8))
            for _ in 0..<3 {
                #expect(try await verifier.verdict(on: signed, signers: signers).signer == nil)
                now.withLock { $0 += .seconds(3600) }
            }
            #expect(count.withLock { $0 } == 1)

            let faulty = SignatureVerifier(
                scene.store, environment: plainGitEnvironment,
                run: { _ in
                    count.withLock { $0 += 1 }
                    return CommandResult(ending: .exited(1), errors: Array("error: cannot run ssh-keygen: x\n".utf8))
                }, now: { now.withLock { $0 } })
            _ = try await faulty.verdict(on: signed, signers: signers)
            _ = try await faulty.verdict(on: signed, signers: signers)
            #expect(count.withLock { $0 } == 2)
            now.withLock { $0 += .seconds(61) }
            _ = try await faulty.verdict(on: signed, signers: signers)
            #expect(count.withLock { $0 } == 3)
        }
    }

    @Test(
        arguments: ["find-principals", "verify", "check-novalidate", "all", "gpg"].map { ($0, "kill -KILL $$") }
            + ["find-principals", "verify", "gpg"].map { ($0, "exit 1") })
    func `a program that is killed says nothing of the signature, and is asked again at once`(
        _ step: String, _ end: String
    ) async throws {
        try await withScene { scene in
            let object: ObjectID, signers: Signers
            if step == "gpg" {
                let key = try scene.keys.makeOpenPGP("Grace <grace@example.com>")
                object = try await scene.tag("-s", on: scene.plain, openPGP: key)
                signers = Signers(
                    allowed: [], keys: ["grace@example.com": Array(try scene.keys.publicOpenPGP(key).utf8)])
            } else {
                try scene.keys.makeSSH("grace")
                object = try await scene.tag("-s", on: scene.plain, key: "grace")
                signers = Signers(allowed: Array(try scene.keys.line("grace", as: "grace@example.com").utf8))
            }
            let folder = scene.repository.folder.path(percentEncoded: false)
            let trap = folder + "/killed", name = step == "gpg" ? "gpg" : "ssh-keygen"
            // A stranger's signature alone is looked at without the list of signers.
            let steps = step == "check-novalidate" ? ["find-principals", step] : [step]
            let condition =
                step == "all" || step == "gpg" ? "true" : steps.map { "[ \"$2\" = \($0) ]" }.joined(separator: " || ")
            try FileManager.default.createDirectory(atPath: folder + "/bin", withIntermediateDirectories: true)
            let program =
                "#!/bin/bash\nif [ -e \(trap) ] && [[ $* != *--import* ]] && { \(condition); }; then \(end); fi\n"
            try (program + "exec /usr/bin/\(name) \"$@\"\n").write(
                toFile: folder + "/bin/\(name)", atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/bin/\(name)")
            var environment = plainGitEnvironment.merging(scene.keys.environment) { $1 }
            environment["PATH"] = "\(folder)/bin:\(environment["PATH"] ?? "/usr/bin:/bin")"
            let verifier = SignatureVerifier(scene.store, environment: environment, run: runForTests)
            try "".write(toFile: trap, atomically: true, encoding: .utf8)
            for _ in 0..<2 {
                let error = await #expect(throws: GitError.self) {
                    _ = try await verifier.verdict(on: object, signers: signers)
                }
                #expect(error?.remedy == .retry, "\(error as Any)")
            }
            try FileManager.default.removeItem(atPath: trap)
            #expect(try await verifier.verdict(on: object, signers: signers) == .good(signer: "grace@example.com"))
        }
    }

    @Test func `the reason names the list of signers, not where it lay`() async throws {
        try await withScene { scene in
            try scene.keys.makeSSH("bot")
            let signed = try await scene.commit { try scene.keys.signSSH($0, with: "bot") }
            let line = "# who\n" + (try scene.keys.line("bot", as: "bot@example.com", "namespaces=\"file\""))
            let words = try await scene.rejection(signed, Signers(allowed: Array(line.utf8)))
            #expect(words.contains("allowed_signers:2: key is not permitted"), "\(words)")
            #expect(!words.contains("/"), "\(words)")
        }
    }

    @Test func `signers are read from a tree: the file, the keys beside it, the revoked ones, and no links`()
        async throws
    {
        try await withTemporaryRepository(files: [
            "allowed_signers": "a\n", "allowed_signers.d/ada@example.com.asc": "k", "allowed_signers.d/revoked": "r",
            "allowed_signers.d/README": "x", "secret": "s",
        ]) { repository in
            try FileManager.default.createSymbolicLink(
                atPath: repository.work + "/allowed_signers.d/eve.asc", withDestinationPath: "../secret")
            try repository.commit([:])
            let store = try GitStore(opening: repository.work)
            let tip = try objectID(repository.git("rev-parse", "HEAD"))
            let signers = try await store.read { try Signers(in: $0.commit(tip).tree, $0) }
            #expect(signers.allowed == Array("a\n".utf8))
            #expect(signers.keys == ["ada@example.com": Array("k".utf8)])
            #expect(signers.revoked == Array("r".utf8))
            #expect(signers != Signers(allowed: signers.allowed))
        }
    }
}

/// A repository, keys, and a verifier whose surroundings know some of the keys by themselves.
private struct Scene {
    let repository: TemporaryRepository
    let keys: SigningKeys
    let store: GitStore
    let verifier: SignatureVerifier

    var plain: ObjectID {
        get async throws { try objectID(repository.git("rev-parse", "HEAD")) }
    }

    var draft: CommitDraft {
        get async throws {
            let parent = try await plain
            let tree = try await store.read { try $0.commit(parent).tree }
            return CommitDraft(
                tree: tree, parents: [parent],
                author: Person(name: "Bot", email: "bot@example.com", time: Timestamp(seconds: 1_700_000_000)),
                message: "Promote\n")
        }
    }

    func commit(_ sign: ([UInt8]) throws -> String) async throws -> ObjectID {
        let draft = try await draft
        return try await store.write(draft, signature: sign(CommitText.bytes(of: draft)))
    }

    func tag(_ option: String, on commit: ObjectID, key: String = "", openPGP: String? = nil) throws -> ObjectID {
        let name = "approve/production/credit-risk/\(UInt32.random(in: 0...(.max)))"
        let settings =
            openPGP.map { ["-c", "user.signingKey=\($0)"] }
            ?? ["-c", "gpg.format=ssh", "-c", "user.signingKey=\(keys.path(key))"]
        try git(
            settings + ["tag", option, "-m", "fine", name, "\(commit)"], in: repository.work,
            environment: keys.environment)
        return try objectID(repository.git("rev-parse", name))
    }

    func verdict(_ object: ObjectID, _ signers: Signers) async throws -> SignatureVerdict {
        try await verifier.verdict(on: object, signers: signers)
    }

    func rejection(_ object: ObjectID, _ signers: Signers) async throws -> String {
        let verdict = try await verdict(object, signers)
        guard case .rejected(let words) = verdict else {
            Issue.record("\(object) was not rejected: \(verdict)")
            return ""
        }
        return words
    }
}

private func withScene(_ body: (Scene) async throws -> Void) async throws {
    try await withTemporaryRepository { repository in
        try await withSigningKeys(in: repository.folder) { keys in
            let store = try GitStore(opening: repository.work)
            let verifier = SignatureVerifier(
                store, environment: plainGitEnvironment.merging(keys.environment) { $1 }, run: runForTests)
            try await body(Scene(repository: repository, keys: keys, store: store, verifier: verifier))
        }
    }
}
