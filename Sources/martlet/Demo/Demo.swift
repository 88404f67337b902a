import Domain

/// Plays the main job with the real `git`, a real controller and real models, and tells it as it goes.
struct Demo {
    let stage: DemoStage
    private let clock = ContinuousClock()
    private let start = ContinuousClock.now
    private var toldLines = 0
    /// Whether the story is told as it goes; for programs it is only ``story`` at the end.
    private let isTold: Bool
    private var acts: [JSON] = []

    init(on stage: DemoStage, isTold: Bool = true) {
        self.stage = stage
        self.isTold = isTold
    }

    /// What was done and what came of it, step by step, once it is over.
    var story: [(String, JSON)] {
        [("steps", .array(acts)), ("seconds", .double(Self.seconds(clock.now - start)))]
    }

    /// Throws a ``DemoFailure`` with the controller's last words where the story does not go as it should.
    mutating func play() async throws {
        say("A bare repository, a clone and a controller in \(stage.folder)")
        say("")
        try await stage.build()
        let stage = stage
        let controller = Task { await stage.controller() }
        defer { controller.cancel() }
        do {
            try await wait(for: "the controller to start") { !stage.logLines().isEmpty ? () : nil }
            for (index, step) in DemoStep.story.enumerated() { try await play(step, index + 1) }
            try await takeBack(number: DemoStep.story.count + 1)
            try await showHistory()
        } catch {
            controller.cancel()
            let result = await controller.value
            throw Task.isCancelled ? DemoFailure("the demo was stopped before its end") : obituary(error, result)
        }
        controller.cancel()
        _ = await controller.value
        say("")
        say("All of it took \(seconds(since: start)). The story is in Git, and only there.")
    }

    // MARK: A step

    private mutating func play(_ step: DemoStep, _ number: Int) async throws {
        let begin = clock.now
        heading(number, step.title, step.background)
        let before = try await production()
        let revision = try await push(step)
        let outcome: String
        switch step.end {
        case .runsInProduction:
            try await waitUntilVerified(revision)
            outcome = "it runs in production"
        case .isStopped(let check):
            let reason = try await wait(for: "\(check) to stop \(revision.prefix(7)) before staging") { [stage] in
                let why = try await Self.why("staging", stage)
                return why.candidate == revision ? why.reasons.first { $0.name == check } : nil
            }
            tellLog()
            tell(reason, before: "staging")
            guard try await production().revision == before.revision else {
                throw DemoFailure("production should have stayed at \(before.label), but it moved")
            }
            outcome = "it is stopped; production still runs \(before.label)"
        case .isRolledBack:
            let deployment = try await waitUntilRejected(revision)
            outcome = "production runs \(deployment.label) again"
        }
        tellLog()
        tellEnd(step.title, revision, outcome, since: begin)
    }

    /// Commits what the step brings and pushes it, as a person would.
    private func push(_ step: DemoStep) async throws -> String {
        try await stage.git("pull", "--quiet", "--ff-only", "origin", "main")
        try stage.unfold("steps/" + step.folder)
        for table in step.tables { try stage.place("data/" + table, at: "clone/data/" + table) }
        try await stage.git("add", "--all")
        try await stage.git("commit", "--quiet", "--message", step.commit)
        return try await pushHead(step.commit)
    }

    private func pushHead(_ subject: String) async throws -> String {
        try await stage.git("push", "--quiet", "origin", "HEAD:main")
        let revision = try await stage.git("rev-parse", "HEAD").prefix(40)
        say("   \(Terminal.paint("git push", .dim))  \(revision.prefix(7)) \(subject)")
        return String(revision)
    }

    /// A person reverts the last promotion to production, with nothing but git.
    private mutating func takeBack(number: Int) async throws {
        let begin = clock.now
        let title = "A plain git revert"
        heading(
            number, title, "Nobody tells Martlet. It sees a deployment that went back, and respects it.")
        try await stage.git("pull", "--quiet", "--ff-only", "origin", "main")
        let promotion = try await stage.git(
            "log", "-1", "--format=%H", "--grep=^Promote tumor .* to production$"
        ).prefix(40)
        let revision = try await production().revision
        try await stage.git("revert", "--no-edit", String(promotion))
        let subject = try await stage.git("log", "-1", "--format=%s").split(separator: "\n").first ?? ""
        let revert = try await pushHead(String(subject))
        let after = try await waitUntilRejected(revision)
        tellLog()
        let tip = try await stage.run(["git", "rev-parse", "main"], in: stage.origin)
        try await Task.sleep(for: .seconds(3))
        guard try await stage.run(["git", "rev-parse", "main"], in: stage.origin) == tip,
            try await production().revision == after.revision
        else {
            throw DemoFailure("production should have stayed at \(after.label) after the revert, but it moved")
        }
        tellLog()
        let hold = try await Self.why("production", stage).reasons.first { $0.kind == "hold" }
        guard let hold else {
            throw DemoFailure("'martlet why tumor production' should have named a hold, but did not")
        }
        tell(hold, before: "production")
        tellEnd(title, revert, "three polls later production still runs \(after.label)", since: begin)
    }

