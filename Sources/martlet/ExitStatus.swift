import ArgumentParser
import ControlLoop
import Domain
import Glibc

/// How a command ended, so that a CI job can tell "no" from "could not".
enum ExitStatus: Int32 {
    case done = 0
    case no = 1
    case wrongUse = 2
    case couldNot = 3

    init(of error: any Error) {
        switch error {
        case is Refusal: self = .no
        case is WrongUse, LoopError.notFound: self = .wrongUse
        case is CouldNot, is any Failure: self = .couldNot
        default:
            let code = Martlet.exitCode(for: error)
            self = code.isSuccess ? .done : code == .validationFailure ? .wrongUse : .couldNot
        }
    }

    /// Prints what has to be said and ends the program.
    func leave(because error: any Error) -> Never {
        switch error {
        case let refusal as Refusal: if !refusal.message.isEmpty { Terminal.complain(refusal.message) }
        case let failure as CouldNot: if !failure.message.isEmpty { Terminal.complain(failure.message) }
        case let wrong as WrongUse: Terminal.complain("Error: \(wrong.message)")
        case let failure as any Failure: Terminal.complain("Error: \(failure.description)")
        default:
            let text = Martlet.fullMessage(for: error)
            if self == .done { Terminal.say(text) } else { Terminal.complain(text.isEmpty ? "Error: \(error)" : text) }
        }
        leave()
    }

    /// Ends the program. Where not all of its output could be written, that is how it ended.
    func leave() -> Never {
        guard let reason = Terminal.loss() else { exit(rawValue) }
        Terminal.complain("Error: standard output: \(reason); what was written there is not all of it")
        exit(Self.couldNot.rawValue)
    }
}

/// The answer is no; what there is to say may have been printed already.
struct Refusal: Error {
    var message = ""
}

/// Something could not be found out; what there is to say may have been printed already.
struct CouldNot: Error {
    var message = ""
}

/// The arguments make no sense together.
struct WrongUse: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
