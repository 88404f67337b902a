import ArgumentParser
import ControlLoop
import Domain

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show which version each environment runs, and how it does",
        discussion: """
            Reads the branch and refs/martlet/status; asks no target and no network. Settings, environments, gates and \
            deployments that cannot be read are named with file, line and column; what depends on them stands at its last valid \
            state. 'martlet validate' looks at all manifests.

                martlet status -C /srv/git/models.git
                martlet status production credit-risk --output json
                martlet status credit-risk
            """)

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "Only this environment; or a model, everywhere")
    var environment: String?

    @Argument(help: "Only this model")
    var model: String?

    func run() async throws {
        let workspace = try await Workspace.local(common)
        let standing = try await workspace.tellWhereRecordsAre()
        func read(_ environment: String?, _ model: String?) async throws -> StatusReport {
            try await StatusReport.read(
                workspace.store, Workspace.language, branch: workspace.branch, environment: environment, model: model,
                clone: standing, memory: PinCache(in: workspace.cache), verify: Wiring.verify(workspace))
        }
        var report = try await read(environment, model)
        if report.lines.isEmpty, let environment {
            let known = try await Known(workspace)
            if model == nil, known.isModelAlone(environment) {
                report = try await read(nil, environment)
            } else {
                try known.require(environment: environment, model: model)
            }
        }
        switch common.output {
        case .json:
            var buffer = ""
            report.writeJSON(remark: standing.words) { piece in
                buffer += piece
                if buffer.utf8.count > 1 << 16 {
                    Terminal.say(buffer, terminator: "")
                    buffer = ""
                }
            }
            Terminal.say(buffer)
        case .text:
            sayLines(of: report)
            ProblemText.say(report.problems)
            if report.isRewritten {
                Terminal.say(
                    "\nThe branch was rewritten: nothing enters and nothing goes back before a person accepts that: "
                        + "martlet reconcile --accept-rewrite")
            }
            if let lease = report.lease {
                Terminal.say("\n\(LeaseText.line(lease, at: report.leaseReference, in: workspace.store))")
            }
        }
    }

    private func sayLines(of report: StatusReport) {
        guard !report.lines.isEmpty else { return Terminal.say("Nothing is deployed at \(report.revision.short).") }
        var columns = ColumnText(
            heading: ["ENVIRONMENT", "MODEL", "VERSION", "REVISION", "STATE", "SINCE", "REASON"],
            rows: report.lines.count)
        for line in report.lines {
            columns.add(cells(line)) { $0 == 4 ? colour(of: line.state) : nil }
        }
        columns.write { Terminal.say($0) }
    }

    private func colour(of state: String) -> Terminal.Colour {
        switch state {
        case "verified": .green
        case "failed", "stalled": .red
        default: .yellow
        }
    }

    private func cells(_ line: StatusReport.Line) -> [String] {
        [
            line.unit.environment, line.unit.model, line.pin?.label ?? "-", line.pin?.revision.short ?? "-", line.state,
            line.since?.description ?? "-", line.reason,
        ]
    }
}
