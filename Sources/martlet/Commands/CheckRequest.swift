import ArgumentParser
import ControlLoop
import Domain
import Git

struct CheckRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say whether the branch may become a commit, as a merge queue is told",
        discussion: """
            For CI systems that test what would be merged, such as GitLab's merge trains. Judges the merge with the branch by \
            what this clone has of it, of requests, approvals and the controller's records; runs no check. Exit status 1 if \
            the commit is refused, or has to wait. Reviews on a forge count as the record has them, and a request only where \
            its own head is merged; with --squashed, where the very files that it changes would come onto the branch. \
            In a clone whose HEAD is detached, as CI systems make it:

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
