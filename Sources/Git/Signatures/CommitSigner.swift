public import Domain
import Glibc

/// Signs commits and tags that Martlet has made, with a key of its own, so that `git verify-commit` and `git verify-tag` know them.
///
/// The key comes from the machine that Martlet runs on, never from a repository.
public struct CommitSigner: Sendable {
    public enum Key: Hashable, Sendable {
        /// The file of a private SSH key, or of a public one whose private half an agent holds.
        case ssh(path: String)
        /// A key of the user's GnuPG, by fingerprint or address.
        case openPGP(String)

        /// Reads `openpgp:KEY`, or else the path of an SSH key.
        public init(_ text: String) {
            let start = "openpgp:"
            self = text.hasPrefix(start) ? .openPGP(String(text.dropFirst(start.count))) : .ssh(path: text)
        }
    }

    /// More commits than one pass of the loop can make.
    private static let most = 100_000

    private let store: GitStore
    private let key: Key
    private let environment: [String: String]
    private let run: RunCommand

    /// Throws where the key's file cannot be read.
    public init(
        _ store: GitStore, key: Key, environment: [String: String], run: @escaping RunCommand
    ) throws(GitError) {
        if case .ssh(let path) = key, access(path, R_OK) != 0 {
            throw GitError(
                .notFound, "sign commits", "the key \(Sanitized.text(path)): \(String(cString: strerror(errno)))",
                hint: "MARTLET_SIGNING_KEY is the path of an SSH key that this user can read, or openpgp:FINGERPRINT")
        }
        self.store = store
        self.key = key
        self.environment = Self.environment(from: environment)
        self.run = run
    }

    /// Writes the commits after `base` up to `head`, along first parents, again, each signed. Returns the new head.
    ///
    /// Merged sides stay as they are: those are other people's commits.
    public func sign(_ head: ObjectID, above base: ObjectID?) async throws -> ObjectID {
        let commits = try await store.read { reader in
            var commits: [Commit] = []
            try reader.firstParents(from: head) { commit in
                if commit.id == base { return false }
                commits.append(commit)
                return commits.count < Self.most
            }
            return commits
        }
        // Where `base` is none of its ancestors, the first has no parent.
        var parent = commits.last?.parents.first
        for commit in commits.reversed() {
            let draft = CommitDraft(
                tree: commit.tree, parents: (parent.map { [$0] } ?? []) + commit.parents.dropFirst(),
                author: commit.author, committer: commit.committer, message: commit.message)
            parent = try await store.write(draft, signature: signature(of: CommitText.bytes(of: draft)))
        }
        return parent ?? head
    }

    /// Writes an annotated tag again as `git tag -s` does: the signature is the end of its message (git-scm.com/docs/signature-format).
    public func sign(tag id: ObjectID) async throws -> ObjectID {
        guard var tag = try await store.read({ try $0.tag(id) }) else {
            throw GitError(.invalid, "sign a tag", "\(id) is no annotated tag")
        }
        let signature = try await signature(of: CommitText.bytes(of: tag))
        tag.message += (tag.message.hasSuffix("\n") ? "" : "\n") + signature
        return try await store.write { [tag] in try $0.write(tag) }
    }

    private func signature(of bytes: [UInt8]) async throws -> String {
        let limit = Duration.seconds(30)
        let result = await run(Command(arguments, environment: environment, input: bytes, timeout: limit))
        let signature = String(decoding: result.output, as: UTF8.self)
        guard result.succeeded, signature.hasPrefix("-----BEGIN ") else { throw failure(result, limit) }
        return signature
    }

    private var arguments: [String] {
        switch key {
        case .ssh(let path): ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", path]
        case .openPGP(let name):
            [
                "gpg", "--batch", "--no-tty", "--pinentry-mode", "error", "--armor", "--detach-sign", "--local-user",
                name,
            ]
        }
    }

    private func failure(_ result: CommandResult, _ limit: Duration) -> GitError {
        let program = arguments[0]
        let hint = "the key must be usable without a passphrase being typed: an agent, or a key without one"
        return switch result.ending {
        case .timedOut:
            GitError(.timedOut, "sign a commit", "\(program): no end after \(limit.text)", hint: hint)
        case .notStarted(let reason), .exhausted(let reason):
            GitError(.unknown, "sign a commit", "\(program) did not start: \(reason)")
        case .signalled(let signal):
            GitError(.unknown, "sign a commit", "\(program) was ended by signal \(signal)")
        case .exited:
            GitError(
                .authentication, "sign a commit", Sanitized.text(result.lastWords, limit: 1024), hint: hint)
        }
    }

    static func environment(from outside: [String: String]) -> [String: String] {
        let names: Set = ["HOME", "PATH", "TMPDIR", "SSH_AUTH_SOCK", "GNUPGHOME", "XDG_RUNTIME_DIR"]
        return outside.filter { names.contains($0.key) }.merging([
            "LC_ALL": "C", "SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "force",
        ]) { $1 }
    }
}
