import ArgumentParser
import ControlLoop
import Domain

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Run the checks of a gate on a model version, here and now",
        discussion: """
            Without --environment, the gates of the environments that take versions straight from models/. Exit status 1 if a
            required check does not pass.

                martlet check credit-risk
                martlet check credit-risk --environment production --only model.slices
            """)

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "The model")
    var model: String

    @Option(help: "The environment whose gate to take")
    var environment: String?

    @Option(help: "Only this check (may be given several times)")
    var only: [String] = []

    @Option(help: "The commit of the version; without it, the branch's tip")
    var revision: String?

    func run() async throws {
        let workspace = try Workspace.local(common)
        let bench = CheckBench(try Wiring.surroundings(workspace), branch: workspace.branch)
        let chosen = try revision.map { text in
            guard let id = ObjectID(text) else {
                throw WrongUse("--revision must be a commit id of 40 hexadecimal digits")
            }
            return id
        }
        let results = try await bench.run(model, environment: environment, only: Set(only), revision: chosen)
        if common.output == .json {
            Terminal.say(JSON.object([("checks", .array(results.map(\.json)))]).text(pretty: true))
        } else {
            for result in results { print(result) }
        }
        let failed = results.filter { $0.requirement.required && !$0.outcome.verdict.admits }
        guard !results.isEmpty else {
            throw Refusal(message: "No gate asks for a check of \(model); add one to gates/, or name it with --only.")
        }
        if !failed.isEmpty {
            throw Refusal(
                message: common.output == .json ? "" : "\(failed.count) of \(results.count) checks do not pass.")
        }
    }

    private func print(_ result: CheckBench.Result) {
        let verdict = result.outcome.verdict
        let colour: Terminal.Colour = verdict == .pass ? .green : verdict == .fail || verdict == .error ? .red : .yellow
        Terminal.say(
            "\(Terminal.paint(verdict.rawValue, colour))  \(result.environment)  \(result.requirement.check): \(result.outcome.summary)"
        )
        for finding in result.outcome.findings.prefix(20) where finding.message != result.outcome.summary {
            let place = finding.file.map { " (\($0)\(finding.line.map { ":\($0)" } ?? ""))" } ?? ""
            Terminal.say("      \(finding.verdict.rawValue): \(finding.message)\(place)")
        }
    }
}
