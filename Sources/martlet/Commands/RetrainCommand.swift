import ArgumentParser
import ControlLoop
import Domain
import Git

struct RetrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrain", abstract: "Show how often monitors had a model trained anew, or let that begin again",
        discussion: """
            A monitor with 'action: retrain' starts the command of spec.training.retrain of the model, at most once in its coolDown, \
            and not after two trainings in a row that came to nothing. --reset forgets those, and the coolDown.

                martlet retrain credit-risk
                martlet retrain credit-risk --reset
            """)

    @OptionGroup var common: RepositoryOptions
    @OptionGroup var log: LogOptions

    @Argument(help: "The model")
    var model: String

    @Flag(help: "Let trainings begin again, whatever came of those before")
    var reset = false

    func run() async throws {
        let workspace = try await Workspace.acting(common, isDryRun: !reset)
        var options = Controller.Options()
        options.isDryRun = !reset
        let controller = Controller(
            try Wiring.surroundings(workspace, log: log), branch: workspace.branch, options: options)
        try await workspace.remote.fetch(["refs/heads/\(workspace.branch)"])
        try await Known(workspace).require(model: model)
        guard reset else { return say(try await controller.retraining(of: model)) }
        guard try await controller.resetRetraining(of: model) else {
            throw Refusal(message: "No training of \(model) is remembered, so nothing keeps one from beginning.")
        }
        switch common.output {
        case .json: Terminal.say(JSON.object([("model", .string(model)), ("reset", true)]).text(pretty: true))
        case .text: Terminal.say("Trainings of \(model) may begin again.")
        }
    }

    private func say(_ report: RetrainReport) {
        switch common.output {
        case .json:
            let members = [JSON.Member("model", .string(model))] + (report.json.members ?? [])
            Terminal.say(JSON.object(members).text(pretty: true))
        case .text:
            guard !report.lines.isEmpty else { return Terminal.say("No monitor had \(model) trained anew.") }
            for line in report.lines { Terminal.say(line) }
        }
    }
}
