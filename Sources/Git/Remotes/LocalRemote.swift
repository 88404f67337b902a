public import Domain
import Glibc

/// A remote on this machine. A look reads its references directly and starts no child; transfers go through the git
/// program, so that the remote's hooks run.
public struct LocalRemote: Remote {
    private let origin: GitStore
    private let program: GitCommandLine

    /// - Parameter remote: A path or `file://` URL.
    public init(
        _ remote: String, for store: GitStore, environment: [String: String], timeout: Duration = .seconds(300),
        run: @escaping RunCommand
    ) throws(GitError) {
        let program = try GitCommandLine(remote, for: store, environment: environment, timeout: timeout, run: run)
        guard let path = program.address.localPath else {
            throw GitError(.notFound, "use the remote \(program.address.printable)", "there is no such folder here")
        }
        origin = try GitStore(opening: path)
        self.program = program
    }

    public func references(_ patterns: [String]) async throws -> [String: ObjectID] {
        try await origin.values(of: patterns.map { try ReferencePattern($0) })
    }

    public func fetch(_ patterns: [String]) async throws { try await program.fetch(patterns) }

    public func push(_ updates: [ReferenceUpdate]) async throws -> PushOutcome { try await program.push(updates) }
}

extension GitStore {
    /// What the references that match point to. A repository that has gone is an error, not one without references.
    func values(of patterns: [ReferencePattern]) async throws -> [String: ObjectID] {
        let head = "\(path)/HEAD"
        return try await reading { reader in
            guard access(head, F_OK) == 0 else {
                throw GitError(
                    .notFound, "look at the references of \(head.dropLast(5))", "the repository is gone",
                    hint: "see whether its disk is mounted")
            }
            var found: [String: ObjectID] = [:]
            for pattern in patterns {
                if pattern.isExact {
                    found[pattern.text] = try reader.resolve(pattern.text)
                } else {
                    for reference in try reader.references(matching: pattern.text) {
                        found[pattern.key(of: reference.name)] = reference.target
                    }
                }
            }
            return found
        }
    }
}
