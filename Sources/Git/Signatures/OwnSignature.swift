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

    /// The names under which a list of signers has the key, in lower case.
    public func names(in signers: Signers) async throws -> Set<String> {
        let own = try await ownSigners()
        guard case .openPGP = key else {
            let line = String(decoding: own.allowed, as: UTF8.self).split(separator: " ").dropFirst(2)
            return signers.names(ofKey: line.joined(separator: " "))
        }
        guard !signers.keys.isEmpty else { return [] }
        let mine = try await Keyring(own, environment: environment, run: run).people.keys
        let people = try await Keyring(signers, environment: environment, run: run).people
        return Set(mine.compactMap { people[$0]?.lowercased() })
    }

    private func ownSigners() async throws -> Signers {
        if let signers { return signers }
        let own: Signers
        switch key {
        case .ssh(let path):
            own = Signers(
                allowed: Array("martlet namespaces=\"git\" \(try await Self.publicKey(path, environment, run))\n".utf8))
        case .openPGP(let name):
            let result = await run(
                Command(["gpg", "--batch", "--no-tty", "--export", name], environment: environment))
            guard result.succeeded, !result.output.isEmpty else { throw Self.failure(Sanitized.text(name)) }
            own = Signers(allowed: [], keys: ["martlet": result.output])
        }
        signers = own
        return own
    }

    /// The public half of an SSH key, out of the private key's file, from beside it, or the file itself.
    public static func publicKey(_ path: String, _ environment: [String: String], _ run: RunCommand) async throws
        -> String
    {
        let environment = CommitSigner.environment(from: environment)
        let result = await run(Command(["ssh-keygen", "-y", "-f", path], environment: environment))
        let texts = try [result.succeeded ? result.output : nil, WholeFile.bytes(path + ".pub"), WholeFile.bytes(path)]
        for text in texts.compactMap({ $0.map { String(decoding: $0, as: UTF8.self) } }) {
            let line = text.split(whereSeparator: \.isNewline).first ?? ""
            if ["ssh-", "ecdsa-", "sk-"].contains(where: line.hasPrefix) { return String(line) }
        }
        throw failure(Sanitized.text(path))
    }

    private static func failure(_ key: String) -> GitError {
        GitError(
            .notFound, "find out which commits Martlet has signed", "the key \(key) has no public half",
            hint: "put it beside the private one, with .pub at its end")
    }
}
