import ArgumentParser
import ControlLoop
import Domain

struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Promote the version that waits into an environment, if its gate is open",
        discussion: """
            The gate's checks run first where they have not; a closed gate is said to be closed, and nothing moves.

                martlet promote credit-risk --to production
            """)

    @OptionGroup var common: RepositoryOptions
    @OptionGroup var log: LogOptions

    @Argument(help: "The model")
    var model: String

    @Option(help: "The environment")
    var to: String

    func run() async throws {
        let workspace = try await Workspace.acting(common)
        let controller = Controller(try Wiring.surroundings(workspace, log: log), branch: workspace.branch)
        let unit = Unit(environment: to, model: model)
        switch try await controller.promoteByHand(unit) {
        case .promoted(let version): Terminal.say("Promoted \(version.title) to \(to).")
        case .upToDate: Terminal.say("\(to) already runs the newest version of \(model) that may enter.")
        case .blocked(let blockers):
            for blocker in blockers {
                Terminal.complain(
                    "blocked by \(blocker.kind.rawValue) \(blocker.name): \(blocker.reason)\n    unblocked by: \(blocker.unblockedBy)"
                )
            }
            throw Refusal(message: "Not promoted.")
        case .unknown:
            throw Refusal(
                message: "\(to) has no deployment of \(model) (\(Snapshot.path(ofDeployment: model, in: to)))")
        }
    }
}
