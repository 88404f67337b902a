import Domain

/// Hands a notice to a program of this machine.
struct Program: Sendable {
    let arguments: [String]
    let timeout: Duration
    var environment: [String: String] = [:]

    /// Returns when it has ended with 0. What it says is for people, so secrets that it was given are taken out.
    func take(_ input: [UInt8], hiding secrets: [String] = [], using tools: Tools) async throws(NotifierFailure) {
        let name = arguments.first ?? ""
        let result = await tools.run(
            Command(
                arguments, environment: environment, input: input, timeout: timeout, outputLimit: 1 << 16,
                secrets: secrets))
        let ending: String
        switch result.ending {
        case .exited(0): return
        case .exited(let code): ending = "ended with \(code)"
        case .signalled(let signal): ending = "was ended by signal \(signal)"
        case .timedOut: ending = "did not end within \(timeout.text)"
        case .notStarted(let why), .exhausted(let why): ending = "could not be started: \(why)"
        }
        let said = Excerpt.line(result.lastWords, limit: 200)
        throw NotifierFailure("'\(name)' \(ending)\(said.isEmpty ? "" : ": \(said)")")
    }
}
