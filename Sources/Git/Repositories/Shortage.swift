import CLibgit2
import Glibc

/// Whether this machine lacks file descriptors or memory for the moment: then an object that cannot be read need not be damaged, nor one
/// that is not found be missing.
enum Shortage {
    private static let errors = [EMFILE, ENFILE, ENOMEM]

    /// libgit2 ends its message with the system's own words, and gives the number nowhere.
    static func isNamed(in reason: String, class kind: Int32) -> Bool {
        if kind == Int32(GIT_ERROR_NOMEMORY.rawValue) { return true }
        return kind == Int32(GIT_ERROR_OS.rawValue)
            && errors.contains { error in strerror(error).map { reason.hasSuffix(String(cString: $0)) } ?? false }
    }

    /// Whether no file can be opened now. libgit2 passes over a pack that it cannot open, and says that it has not found the object.
    static var isNow: Bool {
        let descriptor = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor < 0 else {
            close(descriptor)
            return false
        }
        return errors.contains(errno)
    }
}
