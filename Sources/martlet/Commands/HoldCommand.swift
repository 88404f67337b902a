import ArgumentParser
import ControlLoop
import Domain
import Git

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

    @Option(help: "The commit of the version, or a branch or tag")
    var revision: String?

    @Option(help: "Why, for the commit message; 'held by hand' or 'lifted by hand' without it")
    var reason: String?

    @Flag(help: "Lift the hold")
    var lift = false

    func run() async throws {
        let workspace = try await Workspace.acting(common)
        let controller = Controller(try Wiring.surroundings(workspace, log: log), branch: workspace.branch)
        let unit = Unit(environment: environment, model: model)
        try await workspace.requireNames(of: unit)
        let chosen = try await chosen(workspace)
        let names = try await controller.hold(
            unit, revision: chosen, reason: reason ?? (lift ? "lifted by hand" : "held by hand"), lift: lift)
        guard !names.isEmpty else {
            throw Refusal(
                message: lift
                    ? "Nothing of \(model) is held in \(environment)."
                    : "No version of \(model) waits before \(environment).")
        }
        let isRunning = lift ? false : try await controller.runs(names, in: unit)
        guard common.output == .text else {
            let revisions = JSON.array(names.map { .string($0.revision.description) })
            return Terminal.say(
                unit.json(and: [("held", .bool(!lift)), ("revisions", revisions), ("runs", .bool(isRunning))]))
        }
        for name in names {
            Terminal.say(
                "\(lift ? "Lifted the hold on" : "Held") \(name.model) \(name.revision.short) in \(environment).")
        }
        guard isRunning else { return }
        Terminal.say("It runs there, and goes on. To go back: martlet rollback \(model) \(environment)")
    }

    /// The commit that --revision names: in the user's own clone, as everywhere in Git, else in the shared repository.
    private func chosen(_ workspace: Workspace) async throws -> ObjectID? {
        guard let revision else { return nil }
        if let id = ObjectID(revision) { return id }
        let clone = try GitFolder.there(common.path)
        if let id = try await clone?.revision(revision) { return id }
        try await workspace.remote.fetch(["refs/heads/*", "refs/tags/*"])
        guard let id = try await workspace.store.revision(revision) else {
            throw WrongUse("there is no commit '\(revision)'")
        }
        return id
    }
}
