public import Domain
import Glibc

/// The remote of a controller that works in the origin itself: nothing to fetch, and a push is a compare-and-swap.
public struct SameStore: Remote {
    private let store: GitStore
    private let upstream: String?

    /// - Parameter upstream: The remote whose requests, as the clone last saw them, count as its own: a clone has no branches for them.
    public init(_ store: GitStore, requestsOf upstream: String? = nil) {
        self.store = store
        self.upstream = upstream
    }

    public func references(_ patterns: [String]) async throws -> [String: ObjectID] {
        var found = try await store.values(of: patterns.map { try ReferencePattern($0) })
        guard let upstream else { return found }
        let (own, tracked) = ("refs/heads/", "refs/remotes/\(upstream)/")
        let requests = patterns.filter { $0.hasPrefix(own + "promote/") }.map { tracked + $0.dropFirst(own.utf8.count) }
        for (name, id) in try await store.values(of: requests.map { try ReferencePattern($0) }) {
            found[own + name.dropFirst(tracked.utf8.count)] = id
        }
        return found
    }

    public func fetch(_ patterns: [String]) async throws {}

    /// Moves all references or none: each is locked before the first is compared.
    public func push(_ updates: [ReferenceUpdate]) async throws -> PushOutcome {
        // Nothing is checked out in a bare repository without linked work trees; to ask libgit2 costs opening it anew each time.
        let mayBeCheckedOut = !store.isBare || access(store.commonPath + "/worktrees", F_OK) == 0
        return try await store.writing { writer in
            for update in mayBeCheckedOut ? updates : [] where try writer.isCheckedOut(update.name) {
                return .refused(
                    "\(update.name) is checked out in this clone; push to a bare repository, or check out another branch"
                )
            }
            do throws(GitError) {
                return try writer.moveAll(updates, reason: "martlet") ? .done : .moved
            } catch {
                guard error.code == .occupied else { throw error }
                return .refused(error.message)
            }
        }
    }
}
