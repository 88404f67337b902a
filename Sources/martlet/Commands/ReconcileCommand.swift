import ArgumentParser
import ControlLoop
import Domain

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Go around once: check, promote, deploy, verify, roll back, until nothing is left to do at once",
        discussion: """
            Ends while versions still soak or verify; 'martlet controller' goes on for as long as it runs. Where a look finds \
            something ill, it looks on for up to five minutes, until that has failed or is well again; and it waits for trainings \
            that it has begun.
            Exit status: 1 where a deployment has failed and waits for a person, the last look found it ill, nobody has \
            accepted that the branch was rewritten, or records are not believed or cannot be signed, 3 where nothing could be \
            decided about a deployment, a check could not be run, a promotion could not be written, a target not be made to run \
            what the branch says, a manifest, a folder of them or the branch's history is \
            damaged, or something is still to do at once.
            """)

    @OptionGroup var common: RepositoryOptions
    @OptionGroup var log: LogOptions

    @Flag(help: "Go on although the branch was rewritten (force-pushed); its history is read anew")
    var acceptRewrite = false

    @Flag(
        help: """
            Allow more than a quarter of an environment's deployments to go in one step, and what targets wrote where their \
            settings point no more
            """)
    var acceptRemoval = false

    @Flag(
        help: """
            Sign those of Martlet's records (refs/martlet/…) that are not believed, as they are now, with the key of \
            MARTLET_SIGNING_KEY; look at what they say before
            """)
    var acceptRecords = false

    @Flag(help: "Only show what would be done")
    var dryRun = false

    func run() async throws {
        let workspace = try await Workspace.acting(common, isDryRun: dryRun)
        var options = Controller.Options()
        options.acceptsRewrite = acceptRewrite
        options.acceptsRemoval = acceptRemoval
        options.acceptsRecords = acceptRecords
        options.isDryRun = dryRun
        let surroundings = try Wiring.surroundings(workspace, log: log)
        let controller = Controller(surroundings, branch: workspace.branch, options: options)
        var isSettled = try await controller.settle()
        try await controller.lookOn(for: Self.patience) { try await Task.sleep(for: $0) }
        // With a forge: show what was decided, hear what people said there, and decide again.
        for _ in 0..<5 where !dryRun {
            let before = await surroundings.forge?.sight?.round
            await surroundings.forge?.work()
            guard let after = await surroundings.forge?.sight?.round, after != before else { break }
            isSettled = try await controller.settle()
        }
        let noticeSender = NoticeSender(surroundings, controller)
        while await noticeSender.settle() { isSettled = try await controller.settle() }
        let plans = try await controller.currentPlans, problems = await controller.currentProblems
        if common.output == .json {
            Terminal.say(PlanText.json(plans, problems))
        } else {
            let waiting = plans.filter {
                $0.state != .upToDate && $0.state != .empty || !$0.allBlockers.isEmpty
            }
            Terminal.say(
                !waiting.isEmpty
                    ? PlanText.lines(waiting)
                    : "Everything\(problems.isEmpty ? "" : " that can be read") is as the branch says.")
            ProblemText.say(problems)
        }
        if !dryRun {
            let isRewritten = await controller.isBranchRewritten, isAnyIll = await !controller.suspicions.isEmpty
            let areRecordsHindered = await controller.areRecordsHindered
            try await leave(controller.currentLedger, needsPerson: isRewritten || isAnyIll || areRecordsHindered)
        }
        let isDamaged = await controller.isRepositoryDamaged
        // All checks have run by now: one whose result is still missing could not be kept.
        let isUnfinished = !dryRun && plans.contains { $0.state == .evaluating }
        let isUnrun = !dryRun && plans.contains { !$0.checkErrors.isEmpty }
        guard isSettled, !isDamaged, !isUnfinished, !isUnrun, plans.allSatisfy({ $0.failure == nil }) else {
            throw CouldNot()
        }
    }

    private static let patience: Duration = .seconds(300)

    /// What was said of a deployment that failed, or that could not be brought to its target, is the command's exit status, too.
    private func leave(_ ledger: Ledger, needsPerson: Bool) throws {
        let states = Set(ledger.statuses.values.lazy.map(\.state))
        if needsPerson || states.contains(.failed) { throw Refusal() }
        if states.contains(.stalled) { throw CouldNot() }
    }
}
