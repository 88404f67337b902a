import ArgumentParser
import ControlLoop
import Domain

struct RequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request", abstract: "List, show and close requests, the branches promote/ENV/MODEL",
        discussion: """
            A request is opened by 'martlet promote MODEL --to ENV', by the controller, or by anybody's push:

                git push origin HEAD:promote/production/credit-risk
            """,
        subcommands: [ListRequests.self, ShowRequest.self, CloseRequest.self])
}

struct ListRequests: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the requests")

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "Only this environment")
    var environment: String?

    @Flag(help: "Also those that are merged or closed")
    var all = false

    func run() async throws {
        let report = try await Requests.read(common, environment: environment)
        let shown = report.requests.filter { all || !$0.isOver }
        switch common.output {
        case .json: Terminal.say(JSON.array(shown.map(\.json)).text(pretty: true))
        case .text:
            guard !shown.isEmpty else { return Terminal.say("No request is open.") }
            let rows = shown.map { status in
                [
                    status.unit.description, status.state.rawValue,
                    status.moves.map { "\($0.old?.label ?? "nothing") → \($0.new.label)" }.joined(separator: ", "),
                    status.head.short, status.author, status.reason,
                ]
            }
            Terminal.say(
                Terminal.table([["REQUEST", "STATE", "VERSIONS", "HEAD", "AUTHOR", "REASON"]] + rows) { row, column in
                    column == 1 ? Requests.colour(of: shown[row - 1].state) : nil
                })
        }
    }
}

struct ShowRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Say how a request was judged, and what it waits for",
        discussion: "    martlet request show production/credit-risk")

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "ENV/MODEL")
    var request: String

    func run() async throws {
        let unit = try Requests.unit(request)
        guard let status = try await Requests.read(common)[unit] else {
            throw Refusal(message: "There is no request \(unit.request).")
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
            "  head \(status.head.short) by \(status.author), judged with the branch at \(status.tip.short)",
        ]
        for move in status.moves {
            lines.append("  \(move.model): \(move.old?.label ?? "nothing") → \(move.new.label)")
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
            throw Refusal(message: "There is no branch \(unit.request).")
        }
        switch common.output {
        case .json: Terminal.say(status.json.text(pretty: true))
        case .text: Terminal.say("Closed \(unit.request).")
        }
    }
}

/// What the commands about requests share.
enum Requests {
    static func read(_ options: RepositoryOptions, environment: String? = nil) async throws -> RequestList {
        let workspace = try Workspace.local(options)
        return try await RequestList.read(
            workspace.store, Workspace.language, branch: workspace.branch, environment: environment)
    }

    /// Reads `ENV/MODEL` or `promote/ENV/MODEL`.
    static func unit(_ text: String) throws -> Unit {
        let rest = text.hasPrefix("promote/") ? text.dropFirst("promote/".utf8.count) : text[...]
        let parts = rest.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw WrongUse("'\(text)' names no request; write ENV/MODEL, such as production/credit-risk")
        }
        return Unit(environment: parts[0], model: parts[1])
    }

    static func colour(of state: RequestStatus.State) -> Terminal.Colour? {
        switch state {
        case .ready, .merged: .green
        case .refused, .conflicting: .red
        case .open, .stale, .superseded: .yellow
        case .closed: .dim
        }
    }
}
