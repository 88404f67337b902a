import ArgumentParser
import ControlLoop
import Domain
import Git

struct RequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request", abstract: "List, show, check and close requests, the branches promote/ENV/MODEL",
        discussion: """
            A request is opened by 'martlet promote MODEL --to ENV', by the controller, or by anybody's push:

                git push origin HEAD:promote/production/credit-risk
            """,
        subcommands: [ListRequests.self, ShowRequest.self, CheckRequest.self, CloseRequest.self])
}

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

struct CheckRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say whether the branch may become a commit, as a merge queue is told",
        discussion: """
            For CI systems that test what would be merged, such as GitLab's merge trains. Judges the merge with the branch by \
            what this clone has of it, of requests, approvals and the controller's records; runs no check. Exit status 1 if \
            the commit is refused, or has to wait. Reviews on a forge count as the record has them, and a request only where \
            its own head is merged; with --squashed, where the very files that it changes would come onto the branch.

                git fetch --prune origin "+refs/heads/main:refs/heads/main" \\
                    "+refs/heads/promote/*:refs/heads/promote/*" \\
                    "+refs/martlet/*:refs/martlet/*" "+refs/tags/*:refs/tags/*"
                martlet request check --branch main HEAD
            """)

    @OptionGroup var common: RepositoryOptions

    @Flag(help: "The queue squashes or rebases, and so made other commits than those that people agreed to")
    var squashed = false

    @Argument(help: "What would be merged: a commit, branch or tag")
    var commit: String

    func run() async throws {
        let workspace = try await Workspace.local(common)
        guard let head = try await workspace.store.revision(commit) else {
            throw WrongUse("there is no commit '\(commit)'")
        }
        var options = Controller.Options()
        options.isDryRun = true
        var surroundings = try Wiring.surroundings(workspace)
        // What people think on a forge is in the controller's record; this asks nobody.
        surroundings.forge = nil
        let controller = Controller(surroundings, branch: workspace.branch, options: options)
        let verdict = try await controller.explain(merging: head, isSquashed: squashed)
        switch common.output {
        case .json: Terminal.say(verdict.json.text(pretty: true))
        case .text: Terminal.say(text(verdict, head, workspace.branch))
        }
        if verdict.state != .open { throw Refusal() }
    }

    private func text(_ verdict: ProposalVerdict, _ head: ObjectID, _ branch: String) -> String {
        switch verdict.state {
        case .refused:
            let lines = verdict.objections.map { "  \($0)" }.joined(separator: "\n")
            return "\(branch) \(Terminal.paint("must not become", .red)) \(head.short):\n\(lines)"
        case .waiting:
            let lines = verdict.waits.map { "  waits for \($0)" }.joined(separator: "\n")
            return "\(branch) \(Terminal.paint("may not yet become", .yellow)) \(head.short):\n\(lines)"
        case .open:
            return "\(branch) \(Terminal.paint("may become", .green)) \(head.short): \(verdict.summary)."
        }
    }
}

extension ProposalVerdict {
    fileprivate var json: JSON {
        [
            "state": .string(state.rawValue), "objections": .array(objections.map(JSON.string)),
            "waits": .array(waits.map(JSON.string)),
            "moves": .array(
                moves.map { move in
                    [
                        "environment": .string(move.unit.environment), "model": .string(move.unit.model),
                        "old": move.old?.json ?? .null, "new": move.new.json,
                    ]
                }
                    + removals.map { removal in
                        [
                            "environment": .string(removal.unit.environment), "model": .string(removal.unit.model),
                            "old": removal.old.json, "new": .null,
                        ]
                    }),
        ]
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
            try await Known(workspace).require(unit)
            throw WrongUse("There is no branch \(unit.request).")
        }
        switch common.output {
        case .json: Terminal.say(status.json.text(pretty: true))
        case .text: Terminal.say("Closed \(unit.request).")
        }
    }
}

/// What the commands about requests share.
enum Requests {
    static func read(
        _ options: RepositoryOptions, environment: String? = nil
    ) async throws -> (list: RequestList, workspace: Workspace) {
        let workspace = try await Workspace.local(options)
        try await workspace.tellWhereRecordsAre()
        let list = try await RequestList.read(
            workspace.store, Workspace.language, branch: workspace.branch, remote: workspace.remoteName,
            environment: environment, verify: Wiring.verify(workspace))
        for problem in list.problems { Terminal.complain(problem.description) }
        return (list, workspace)
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
