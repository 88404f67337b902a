import Domain
import Engines
import Git

/// Who the person at the keyboard is, as Git knows them.
enum Identity {
    /// From `GIT_AUTHOR_NAME` and `GIT_AUTHOR_EMAIL`, else `user.name` and `user.email`.
    static func person(_ options: RepositoryOptions) async throws -> Person {
        let store = try GitFolder.there(options.path)
        func value(_ variable: String, _ key: String) async throws -> String? {
            if let value = ProcessFacts.environment[variable], !value.isEmpty { return value }
            return try await store?.configuration(key)
        }
        guard let name = try await value("GIT_AUTHOR_NAME", "user.name"),
            let email = try await value("GIT_AUTHOR_EMAIL", "user.email")
        else {
            throw WrongUse(
                "a request needs an author: git config user.name and user.email, or GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL"
            )
        }
        return Person(name: name, email: email, time: Timestamp.now())
    }

    /// What signs commits in the person's name, where Git is told to (`commit.gpgSign`); `nil` where it is not, or could not here.
    ///
    /// - Parameter store: Where the commits are.
    static func signer(_ options: RepositoryOptions, for store: GitStore) async throws -> CommitSigner? {
        guard let own = try GitFolder.there(options.path),
            let wish = try await own.configuration("commit.gpgsign")?.lowercased(),
            ["true", "yes", "on", "1", ""].contains(wish)
        else { return nil }
        let named = try await own.configuration("user.signingkey"), address = try await own.configuration("user.email")
        let key: CommitSigner.Key
        switch try await own.configuration("gpg.format")?.lowercased() ?? "openpgp" {
        case "openpgp":
            guard let name = named ?? address else { return nil }
            key = .openPGP(name)
        case "ssh":
            // A key itself instead of its file, and a command that tells one, are Git's own to read.
            guard var path = named, !path.hasPrefix("key::"), !path.hasPrefix("ssh-") else { return notSigned() }
            if path.hasPrefix("~/"), let home = ProcessFacts.environment["HOME"] { path = home + path.dropFirst() }
            key = .ssh(path: path)
        default: return notSigned()
        }
        return try CommitSigner(store, key: key, environment: ProcessFacts.environment, run: LocalProcess.run)
    }

    private static func notSigned() -> CommitSigner? {
        Terminal.complain("commit.gpgSign is set, but user.signingKey is no file of a key: the proposal is not signed.")
        return nil
    }
}
