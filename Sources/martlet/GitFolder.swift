import Domain
import Git
import Glibc

/// Opens repositories where there may be none.
enum GitFolder {
    /// The repository at or around `path`, or `nil` where there is none at all.
    static func open(_ path: String) throws -> GitStore? {
        do throws(GitError) { return try GitStore(opening: path) } catch {
            guard error.code == .notFound else { throw error }
            if access(path, F_OK) == 0 { return nil }
            throw WrongUse("\(error)")
        }
    }

    /// The repository at or around the path that the user names.
    static func repository(_ path: String) throws -> GitStore {
        guard let store = try open(path) else {
            throw WrongUse(
                "cannot open \(path): there is no Git repository at \(path) or above it; name a clone or a bare repository "
                    + "with -C PATH")
        }
        return store
    }

    /// The repository at or around `path`, or `nil` where that is the address of one elsewhere.
    static func there(_ path: String) throws -> GitStore? {
        access(path, F_OK) == 0 ? try GitStore(opening: path) : nil
    }
}
