public import Domain

/// Verifies signatures as `git verify-commit` and `git verify-tag` do: with `ssh-keygen -Y verify` and `gpg --verify`.
///
/// Only the signers that are handed in count: neither the machine's keyring nor anybody's configuration has a say. An SSH key must
/// have been valid at the signature's own time, as git asks; an OpenPGP key now.
public struct SignatureVerifier: Sendable {
    private let store: GitStore
    private let environment: [String: String]
    private let run: RunCommand
    private let known: KnownVerdicts
    private let keyrings = Keyrings()

    public init(
        _ store: GitStore, environment: [String: String], run: @escaping RunCommand,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.store = store
        self.environment = environment
        self.run = run
        known = KnownVerdicts(now: now)
    }

    /// Remembers what it found out: the same signature and the same signers are not verified again. Throws where it could find out nothing, as
    /// when a program was killed.
    public func verdict(on object: ObjectID, signers: Signers) async throws -> SignatureVerdict {
        let question = KnownVerdicts.Question(object: object, signers: signers.digest)
        if let known = await known[question] { return known }
        guard let signature = try await signature(of: object) else { return .unsigned }
        switch signature.format {
        case .ssh:
            let (verdict, isFinal) = try await verdict(onSSH: object, signature, signers)
            await known.note(verdict, on: question, for: isFinal ? nil : .seconds(60))
            return verdict
        case .openPGP:
            let verdict = try await verdict(onOpenPGP: object, signature.kind, signers)
            await known.note(verdict, on: question, for: .seconds(60))
            return verdict
        case .other(let name): return .rejected("it is signed in the format \(name), which is not verified here")
        }
    }

    /// What an SSH signature is worth, and whether that stays so: its keys are judged at its own time, not now.
    private func verdict(
        onSSH object: ObjectID, _ signature: Found, _ signers: Signers
    ) async throws -> (verdict: SignatureVerdict, isFinal: Bool) {
        let allowed = try TemporaryFile(signers.allowed), revoked = try TemporaryFile(signers.revoked)
        let result = try await verify(
            object, signature.kind, keyring: nil,
            settings: [
                ("gpg.ssh.allowedSignersFile", allowed.path),
                ("gpg.ssh.revocationFile", signers.revoked.isEmpty ? "" : revoked.path),
            ])
        let words = SignatureWords(
            result, naming: [allowed.path: Signers.file, revoked.path: "\(Signers.folder)/revoked"])
        guard result.succeeded, let signer = words.sshSigner else {
            try Self.expectAnswer(words, object)
            let key = signers.revoked.isEmpty ? nil : RevokedKey(signing: signature.text)
            let revocation = try await key?.words(signers, environment: environment, run: run)
            return (.rejected(revocation ?? words.sshReason), words.isFinal)
        }
        return (.good(signer: signer), true)
    }

    private func verdict(
        onOpenPGP object: ObjectID, _ kind: String, _ signers: Signers
    ) async throws -> SignatureVerdict {
        guard !signers.keys.isEmpty else {
            return .rejected("it is signed with OpenPGP, and \(Signers.folder) has no such key")
        }
        let keyring = try await keyrings.keyring(of: signers, environment: environment, run: run)
        let result = try await verify(object, kind, keyring: keyring, settings: [])
        let words = SignatureWords(result, naming: [keyring.path: Signers.folder])
        guard result.succeeded, let key = words.openPGPKey else {
            try Self.expectAnswer(words, object)
            return .rejected(words.openPGPReason(of: words.openPGPKey.flatMap { keyring.people[$0] }))
        }
        guard let person = keyring.people[key] else { return .rejected("\(Signers.folder) has no key \(key)") }
        return .good(signer: person)
    }

    /// Throws where a program was killed: that says nothing of the signature.
    private static func expectAnswer(_ words: SignatureWords, _ object: ObjectID) throws(GitError) {
        guard let interruption = words.interruption else { return }
        throw GitError(.unknown, "verify the signature of \(object)", interruption)
    }

    private func verify(
        _ object: ObjectID, _ kind: String, keyring: Keyring?, settings: [(key: String, value: String)]
    ) async throws -> CommandResult {
        var variables = environment
        // Without keys there is no keyring: never the machine's.
        variables["GNUPGHOME"] = keyring?.path ?? "/nonexistent"
        let program = GitProgram(
            repository: store.path, environment: variables, quarantine: store.quarantine, run: run)
        let limit = Duration.seconds(30)
        let ours = [
            ("gpg.program", "gpg"), ("gpg.openpgp.program", "gpg"), ("gpg.ssh.program", "ssh-keygen"),
            ("gpg.x509.program", "false"), ("gpg.minTrustLevel", "undefined"),
        ]
        let result = await program.result(
            ["verify-\(kind)", "--raw", "\(object)"],
            settings: (ours + settings).map { (key: $0.0, value: $0.1) }, timeout: limit)
        if SignatureWords.wasUnread(result) { return result }
        guard case .exited = result.ending else {
            throw GitError(result, "verify the signature of \(object)", timeout: limit)
        }
        return result
    }

    private typealias Found = (kind: String, format: SignatureFormat, text: String)

    private func signature(of object: ObjectID) async throws -> Found? {
        guard let tag = try await store.read({ try $0.tag(object) }) else {
            guard let signature = try await store.signature(of: object)?.signature else { return nil }
            let text = String(decoding: signature, as: UTF8.self)
            return ("commit", SignatureFormat(of: String(text.prefix(80))), text)
        }
        // The signature of a tag is the end of its message.
        return SignatureFormat(endOf: tag.message).map { ("tag", $0, tag.message) }
    }
}
