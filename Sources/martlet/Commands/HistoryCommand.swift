import ArgumentParser
import ControlLoop
import Domain

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the promotions and rollbacks of a model, newest first",
        discussion: "Read from the branch's commits alone; a 'git revert' by hand is listed as the rollback that it is."
    )

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "Only this model")
    var model: String?

    @Argument(help: "Only this environment")
    var environment: String?

    func run() async throws {
        let workspace = try await Workspace.local(common)
        let entries = try await DeploymentHistory.read(workspace.store, Workspace.language, branch: workspace.branch)
            .filter { model == nil || $0.unit.model == model }.filter {
                environment == nil || $0.unit.environment == environment
            }
        switch common.output {
        case .json: Terminal.say(JSON.array(entries.map(\.json)).text(pretty: true))
        case .text:
            guard !entries.isEmpty else { return Terminal.say("Nothing was promoted yet.") }
            let rows = entries.map { entry in
                [
                    entry.time.description, entry.unit.environment, entry.unit.model, entry.kind.rawValue,
                    "\(entry.old?.label ?? "nothing") → \(entry.new?.label ?? "nothing")", entry.commit.short,
                    entry.cause,
                ]
            }
            Terminal.say(
                Terminal.table([["TIME", "ENVIRONMENT", "MODEL", "WHAT", "VERSIONS", "COMMIT", "CAUSE"]] + rows) {
                    row, column in
                    column == 3 ? (entries[row - 1].kind == .rollback ? .red : .green) : nil
                })
        }
    }
}
