import ArgumentParser
import ControlLoop
import Domain

struct ScoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score", abstract: "Make the scorecard of a model version: the ML Test Score with its 28 tests",
        discussion: """
            One point for each test that a system runs, half a point for signed evidence by hand (evidence/*.yaml); the score \
            is the least of the four sections. Settings come from the gates on the way to the environment, else the defaults.
            Exit status 1 if the environment's gate asks for more than passes.

                martlet score credit-risk
                martlet score credit-risk@production --environment production --output json
                martlet score credit-risk --markdown > scorecard.md
            """)

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "The model; or a version of it, as MODEL@COMMIT, MODEL@v1.4.0 or MODEL@ENVIRONMENT")
    var model: String

    @Option(help: "The environment to look from; without it, the last on the way that deploys the model")
    var environment: String?

    @Flag(help: "Print a table for a pull request or a page")
    var markdown = false

    func run() async throws {
        let workspace = try await Workspace.local(common, checks: true)
        let context = try await CheckContext(
            try Wiring.surroundings(workspace), branch: workspace.branch,
            remote: workspace.trackedRemote)
        for problem in context.problems { Terminal.complain(problem.description) }
        let named = model.contains("@") ? try await VersionFinder(workspace).find(model).version : nil
        try await Known(workspace).require(environment: environment, model: named == nil ? model : nil)
        let result = try await Progress.during { progress in
            try await ScoreRunner(context).run(
                named?.model ?? model, environment: environment, revision: named?.revision
            ) { progress.tell("running \($0)") }
        }
        let text = ScorecardText(result)
        Terminal.say(common.output == .json ? text.json.text(pretty: true) : markdown ? text.markdown : text.plain)
        if let least = result.least, result.scorecard.passing < least { throw Refusal() }
    }
}
