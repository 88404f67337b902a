public import Foundation

/// Real signing keys in a folder: SSH keys made by `ssh-keygen`, OpenPGP keys made by `gpg` in a home of its own.
public struct SigningKeys: Sendable {
    public let folder: String

    public init(in folder: URL) throws {
        self.folder = folder.appending(path: "keys").path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: self.folder + "/gnupg", withIntermediateDirectories: true)
        chmod(self.folder + "/gnupg", 0o700)
    }

    /// Makes an SSH key; several names make several.
    public func makeSSH(_ names: String...) throws {
        for name in names { try run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path(name)]) }
    }

    /// The file of a private SSH key.
    public func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// `ssh-ed25519 AAAA…` without a line end.
    public func publicSSH(_ name: String) throws -> String {
        try String(contentsOfFile: path(name) + ".pub", encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A line of `allowed_signers`.
    public func line(_ name: String, as principal: String, _ options: String = "namespaces=\"git\"") throws -> String {
        try "\(principal) \(options)\(options.isEmpty ? "" : " ")\(publicSSH(name))\n"
    }

    /// What `ssh-keygen -Y sign` makes of the bytes.
    public func signSSH(_ bytes: [UInt8], with name: String, namespace: String = "git") throws -> String {
        try run(["ssh-keygen", "-Y", "sign", "-n", namespace, "-f", path(name)], input: bytes)
    }

    /// Makes an OpenPGP key that never expires, or when GnuPG is told; returns its fingerprint.
    @discardableResult
    public func makeOpenPGP(_ user: String, expires: String = "0", at time: String? = nil) throws -> String {
        let fake = time.map { ["--faked-system-time", $0] } ?? []
        try gpg(fake + ["--passphrase", "", "--quick-gen-key", user, "ed25519", "sign", expires])
        let list = try gpg(["--list-keys", "--with-colons", user])
        let line = list.split(separator: "\n").first { $0.hasPrefix("fpr:") } ?? ""
        return String(line.split(separator: ":").last ?? "")
    }

    /// Takes a key back.
    public func revokeOpenPGP(_ fingerprint: String) throws {
        let file = "\(folder)/gnupg/openpgp-revocs.d/\(fingerprint).rev"
        // GnuPG puts a colon before the block so that nobody imports it by accident.
        let text = try String(contentsOfFile: file, encoding: .utf8).replacing(":-----BEGIN", with: "-----BEGIN")
        try gpg(["--import"], input: Array(text.utf8))
    }

    public func publicOpenPGP(_ user: String) throws -> String { try gpg(["--armor", "--export", user]) }

    public func signOpenPGP(_ bytes: [UInt8], with user: String, at time: String? = nil) throws -> String {
        let fake = time.map { ["--faked-system-time", $0] } ?? []
        return try gpg(fake + ["--armor", "--detach-sign", "--local-user", user], input: bytes)
    }

    /// The environment in which git finds the OpenPGP keys.
    public var environment: [String: String] { ["GNUPGHOME": folder + "/gnupg"] }

    /// Ends the agent that GnuPG has started for its home.
    public func close() { _ = try? run(["gpgconf", "--homedir", folder + "/gnupg", "--kill", "all"]) }

    @discardableResult
    private func gpg(_ arguments: [String], input: [UInt8] = []) throws -> String {
        try run(["gpg", "--homedir", folder + "/gnupg", "--batch", "--no-tty", "--quiet"] + arguments, input: input)
    }

    @discardableResult
    private func run(_ arguments: [String], input: [UInt8] = []) throws -> String {
        let ended = try spawn(arguments, environment: plainGitEnvironment, input: input)
        guard ended.code == 0 else {
            throw GitProgramFailure(
                arguments: arguments, code: ended.code, words: String(decoding: ended.errors, as: UTF8.self))
        }
        return String(decoding: ended.output, as: UTF8.self)
    }
}

/// Lends signing keys whose agent ends with them.
public func withSigningKeys<Result>(
    in folder: URL, isolation: isolated (any Actor)? = #isolation, _ body: (SigningKeys) async throws -> Result
) async throws -> Result {
    let keys = try SigningKeys(in: folder)
    defer { keys.close() }
    return try await body(keys)
}
