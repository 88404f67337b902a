public import Domain
import Foundation

/// Runs programs for tests: real processes, killed with their whole group at the time limit. Knows no memory limit.
public let runForTests: RunCommand = { command in
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: result(of: command)) }
    }
}

private func result(of command: Command) -> CommandResult {
    do {
        let ended = try spawn(
            command.arguments, environment: command.environment, folder: command.folder, input: command.input,
            timeout: command.timeout)
        let ending: CommandResult.Ending =
            ended.timedOut ? .timedOut : ended.code < 0 ? .signalled(-ended.code) : .exited(ended.code)
        return CommandResult(
            ending: ending, output: Array(ended.output.prefix(command.outputLimit)),
            errors: Array(ended.errors.prefix(command.outputLimit)))
    } catch {
        return CommandResult(ending: .notStarted("\(error)"))
    }
}
