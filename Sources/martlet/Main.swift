import ArgumentParser
import Dispatch
import Domain
import Engines
import Glibc

/// Starts the command that the arguments name, and gives its outcome as an exit status.
@main
enum Main {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        OwnSecrets.hide()
        do {
            if try answerAtOnce(arguments) { ExitStatus.done.leave() }
            var command = try Martlet.parseAsRoot()
            let stopsByItself = command is any StopsByItself
            guard let asynchronous = command as? any AsyncParsableCommand else {
                try command.run()
                ExitStatus.done.leave()
            }
            run(asynchronous, stopsByItself: stopsByItself)
        } catch {
            let error = unknownCommand(arguments) ?? error
            ExitStatus(of: error).leave(because: error)
        }
    }

    /// What to say where the first argument is no command.
    private static func unknownCommand(_ arguments: [String]) -> WrongUse? {
        let names =
            Martlet.configuration.groupedSubcommands.flatMap(\.subcommands).compactMap {
                $0.configuration.commandName
            } + ["help"]
        guard let name = arguments.first, !name.hasPrefix("-"), !names.contains(name) else { return nil }
        let near = Suggestion.nearest(to: name, in: names).map { "Did you mean '\($0)'?" }
        return WrongUse("There is no command '\(Excerpt.line(name))'. \(near ?? "'martlet help' lists them.")")
    }

    /// What people wait for at each commit starts before the tree of commands is looked at.
    private static func answerAtOnce(_ arguments: [String]) throws -> Bool {
        switch arguments {
        case ["--version"]: Terminal.say(Martlet.configuration.version)
        case ["hook", "pre-commit"]: try PreCommitHook.check()
        default: return false
        }
        return true
    }

    /// Only a command that waits needs the threads that `async` brings.
    private static func run(_ command: consuming sending any AsyncParsableCommand, stopsByItself: Bool) -> Never {
        let signals = StopSignals()
        let sources = stopsByItself ? [] : signals.listen()
        Task { [command] in
            var command = command
            do {
                try await command.run()
            } catch {
                await signals.giveWay()
                ExitStatus(of: error).leave(because: error)
            }
            await signals.giveWay()
            ExitStatus.done.leave()
        }
        withExtendedLifetime(sources) { dispatchMain() }
    }
}

/// Git-native promotion of machine-learning models.
struct Martlet: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract:
            "Promote machine-learning models from environment to environment by commits, and roll back with git revert",
        discussion: """
            Models, data pointers and deployment manifests live in a Git repository. Martlet watches its commits, runs checks, \
            promotes what passes, makes targets run what Git says, watches them, and reverts what fails.

            Start with 'martlet demo' to see it happen, or 'martlet init' in your own repository.
            MARTLET_CACHE is the folder of what can be made again, such as fetched artifacts: else XDG_CACHE_HOME/martlet, or \
            ~/.cache/martlet; without a HOME, martlet-UID in TMPDIR or /tmp, if it is the user's alone.
            Exit status: 0 done, 1 the answer is no, 2 wrong use, 3 could not.
            """,
        version: "martlet \(version)",
        groupedSubcommands: [
            CommandGroup(
                name: "Begin",
                subcommands: [
                    InitCommand.self, ImportCommand.self, DemoCommand.self, SchemaCommand.self, KindsCommand.self,
                ]),
            CommandGroup(
                name: "Look",
                subcommands: [
                    StatusCommand.self, PlanCommand.self, WhyCommand.self, HistoryCommand.self, DiffCommand.self,
                ]),
            CommandGroup(
                name: "Check",
                subcommands: [ValidateCommand.self, CheckCommand.self, ScoreCommand.self, CardCommand.self]),
            CommandGroup(
                name: "Measure",
                subcommands: [EvaluateCommand.self, CompareCommand.self, ProfileCommand.self, DriftCommand.self]),
            CommandGroup(
                name: "Move",
                subcommands: [
                    PromoteCommand.self, RequestCommand.self, ApproveCommand.self, RollbackCommand.self,
                    HoldCommand.self, RetrainCommand.self,
                ]),
            CommandGroup(name: "Run", subcommands: [ReconcileCommand.self, ControllerCommand.self, HookCommand.self]),
        ])
}
