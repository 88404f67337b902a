import ArgumentParser
import ControlLoop
import Domain
import Git

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Run the checks of a gate on model versions, here and now",
        discussion: """
            Looks at the versions of the protected branch, or of --revision: --all then means the models of that commit. \
            Without --environment, the gates of the environments that take versions straight from models/. Gates are those of \
            the protected branch. Exit status 1 if a required check does not pass, no gate asks for a check (but for --all \
            without --environment), a gate or environment is broken, or with --all a deployment's model is not there; 3 if a \
            check could not be run.

                martlet check credit-risk
                martlet check credit-risk --environment production --only model.slices
                martlet check --all --revision HEAD --format junit > martlet.xml
            """)

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "The models")
    var models: [String] = []

    @Flag(help: "All models of the protected branch, or of --revision")
    var all = false

    @Option(help: "The environment whose gate to take")
    var environment: String?

    @Option(
        help: ArgumentHelp("Only this check (may be given several times)", valueName: "check"),
        completion: .list(BuiltIns.checks.ids))
    var only: [String] = []

    @Option(help: "The commit of the versions, or a branch or tag; without it, the protected branch's tip")
    var revision: String?

    @Flag(
        help: "Run evaluation commands also of versions that are neither on the branch nor signed: with your own rights"
    )
    var runCommands = false

    @Option(help: "For a CI system: github (annotations), gitlab (Code Quality), junit or sarif, instead of --output")
    var format: CIFormat?

    func run() async throws {
        let workspace = try await Workspace.local(common, checks: true)
        guard all != !models.isEmpty else { throw WrongUse("name the models to check, or say --all") }
        for id in only where BuiltIns.checks[id] == nil {
            throw WrongUse("There is no check '\(id)'; 'martlet kinds' lists them.")
        }
        let chosen = try await Self.commit(revision, workspace)
        let context = try await CheckContext(
            try Wiring.surroundings(workspace, runsProposed: runCommands), branch: workspace.branch,
            remote: workspace.trackedRemote)
        for problem in context.problems { Terminal.complain(problem.description) }
        let runner = CheckRunner(context), looked = chosen ?? context.snapshot.revision
        let known = try await runner.models(at: looked)
        try await requireNames(known, workspace)
        let subject = CheckedCommit(revision: looked, models: all ? known : models, isAll: all)
        if common.output == .text, format == nil {
            Terminal.say(subject.title(revision ?? workspace.branch))
        }
        if chosen == nil { try await subject.tellWhatIsNotLookedAt(workspace) }
        let results = try await run(runner, subject.models, at: looked)
        let broken = runner.broken(environment)
        let missing = all ? try await runner.missingModels(environment, at: looked) : []
        try await say(results, broken + missing, looked, workspace)
        guard !all || !known.isEmpty || !missing.isEmpty else {
            return Terminal.complain("There is no model at \(looked.short), so nothing was checked.")
        }
        try answer(
            results, runner,
            faults: [
                broken.isEmpty ? "" : "What gates ask for cannot be read in full; correct that first.",
                missing.isEmpty ? "" : "Deployments name models that are not there, so nothing was checked of these.",
            ].filter { !$0.isEmpty })
    }

    private func run(_ runner: CheckRunner, _ asked: [String], at revision: ObjectID) async throws -> [CheckRunner
        .Result]
    {
        let only = Set(only)
        let total = asked.reduce(0) { $0 + runner.checks(of: $1, environment: environment, only: only) }
        return try await Progress.during { progress in
            var begun = 0
            func tell(_ model: String, _ check: String) {
                begun += 1
                progress.tell("\(begun) of \(total): \(check) of \(model)")
            }
            guard !all else {
                return try await runner.runAll(environment: environment, only: only, revision: revision, tell: tell)
            }
            var results: [CheckRunner.Result] = []
            for model in models {
                results += try await runner.run(
                    model, environment: environment, only: only, revision: revision, tell: tell)
            }
            return results
        }
    }

    /// A model need not be on the branch yet.
    private func requireNames(_ here: [String], _ workspace: Workspace) async throws {
        let known = try await Known(workspace)
        try known.require(environment: environment)
        for model in models where !here.contains(model) { try known.require(model: model) }
    }

    private static func commit(_ name: String?, _ workspace: Workspace) async throws -> ObjectID? {
        guard let name else { return nil }
        guard let id = try await workspace.store.revision(name) else { throw WrongUse("there is no commit '\(name)'") }
        return id
    }

    private func say(
        _ results: [CheckRunner.Result], _ broken: [Diagnostic], _ revision: ObjectID, _ workspace: Workspace
    ) async throws {
        if let format {
            let files = try await workspace.store.read { reader in
                let tree = try reader.commit(revision).tree
                let named = results.flatMap { result in
                    result.outcome.findings.compactMap(\.file).flatMap {
                        ["models/\(result.model)/\($0)", $0, "data/\($0)"]
                    }
                }
                return Set(named.filter { (try? reader.entry(at: $0, in: tree)) ?? nil != nil })
            }
            var report = CIReport(results) { files.contains($0) }
            if !broken.isEmpty { report.cases += CIReport(broken).cases }
            return Terminal.say(format.text(report))
        }
        switch common.output {
        case .json:
            Terminal.say(
                JSON.object([("checks", .array(results.map(\.json))), ("diagnostics", .array(broken.map(\.json)))])
                    .text(pretty: true))
        case .text:
            for result in results { print(result) }
            for diagnostic in broken { Terminal.say(diagnostic.description) }
        }
    }

    /// - Parameter faults: What is wrong whatever the checks found.
    private func answer(_ results: [CheckRunner.Result], _ runner: CheckRunner, faults: [String]) throws {
        let isForPeople = common.output == .text && format == nil
        let refused = results.filter { $0.requirement.required && !$0.outcome.verdict.admits }
        let notPassed =
            refused.isEmpty
            ? ""
            : refused.count == 1
                ? "1 of \(results.count) checks does not pass, and the gate requires it."
                : "\(refused.count) of \(results.count) checks do not pass, and the gate requires them."
        if !faults.isEmpty {
            let words = ([notPassed] + faults).filter { !$0.isEmpty }
            throw Refusal(message: isForPeople ? words.joined(separator: " ") : "")
        }
        guard !results.isEmpty else {
            let (words, hint) = nothing(runner)
            let (lack, remedy) =
                only.isEmpty
                ? ("No gate asks for a check", " Add one to gates/, or name it with --only.")
                : (
                    "No environment takes versions straight from models/",
                    " Add environments/NAME/environment.yaml, or choose one with --environment."
                )
            guard !all || environment != nil else {
                return Terminal.complain("\(lack), so nothing was checked\(words).\(hint)")
            }
            throw Refusal(message: "\(lack)\(words).\(hint)\(remedy)")
        }
        guard !refused.isEmpty else { return }
        let message = isForPeople ? notPassed : ""
        // What cannot be read is as wrong at the next try.
        guard refused.contains(where: { $0.outcome.verdict != .error || $0.isUnreadable }) else {
            throw CouldNot(message: message)
        }
        throw Refusal(message: message)
    }

    /// Why there is nothing to check, and where there is something.
    private func nothing(_ runner: CheckRunner) -> (String, String) {
        let (without, with) = runner.reason(environment)
        let words = without.isEmpty ? "" : ": \(without.joined(separator: ", ")) has no gate"
        guard let first = with.first else { return (words, "") }
        let subject = all ? "--all" : models.joined(separator: " ")
        return (
            words, " With a gate: \(with.joined(separator: ", ")) (martlet check \(subject) --environment \(first))."
        )
    }

    private func print(_ result: CheckRunner.Result) {
        let verdict = result.outcome.verdict
        let colour: Terminal.Colour = verdict == .pass ? .green : verdict == .fail || verdict == .error ? .red : .yellow
        let place = models.count == 1 ? result.environment : "\(result.environment)/\(result.model)"
        let isAllowed = !result.requirement.required && !verdict.admits
        Terminal.say(
            "\(Terminal.paint(verdict.rawValue, colour))  \(place)  \(result.requirement.check): "
                + "\(isAllowed ? "(not required) " : "")\(result.outcome.summary)")
        for line in FindingsText(result.outcome).lines { Terminal.say("      \(line)") }
    }
}
