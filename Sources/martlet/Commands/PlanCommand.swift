import ArgumentParser
import ControlLoop
import Domain

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what the controller would do now, and what it waits for",
        discussion: """
            Decides as the controller does, with the evidence that is there. Writes nothing and runs no check. Manifests that \
            cannot be read are named; each counts as it was valid last, if ever it was.
            Exit status: 3 where nothing could be decided about a deployment, or a manifest, a folder of them or \
            the branch's history is damaged.
            """)

    @OptionGroup var common: RepositoryOptions

    func run() async throws {
        let workspace = try await Workspace.local(common)
        try await workspace.requireRecords()
        var options = Controller.Options()
        options.isDryRun = true
        let controller = Controller(try Wiring.surroundings(workspace), branch: workspace.branch, options: options)
        _ = try await controller.pass()
        let plans = try await controller.currentPlans, problems = await controller.currentProblems
        switch common.output {
        case .json: Terminal.say(PlanText.json(plans, problems))
        case .text:
            Terminal.say(plans.isEmpty ? "Nothing is deployed." : PlanText.lines(plans))
            ProblemText.say(problems)
        }
        let isDamaged = await controller.isRepositoryDamaged
        if isDamaged || plans.contains(where: { $0.failure != nil }) { throw CouldNot() }
    }
}
