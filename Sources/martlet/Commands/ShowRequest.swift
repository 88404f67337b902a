import ArgumentParser
import ControlLoop
import Domain

struct ShowRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Say how a request was judged, and what it waits for",
        discussion: "    martlet request show production/credit-risk")

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "ENV/MODEL")
    var request: String

    func run() async throws {
        let unit = try Requests.unit(request)
        let (report, workspace) = try await Requests.read(common)
        guard let status = report[unit] else {
            try await Known(workspace).require(environment: unit.environment, model: unit.model)
            throw WrongUse("There is no request \(unit.request).")
        }
        switch common.output {
        case .json: Terminal.say(status.json.text(pretty: true))
        case .text: Terminal.say(text(status))
        }
    }

    private func text(_ status: RequestStatus) -> String {
        let state = Terminal.paint(status.state.rawValue, Requests.colour(of: status.state) ?? .dim)
        var lines = [
            "\(status.unit.request) is \(state) since \(status.since): \(status.reason)",
            "  \(status.hasHead ? "head \(status.head.short)" : "no branch") by \(status.author), judged with the branch at \(status.tip.short)",
        ]
        for move in status.moves {
            lines.append("  \(move.model): \(move.summary)")
        }
        for blocker in status.blockers {
            lines.append(
                "\(Terminal.paint("waits for", .yellow)) \(blocker.kind.rawValue) \(blocker.name): \(blocker.reason)")
            lines.append("    unblocked by: \(blocker.unblockedBy)")
            if let next = blocker.nextLook { lines.append("    next look: \(next)") }
        }
        if let page = status.page { lines.append("  \(page.url)") }
        if let commit = status.commit { lines.append("  merged as \(commit)") }
        return lines.joined(separator: "\n")
    }
}
