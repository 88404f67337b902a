import ArgumentParser
import ControlLoop
import Domain

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Say what keeps a model out of an environment, and who or what can change that",
        discussion: "    martlet why credit-risk production")

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "The model")
    var model: String

    @Argument(help: "The environment")
    var environment: String

    func run() async throws {
        let workspace = try await Workspace.local(common)
        try await workspace.requireRecords()
        var options = Controller.Options()
        options.isDryRun = true
        let controller = Controller(try Wiring.surroundings(workspace), branch: workspace.branch, options: options)
        let unit = Unit(environment: environment, model: model)
        guard let (plan, status) = try await controller.explain(unit) else {
            throw try await Known(workspace).nothing(of: unit, await controller.currentSnapshot)
        }
        switch common.output {
        case .json:
            Terminal.say(
                JSON.object([
                    ("state", .string(plan.state.rawValue)), ("candidate", plan.candidate?.pin.json ?? .null),
                    ("current", plan.current?.json ?? .null), ("deployment", status?.json ?? .null),
                    ("blockers", .array(plan.allBlockers.map(\.json))), ("passedOver", plan.passedOverJSON),
                    ("waivers", .array(plan.waivers.map(\.json))), ("note", JSON(plan.note)),
                    ("nextLook", JSON(plan.nextLook?.description)),
                    ("scorecard", plan.scorecard?.json ?? .null),
                ]).text(pretty: true))
        case .text: Terminal.say(text(plan, status))
        }
    }

    private func text(_ plan: UnitPlan, _ status: DeploymentStatus?) -> String {
        var lines = [plan.standing(status)]
        if let candidate = plan.candidate { lines.append("\(candidate.title) waits: \(plan.state.rawValue)") }
        if plan.candidate == nil, plan.blockers.isEmpty { lines.append("no newer version waits") }
        if let note = plan.note { lines.append("  \(Terminal.paint("note", .yellow)) \(note)") }
        for entry in plan.passedOver { lines.append("passes over \(entry.version.title): \(entry.reason)") }
        for evidence in plan.evidence {
            let verdict = evidence.outcome.verdict
            lines.append(
                "  \(Terminal.paint(verdict.rawValue, verdict.admits ? .green : .red)) \(evidence.check): \(evidence.outcome.summary)"
            )
        }
        if let card = plan.scorecard {
            lines.append(
                "  ML Test Score \(ScorecardText.points(card.score)), \(ScorecardText.points(card.passing)) with only what passes: "
                    + card.sections.map { "\($0.name) \(ScorecardText.points($0.passing))" }.joined(separator: ", "))
        }
        for waiver in plan.waivers { lines.append("  \(Terminal.paint("waived", .yellow)) \(waiver.check) \(waiver)") }
        for blocker in plan.allBlockers {
            lines.append(
                "\(Terminal.paint("blocked by", .yellow)) \(blocker.kind.rawValue) \(blocker.name): \(blocker.reason)")
            if let since = blocker.since { lines.append("    since: \(since)") }
            lines.append("    unblocked by: \(blocker.unblockedBy)")
            if let next = blocker.nextLook { lines.append("    next look: \(next)") }
        }
        if plan.state == .evaluating {
            lines.append("the gate's checks have not run yet: the controller runs them, or martlet reconcile")
        }
        return lines.joined(separator: "\n")
    }
}
