import ArgumentParser
import ControlLoop
import Domain

struct CloseRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Close a request: its branch goes, and its version is not proposed again",
        discussion: "    martlet request close production/credit-risk --reason \"not before the audit\"")

    @OptionGroup var common: RepositoryOptions
    @OptionGroup var log: LogOptions

    @Argument(help: "ENV/MODEL")
    var request: String

    @Option(help: "Why, for the record")
    var reason: String = "closed by hand"

    func run() async throws {
        let unit = try Requests.unit(request)
        let workspace = try await Workspace.acting(common)
        let controller = Controller(try Wiring.surroundings(workspace, log: log), branch: workspace.branch)
        guard let status = try await controller.closeByHand(unit, reason: reason) else {
            try await Known(workspace).require(unit)
            throw WrongUse("There is no branch \(unit.request).")
        }
        switch common.output {
        case .json: Terminal.say(status.json.text(pretty: true))
        case .text: Terminal.say("Closed \(unit.request).")
        }
    }
}
