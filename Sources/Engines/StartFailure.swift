import Glibc

/// Why a program could not be started.
struct StartFailure: Error {
    let message: String

    init(_ message: String) { self.message = message }

    init(_ what: String, code: Int32) { message = "\(what): \(String(cString: strerror(code)))" }
}
