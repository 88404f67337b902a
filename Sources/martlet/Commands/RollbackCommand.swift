import ArgumentParser
import ControlLoop
import Domain

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Revert an environment to the version that ran before this one",
        discussion: """
            Goes to the one that was last verified, or else to the one before; never to one that was rejected. Makes the commit that 'git revert' of the promotion makes, and pushes it: models that came together go \
            back together. What it leaves is rejected there: it does not come back by itself. A 'git revert' of your own does the same.

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
            if await controller.isBranchRewritten {
                throw Refusal(message: "Not rolled back: \(RollbackRule.rewritten)")
            }
            throw Refusal(message: "\(environment) has no earlier version of \(model) to go back to.")
        }
        let others = try await others(controller)
        guard common.output == .text else {
            let more = others.map { JSON.object([("model", .string($0.model)), ("version", $0.pin?.json ?? .null)]) }
            return Terminal.say(unit.json(and: [("version", pin.json), ("others", .array(more))]))
        }
        Terminal.say("\(environment) goes back to \(model) \(pin.label).")
        for other in others {
            Terminal.say("With it goes \(other.model), which came with it, to \(other.pin?.label ?? "nothing").")
        }
    }

    /// The models that went back together with this one, and to what.
    private func others(_ controller: Controller) async throws -> [(model: String, pin: Pin?)] {
        let before = await controller.currentSnapshot?.deployments[environment] ?? [:]
        _ = try await controller.explain(Unit(environment: environment, model: model))
        let after = await controller.currentSnapshot?.deployments[environment] ?? [:]
        return before.keys.sorted().compactMap { name in
            let pin = after[name]?.value.pin
            return name == model || before[name]?.value.pin == pin ? nil : (name, pin)
        }
    }
}
