import ArgumentParser
import ControlLoop
import Domain

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Revert an environment to the version that was last verified before this one",
        discussion: """
            Makes the commit that 'git revert' of the promotion makes, and pushes it. What it leaves is rejected there: \
            it does not come back by itself. A 'git revert' of your own does the same.

                martlet rollback credit-risk production --reason "complaints from support"
            """)

    @OptionGroup var common: RepositoryOptions
    @OptionGroup var log: LogOptions

    @Argument(help: "The model")
    var model: String

    @Argument(help: "The environment")
    var environment: String

    @Option(help: "Why, for the commit message")
    var reason: String = "rolled back by hand"

    func run() async throws {
        let workspace = try await Workspace.acting(common)
        let controller = Controller(try Wiring.surroundings(workspace, log: log), branch: workspace.branch)
        let unit = Unit(environment: environment, model: model)
        try await workspace.requireNames(of: unit)
        guard let pin = try await controller.rollBackByHand(unit, reason: reason) else {
            throw Refusal(message: "\(environment) has no earlier version of \(model) to go back to.")
        }
        guard common.output == .text else { return Terminal.say(unit.json(and: [("version", pin.json)])) }
        Terminal.say("\(environment) goes back to \(model) \(pin.label).")
    }
}
