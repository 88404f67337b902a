import Domain
import Glibc

/// Which files of this machine a `file://` pointer may name.
///
/// A pointer is written by whoever may write a model; the program that follows it may be allowed to read more than they are.
public struct FileAccess: Sendable {
    /// Folders, whatever the rights of what is in them; `nil` for any file whose own mode lets everybody read it.
    private let folders: [String]?

    /// - Parameter folders: Absolute paths with colons between them, as in `PATH`; `nil` or empty for none.
    public init(folders: String? = nil) {
        let named = folders?.split(separator: ":").map(String.init) ?? []
        self.folders = named.isEmpty ? nil : named.map { Self.real($0) ?? $0 }
    }

    /// The file itself, links followed. Throws where it is not there, or not to be read by way of a pointer.
    func file(at path: String, for place: String) throws(ArtifactFailure) -> String {
        guard let real = Self.real(path) else {
            throw ArtifactFailure(.notYet, "\(place): there is no file \(RelativePath.shown(path))")
        }
        guard mayBeRead(real) else {
            throw ArtifactFailure(
                .notYet,
                "\(place): it is not for everybody on this machine to read; MARTLET_FILES names folders from which files may come"
            )
        }
        return real
    }

    private func mayBeRead(_ path: String) -> Bool {
        if let folders { return folders.contains { path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") } }
        var status = stat()
        guard !["/proc/", "/sys/", "/dev/"].contains(where: path.hasPrefix), stat(path, &status) == 0 else {
            return false
        }
        return status.st_mode & S_IROTH != 0
    }

    private static func real(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(cString: pointer)
    }
}
