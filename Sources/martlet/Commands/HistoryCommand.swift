import ArgumentParser
import ControlLoop
import Domain

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the promotions and rollbacks of a model, newest first",
        discussion: """
            Read from the branch's commits alone; a 'git revert' by hand is listed as the rollback that it is. Of an environment \
            that was renamed, what happened under its former name is listed, too.
            """
    )

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "Only this model")
    var model: String?

    @Argument(help: "Only this environment")
    var environment: String?

    func run() async throws {
        let workspace = try await Workspace.local(common)
        try await workspace.tellWhetherBehind()
        let all = try await DeploymentHistory.read(workspace.store, Workspace.language, branch: workspace.branch)
        let entries = DeploymentHistory.entries(all, model: model, environment: environment)
        if entries.isEmpty, model != nil {
            // What is gone has a history, though not everywhere.
            try await Known(workspace).require(environment: environment, model: model, past: all.map(\.unit.model))
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
