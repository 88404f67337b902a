import ArgumentParser
import Domain
import Glibc

/// Starts the command that the arguments name, and gives its outcome as an exit status.
@main
enum Main {
    static func main() async {
        do {
            var command = try Martlet.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            ExitStatus(of: error).leave(because: error)
        }
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
            Models, data pointers and deployment manifests live in a Git repository. Martlet watches its commits, runs checks,
            promotes what passes, makes targets run what Git says, watches them, and reverts what fails.

            Start with 'martlet demo' to see it happen, or 'martlet init' in your own repository.
            Exit status: 0 done, 1 the answer is no, 2 wrong use, 3 could not.
            """,
        version: "martlet \(version)",
        groupedSubcommands: [
            CommandGroup(
                name: "Look",
                subcommands: [
                    StatusCommand.self, PlanCommand.self, WhyCommand.self, HistoryCommand.self, DiffCommand.self,
                ]),
            CommandGroup(name: "Check", subcommands: [ValidateCommand.self, CheckCommand.self, ScoreCommand.self]),
            CommandGroup(
                name: "Measure",
                subcommands: [EvaluateCommand.self, CompareCommand.self, ProfileCommand.self, DriftCommand.self]),
            CommandGroup(
                name: "Move",
                subcommands: [PromoteCommand.self, ApproveCommand.self, RollbackCommand.self, HoldCommand.self]),
            CommandGroup(name: "Run", subcommands: [ReconcileCommand.self, ControllerCommand.self, HookCommand.self]),
            CommandGroup(
                name: "Begin", subcommands: [InitCommand.self, DemoCommand.self, SchemaCommand.self, KindsCommand.self]),
        ])
}