    private func showHistory() async throws {
        try await stage.git("pull", "--quiet", "--ff-only", "origin", "main")
        say(Terminal.paint("git log --oneline --graph main", .bold))
        say(try await stage.git("log", "--oneline", "--graph", "main"))
        say("")
        say(Terminal.paint("git log --oneline refs/martlet/status", .bold))
        say(try await stage.run(["git", "log", "--oneline", "refs/martlet/status"], in: stage.origin))
        say("")
        say(Terminal.paint("martlet status", .bold))
        say(try await stage.run(["martlet", "status", "-C", stage.origin]))
    }
}

// MARK: What is seen

extension Demo {
    /// What production runs by the branch, and how it does.
    struct Production: Sendable {
        let revision: String
        let state: String
        let label: String
    }

    private struct Reason: Sendable {
        let kind: String
        let name: String
        let reason: String
        let unblockedBy: String
    }

    private func production() async throws -> Production { try await Self.production(stage) }

    private static func production(_ stage: DemoStage) async throws -> Production {
        let unit = try await stage.ask("status")["environments"]?["production"]?["tumor"]
        let revision = unit?["revision"]?.string ?? ""
        return Production(
            revision: revision, state: unit?["state"]?.string ?? "",
            label: unit?["version"]?.string ?? String(revision.prefix(7)))
    }

    private func waitUntilVerified(_ revision: String) async throws {
        _ = try await wait(for: "\(revision.prefix(7)) to be verified in production") { [stage] in
            let production = try await Self.production(stage)
            return production.revision == revision && production.state == "verified" ? production : nil
        }
    }

    private func waitUntilRejected(_ revision: String) async throws -> Production {
        try await wait(for: "production to run another version than \(revision.prefix(7)), and to reject that one") {
            [stage] in
            let production = try await Self.production(stage)
            guard production.revision != revision, production.state == "verified" else { return nil }
            let rejected = try await stage.ask("why", "tumor", "production")["deployment"]?["rejected"]?.array ?? []
            return rejected.contains { $0["revision"]?.string == revision } ? production : nil
        }
    }

    /// What waits before an environment, and what keeps it out once that is settled.
    private static func why(
        _ environment: String, _ stage: DemoStage
    ) async throws -> (candidate: String?, reasons: [Reason]) {
        let why = try await stage.ask("why", "tumor", environment)
        guard why["state"]?.string == "blocked" else { return (nil, []) }
        let reasons = (why["blockers"]?.array ?? []).compactMap { blocker -> Reason? in
            guard let first = blocker.members?.first else { return nil }
            return Reason(
                kind: first.key, name: first.value.string ?? "", reason: blocker["reason"]?.string ?? "",
                unblockedBy: blocker["unblockedBy"]?.string ?? "")
        }
        return (why["candidate"]?["revision"]?.string, reasons)
    }

    /// Looks again and again, for at most a minute.
    @discardableResult
    private func wait<Seen: Sendable>(
        for what: String, _ look: @Sendable () async throws -> Seen?
    ) async throws -> Seen {
        let deadline = clock.now + .seconds(60)
        while true {
            if let seen = try await look() { return seen }
            guard clock.now < deadline else { throw DemoFailure("waited a minute for \(what)") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

// MARK: What is told

extension Demo {
    private func heading(_ number: Int, _ title: String, _ background: String) {
        say("\(Terminal.paint("\(number). \(title)", .bold))\n   \(background)")
    }

    private func tell(_ reason: Reason, before environment: String) {
        say("   \(Terminal.paint("martlet why tumor \(environment)", .dim))")
        say("   blocked by \(Terminal.paint("\(reason.kind) \(reason.name)", .yellow)): \(reason.reason)")
        say("   unblocked by: \(reason.unblockedBy)")
    }

    private mutating func tellEnd(
        _ title: String, _ revision: String, _ outcome: String, since begin: ContinuousClock.Instant
    ) {
        acts.append([
            "title": .string(title), "commit": .string(revision), "outcome": .string(outcome),
            "seconds": .double(Self.seconds(clock.now - begin)),
        ])
        say("   \(Terminal.paint("✓", .green)) \(outcome) (\(seconds(since: begin)))")
        say("")
    }

    /// The controller's words since the last time, indented.
    private mutating func tellLog() {
        let lines = stage.logLines(after: toldLines)
        toldLines += lines.count
        // What keeps a version out is told by 'martlet why'.
        for line in lines where !line.contains(" waits before ") {
            say("   \(Terminal.paint("martlet", .dim))   \(line)")
        }
    }

    private func obituary(_ error: any Error, _ result: CommandResult) -> DemoFailure {
        var lines = ["the demo did not go as it should: \(error)", "the controller's last words:"]
        let words = stage.logLines().suffix(15)
        lines += words.isEmpty ? ["  (none; it \(result.story))"] : words.map { "  " + $0 }
        return DemoFailure(lines.joined(separator: "\n"))
    }

    private func say(_ text: String) {
        if isTold { Terminal.say(text) }
    }

    private func seconds(since start: ContinuousClock.Instant) -> String { "\(Self.seconds(clock.now - start)) s" }

    /// To a tenth.
    private static func seconds(_ duration: Duration) -> Double { Double(duration.milliseconds / 100) / 10 }
}
