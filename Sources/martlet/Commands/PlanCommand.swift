import ArgumentParser
import ControlLoop
import Domain

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what the controller would do now, and what it waits for",
        discussion: "Decides as the controller does, with the evidence that is there. Writes nothing and runs no check."
    )

    @OptionGroup var common: RepositoryOptions

    func run() async throws {
        let workspace = try await Workspace.local(common)
        try await workspace.requireRecords()
        var options = Controller.Options()
        options.isDryRun = true
        let controller = Controller(try Wiring.surroundings(workspace), branch: workspace.branch, options: options)
        _ = try await controller.pass()
        let plans = await controller.currentPlans
        switch common.output {
        case .json: Terminal.say(JSON.object([("deployments", .array(plans.map(\.json)))]).text(pretty: true))
        case .text:
            Terminal.say(plans.isEmpty ? "Nothing is deployed." : plans.map(PlanText.line).joined(separator: "\n"))
        }
    }
}

/// How plans are told to people and programs.
enum PlanText {
    static func line(_ plan: UnitPlan) -> String {
        let now = plan.current?.label ?? "nothing"
        guard let candidate = plan.candidate else {
            let reasons = plan.blockers.map { "\n    \($0.kind.rawValue) \($0.name): \($0.reason)" }.joined()
            return "\(plan.unit)  \(now)  \(plan.state.rawValue)" + reasons
        }
        let head = "\(plan.unit)  \(now) → \(candidate.label ?? candidate.revision.short)  \(plan.state.rawValue)"
        return head + (plan.note.map { "\n    note: \($0)" } ?? "")
            + plan.blockers.map { "\n    \($0.kind.rawValue) \($0.name): \($0.reason)" }.joined()
    }
}

extension UnitPlan {
    var json: JSON {
        [
            "environment": .string(unit.environment), "model": .string(unit.model), "state": .string(state.rawValue),
            "current": current?.json ?? .null, "candidate": candidate?.pin.json ?? .null,
            "blockers": .array(blockers.map(\.json)), "waivers": .array(waivers.map(\.json)),
            "note": JSON(note), "nextLook": JSON(nextLook?.description),
            "evidence": .array(
                evidence.map {
                    [
                        "check": .string($0.check), "verdict": .string($0.outcome.verdict.rawValue),
                        "summary": .string($0.outcome.summary),
                    ]
                }),
        ]
    }
}
