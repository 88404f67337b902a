import ArgumentParser
import ControlLoop
import Domain

/// What every command understands.
struct RepositoryOptions: ParsableArguments {
    @Option(
        name: .customShort("C"),
        help: ArgumentHelp(
            "The repository: a clone or a bare one; promote, rollback, hold, retrain, request close, reconcile and controller also take a URL",
            valueName: "path")
    )
    var path: String = "."

    @Option(help: "The protected branch; without it, the one that martlet.yaml names, or the default branch")
    var branch: String?

    @Option(help: "text for people, json for programs")
    var output: OutputFormat = .text
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}
