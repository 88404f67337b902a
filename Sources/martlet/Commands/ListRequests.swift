import ArgumentParser
import ControlLoop
import Domain

struct ListRequests: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the requests")

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "Only this environment")
    var environment: String?

    @Flag(help: "Also those that are merged or closed")
    var all = false

    func run() async throws {
        let (report, workspace) = try await Requests.read(common, environment: environment)
        if let environment, report.requests.isEmpty { try await Known(workspace).require(environment: environment) }
        let shown = report.requests.filter { all || !$0.isOver }
        switch common.output {
        case .json: Terminal.say(JSON.array(shown.map(\.json)).text(pretty: true))
        case .text:
            guard !shown.isEmpty else { return Terminal.say("No request is open.") }
            let rows = shown.map { status in
                [
                    status.unit.description, status.state.rawValue,
                    status.moves.map(\.summary).joined(separator: ", "),
                    status.hasHead ? status.head.short : "none", status.author, status.reason,
                ]
            }
            Terminal.say(
                Terminal.table([["REQUEST", "STATE", "VERSIONS", "HEAD", "AUTHOR", "REASON"]] + rows) { row, column in
                    column == 1 ? Requests.colour(of: shown[row - 1].state) : nil
                })
        }
    }
}
