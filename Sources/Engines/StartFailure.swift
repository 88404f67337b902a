import Domain
import Glibc

/// Why a program could not be started.
struct StartFailure: Error {
    let message: String
    /// Whether the machine had nothing left to start it with.
    let isExhaustion: Bool

    init(_ message: String) { (self.message, isExhaustion) = (message, false) }

    init(_ what: String, code: Int32) {
        let remedy: String? =
            switch code {
            case EMFILE: "raise the limit of open files: ulimit -n, or LimitNOFILE= of the service"
            case ENFILE: "raise the system's limit of open files: sysctl fs.file-max"
            case EAGAIN: "raise the limit of processes: ulimit -u, or TasksMax= of the service"
            case ENOMEM: "the machine has no memory left"
            default: nil
            }
        message = "\(what): \(String(cString: strerror(code)))" + (remedy.map { " (\($0))" } ?? "")
        isExhaustion = remedy != nil
    }

    var ending: CommandResult.Ending { isExhaustion ? .exhausted(message) : .notStarted(message) }
}
