import Domain
import Glibc

/// Finds the program that a command names, in the command's own `PATH`.
enum ProgramPath {
    static let standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The program's path, or why there is none. Relative folders in `PATH` are passed over: what lies in a work folder is not trusted.
    static func find(_ name: String, for command: Command) -> Result<String, StartFailure> {
        if name.utf8.contains(UInt8(ascii: "/")) { return .success(name) }
        let path = command.environment["PATH"] ?? standard
        var forbidden: String?
        for folder in path.split(separator: ":") where folder.utf8.first == UInt8(ascii: "/") {
            let candidate = "\(folder)/\(name)"
            guard isFile(candidate) else { continue }
            if access(candidate, X_OK) == 0 { return .success(candidate) }
            forbidden = candidate
        }
        if let forbidden { return .failure(StartFailure("\(forbidden) is not executable; run chmod +x on it")) }
        return .failure(
            StartFailure("there is no program '\(name)' in \(path); install it, or give its whole path"))
    }

    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
