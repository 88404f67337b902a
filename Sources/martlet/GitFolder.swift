import Domain
import Git
import Glibc

/// Opens repositories where there may be none.
enum GitFolder {
    /// The repository at or around `path`, or `nil` where there is none at all.
    static func open(_ path: String) throws -> GitStore? {
        do throws(GitError) { return try GitStore(opening: path) } catch {
            if error.code == .notFound, access(path, F_OK) == 0 { return nil }
            throw error
        }
    }

    /// The repository at or around `path`, or `nil` where that is the address of one elsewhere.
    static func there(_ path: String) throws -> GitStore? {
        access(path, F_OK) == 0 ? try GitStore(opening: path) : nil
    }
}
