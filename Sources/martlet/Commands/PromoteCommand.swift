import ArgumentParser
import ControlLoop
import Domain
import Git

struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Promote the version that waits into an environment, if its gate is open",
        discussion: """
            The gate's checks run first where they have not; a closed gate is said to be closed, and nothing moves. \
            Where the environment's promotion mode is pull-request, or with --request, the branch promote/ENV/MODEL is \
            pushed instead, in your name: the controller judges it, and merges it when gate and approvals allow.

                martlet promote credit-risk --to production
            """)

    @OptionGroup var common: RepositoryOptions
    @OptionGroup var log: LogOptions

    @Argument(help: "The model")
    var model: String

    @Option(help: ArgumentHelp("The environment", valueName: "environment"))
    var to: String

    @Flag(help: "Propose it on the branch promote/ENV/MODEL, whatever the promotion mode")
    var request = false

    func run() async throws {
        let workspace = try await Workspace.acting(common)
        var surroundings = try Wiring.surroundings(workspace, log: log)
        if let signer = try await Identity.signer(common, for: workspace.store) {
            surroundings.signByHand = { try await signer.sign($0, above: $1) }
        }
        let controller = Controller(surroundings, branch: workspace.branch)
        let unit = Unit(environment: to, model: model)
        let isByRequest = try await controller.isByRequest(to)
        if request || isByRequest {
            return try await propose(unit, controller, workspace)
        }
        switch try await controller.promoteByHand(unit) {
        case .promoted(let version, let others):
            let more = others.map { "\nWith it goes \($0.title), of the same release set." }.joined()
            say("promoted", "Promoted \(version.title) to \(to)." + more, version: version.pin, others: others)
        case .upToDate: sayUpToDate()
        case .blocked(let blockers): throw refusal(blockers, "Not promoted.")
        case .failed(let reason):
            guard common.output == .json else { throw CouldNot(message: "Not promoted: \(reason)") }
            say("failed", reason)
            throw CouldNot()
        case .unknown: throw try await Known(workspace).nothing(of: unit, await controller.currentSnapshot)
        }
    }

    private func propose(_ unit: Unit, _ controller: Controller, _ workspace: Workspace) async throws {
        let person = try await Identity.person(common)
        switch try await controller.proposeByHand(unit, by: person) {
        case .proposed(let status): say("proposed", "Proposed: \(status.summary).", request: status)
        case .isOpen(let status): say("proposed-already", "Proposed already: \(status.summary).", request: status)
        case .upToDate: sayUpToDate()
        case .occupied(let status):
            throw Refusal(
                message:
                    "\(status.unit.request) is a request of \(status.author); close it first: martlet request close \(status.unit)"
            )
        case .blocked(let blockers): throw refusal(blockers, "Not proposed.")
        case .unknown: throw try await Known(workspace).nothing(of: unit, await controller.currentSnapshot)
        }
    }

    private func sayUpToDate() {
        say("up-to-date", "\(to) already runs the newest version of \(model) that may enter.")
    }

    /// Says what came of it: `words` to people, an object with the same keys each time to programs.
    private func say(
        _ result: String, _ words: String, version: Pin? = nil, others: [ModelVersion] = [],
        request: RequestStatus? = nil, blockers: [Blocker] = []
    ) {
        guard common.output == .json else { return Terminal.say(words) }
        let members: [(String, JSON)] = [
            ("result", .string(result)), ("version", version?.json ?? .null),
            ("others", .array(others.map { ["model": .string($0.model), "version": $0.pin.json] })),
            ("request", request?.json ?? .null), ("blockers", .array(blockers.map(\.json))),
        ]
        Terminal.say(Unit(environment: to, model: model).json(and: members))
    }

    private func refusal(_ blockers: [Blocker], _ message: String) -> Refusal {
        guard common.output == .text else {
            say("blocked", message, blockers: blockers)
            return Refusal()
        }
        for blocker in blockers {
            Terminal.complain(
                "blocked by \(blocker.kind.rawValue) \(blocker.name): \(blocker.reason)\n    unblocked by: \(blocker.unblockedBy)"
            )
        }
        return Refusal(message: message)
    }
}
