import ArgumentParser
import ControlLoop
import Domain

struct CardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "card", abstract: "Write the model card of a version, as Markdown or JSON",
        discussion: """
            It is made of what Git has: the manifest, the sections of the model's README.md, its predictions, and the controller's \
            evidence: of each check the newest, with the environments whose gate or monitors count it now; with --environment the newest \
            that counts there. JSON has the members of Google's model-card-toolkit, and evidence beside them.

                martlet card credit-risk > card.md
                martlet card credit-risk@production --environment production --output json
            """)

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "The model; or a version of it, as MODEL@COMMIT, MODEL@v1.4.0 or MODEL@ENVIRONMENT")
    var model: String

    @Option(help: "Only verdicts that count in this environment")
    var environment: String?

    func run() async throws {
        let workspace = try await Workspace.local(common)
        let isVersion = model.contains("@")
        try await Known(workspace).require(environment: environment, model: isVersion ? nil : model)
        let finder = VersionFinder(workspace)
        let known = try await isVersion ? finder.find(model) : finder.newest(of: model)
        let surroundings = try Wiring.surroundings(workspace)
        let context = try await CheckContext(surroundings, branch: workspace.branch, remote: workspace.trackedRemote)
        let subject = Evaluator(surroundings).subject(
            known, environment: nil, deployed: nil, tip: context.snapshot.revision,
            of: workspace.branch)
        for problem in context.problems { Terminal.complain(problem.description) }
        let evidence = try await KnownEvidence.newest(
            of: known.version, checks: BuiltIns.checks, in: environment, context.snapshot,
            records: context.records, workspace.store)
        let card = try await VersionCard(of: subject, from: known.time, evidence)
        if evidence.isEmpty { try await workspace.tellWhereRecordsAre() }
        Terminal.say(common.output == .json ? card.json.text(pretty: true) : card.markdown)
    }
}
