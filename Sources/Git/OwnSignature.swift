public import Domain

/// Tells the commits that Martlet has signed from all others: by the key alone, whatever names they bear.
public actor OwnSignature {
    private let verifier: SignatureVerifier
    private let key: CommitSigner.Key
    private let environment: [String: String]
    private let run: RunCommand
    private var signers: Signers?

    /// - Parameter key: The one that ``CommitSigner`` signs with.
    public init(_ store: GitStore, key: CommitSigner.Key, environment: [String: String], run: @escaping RunCommand) {
        verifier = SignatureVerifier(store, environment: environment, run: run)
        self.key = key
        self.environment = CommitSigner.environment(from: environment)
        self.run = run
    }

    /// Whether the key has signed it. Unsigned commits start no program.
    public func isOn(_ commit: ObjectID) async throws -> Bool {
        try await verifier.verdict(on: commit, signers: ownSigners()).signer != nil
    }

    private func ownSigners() async throws -> Signers {
        if let signers { return signers }
        let own: Signers
        switch key {
        case .ssh(let path):
            own = Signers(allowed: Array("martlet namespaces=\"git\" \(try await publicKey(path))\n".utf8))
        case .openPGP(let name):
            let result = await run(
                Command(["gpg", "--batch", "--no-tty", "--export", name], environment: environment))
            guard result.succeeded, !result.output.isEmpty else { throw Self.failure(Sanitized.text(name)) }
            own = Signers(allowed: [], keys: ["martlet": result.output])
        }
        signers = own
        return own
    }

    /// The public half, out of the private key's file, from beside it, or the file itself.
    private func publicKey(_ path: String) async throws -> String {
        let result = await run(Command(["ssh-keygen", "-y", "-f", path], environment: environment))
        let texts = try [result.succeeded ? result.output : nil, WholeFile.bytes(path + ".pub"), WholeFile.bytes(path)]
        for text in texts.compactMap({ $0.map { String(decoding: $0, as: UTF8.self) } }) {
            let line = text.split(whereSeparator: \.isNewline).first ?? ""
            if ["ssh-", "ecdsa-", "sk-"].contains(where: line.hasPrefix) { return String(line) }
        }
        throw Self.failure(Sanitized.text(path))
    }

    private static func failure(_ key: String) -> GitError {
        GitError(
            .notFound, "find out which commits Martlet has signed", "the key \(key) has no public half",
            hint: "put it beside the private one, with .pub at its end")
    }
}
