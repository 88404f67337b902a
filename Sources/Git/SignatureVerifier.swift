import CLibgit2
public import Domain
import Glibc

/// What a signature on a commit or tag is worth.
public enum SignatureVerdict: Hashable, Sendable {
    /// A good signature of somebody who may sign, named as in the list of signers.
    case good(signer: String)
    case unsigned
    /// Damaged, of a stranger, or of a key that is not valid at that time; in the verifier's words.
    case rejected(String)
}

/// Verifies signatures as `git verify-commit` and `git verify-tag` do.
public struct SignatureVerifier: Sendable {
    private let store: GitStore
    private let program: GitProgram

    public init(_ store: GitStore, environment: [String: String], run: @escaping RunCommand) {
        self.store = store
        program = GitProgram(repository: store.path, environment: environment, run: run)
    }

    /// - Parameter signers: The text of an `allowed_signers` file (`man ssh-keygen`). Take it from the protected
    ///   branch, never from what is to be verified.
    public func verdict(on object: ObjectID, signers: [UInt8]) async throws -> SignatureVerdict {
        let kind = try await store.read { try $0.tag(object) } == nil ? "commit" : "tag"
        guard try await isSigned(object, kind) else { return .unsigned }
        let file = try TemporaryFile(signers)
        let limit = Duration.seconds(30)
        let settings = [("gpg.ssh.allowedSignersFile", file.path), ("gpg.ssh.revocationFile", "")]
        let result = await program.result(
            ["verify-\(kind)", "--raw", "\(object)"], settings: settings.map { (key: $0.0, value: $0.1) },
            timeout: limit)
        guard case .exited = result.ending else {
            throw GitError(result, "verify the signature of \(object)", timeout: limit)
        }
        let words = Sanitized.text(String(decoding: result.errors.prefix(4096), as: UTF8.self))
        guard result.succeeded, let signer = Self.signer(in: words) else {
            return .rejected(words.split(separator: "\n").joined(separator: "; "))
        }
        return .good(signer: signer)
    }

    private func isSigned(_ object: ObjectID, _ kind: String) async throws -> Bool {
        if kind == "commit" { return try await store.signature(of: object) != nil }
        let message = try await store.read { try $0.tag(object) }?.message ?? ""
        return message.contains("-----BEGIN SSH SIGNATURE-----") || message.contains("-----BEGIN PGP SIGNATURE-----")
    }

    /// The signer in `Good "git" signature for NAME with …` or `[GNUPG:] GOODSIG KEY NAME`.
    private static func signer(in words: String) -> String? {
        for line in words.split(separator: "\n") {
            let ssh = "Good \"git\" signature for "
            if line.hasPrefix(ssh), let end = Self.end(of: " with ", in: line) {
                return String(line[..<end].dropFirst(ssh.count))
            }
            if line.hasPrefix("[GNUPG:] GOODSIG ") {
                return line.split(separator: " ", maxSplits: 3).last.map(String.init)
            }
        }
        return nil
    }

    /// Where the last occurrence of a word begins: a signer's name may hold the word itself.
    private static func end(of word: String, in line: Substring) -> Substring.Index? {
        line.indices.last { line[$0...].hasPrefix(word) }
    }
}
