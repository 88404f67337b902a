import ArgumentParser
import ControlLoop
import Domain

struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Promote the version that waits into an environment, if its gate is open",
        discussion: """
            The gate's checks run first where they have not; a closed gate is said to be closed, and nothing moves.
            Where the environment's promotion mode is pull-request, or with --request, the branch promote/ENV/MODEL is
            pushed instead, in your name: the controller judges it, and merges it when gate and approvals allow.

                martlet promote credit-risk --to production
            """)

    @OptionGroup var common: RepositoryOptions
    @OptionGroup var log: LogOptions

    @Argument(help: "The model")
    var model: String

    @Option(help: "The environment")
    var to: String

    @Flag(help: "Propose it on the branch promote/ENV/MODEL, whatever the promotion mode")
    var request = false

    func run() async throws {
        let workspace = try await Workspace.acting(common)
        let controller = Controller(try Wiring.surroundings(workspace, log: log), branch: workspace.branch)
        let unit = Unit(environment: to, model: model)
        let isByRequest = try await controller.isByRequest(to)
        if request || isByRequest {
            return try await propose(unit, controller)
        }
        switch try await controller.promoteByHand(unit) {
        case .promoted(let version): Terminal.say("Promoted \(version.title) to \(to).")
        case .upToDate: Terminal.say("\(to) already runs the newest version of \(model) that may enter.")
        case .blocked(let blockers): throw refusal(blockers, "Not promoted.")
        case .unknown: throw unknown
        }
    }

    private func propose(_ unit: Unit, _ controller: Controller) async throws {
        let person = try await Identity.person(common)
        switch try await controller.proposeByHand(unit, by: person) {
        case .proposed(let status): Terminal.say("Proposed: \(status.summary).")
        case .isOpen(let status): Terminal.say("Proposed already: \(status.summary).")
        case .upToDate: Terminal.say("\(to) already runs the newest version of \(model) that may enter.")
        case .occupied(let status):
            throw Refusal(
                message:
                    "\(status.unit.request) is a request of \(status.author); close it first: martlet request close \(unit)"
            )
        case .blocked(let blockers): throw refusal(blockers, "Not proposed.")
        case .unknown: throw unknown
        }
    }

    private func refusal(_ blockers: [Blocker], _ message: String) -> Refusal {
        for blocker in blockers {
            Terminal.complain(
                "blocked by \(blocker.kind.rawValue) \(blocker.name): \(blocker.reason)\n    unblocked by: \(blocker.unblockedBy)"
            )
        }
        return Refusal(message: message)
    }

    private var unknown: Refusal {
        Refusal(message: "\(to) has no deployment of \(model) (\(Snapshot.path(ofDeployment: model, in: to)))")
    }
}
