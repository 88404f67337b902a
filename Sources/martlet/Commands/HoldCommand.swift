import ArgumentParser
import ControlLoop
import Domain

struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Keep a version out of an environment, or let a rejected one in again",
        discussion: """
            Without --revision, the version that waits (or, with --lift, all that are held). A newer version is not held.

                martlet hold credit-risk production --reason "legal review"
                martlet hold credit-risk production --lift
            """)

    @OptionGroup var common: RepositoryOptions
    @OptionGroup var log: LogOptions

    @Argument(help: "The model")
    var model: String

    @Argument(help: "The environment")
    var environment: String

    @Option(help: "The commit of the version")
    var revision: String?

    @Option(help: "Why, for the commit message")
    var reason: String = "held by hand"

    @Flag(help: "Lift the hold")
    var lift = false

    func run() async throws {
        let chosen = try revision.map { text in
            guard let id = ObjectID(text) else {
                throw WrongUse("--revision must be a commit id of 40 hexadecimal digits")
            }
            return id
        }
        let workspace = try await Workspace.acting(common)
        let controller = Controller(try Wiring.surroundings(workspace, log: log), branch: workspace.branch)
        let unit = Unit(environment: environment, model: model)
        let names = try await controller.hold(unit, revision: chosen, reason: reason, lift: lift)
        guard !names.isEmpty else {
            throw Refusal(
                message: lift
                    ? "Nothing of \(model) is held in \(environment)."
                    : "No version of \(model) waits before \(environment).")
        }
        for name in names {
            Terminal.say(
                "\(lift ? "Lifted the hold on" : "Held") \(name.model) \(name.revision.short) in \(environment).")
        }
    }
}
