import ControlLoop
import Domain
import Foundation
import Gates
import Git
import Manifests
import Synchronization
import TestSupport
import Testing

/// A model repository with a controller on it, whose clock, targets and probes a test moves.
final class Stage {
    let repository: TemporaryRepository
    let clock = SettableClock(Timestamp("2026-03-02T10:00:00Z")!)
    private(set) var controller: Controller
    let store: GitStore
    let surroundings: Surroundings
    private let events = Events()

    var folder: String { repository.folder.path(percentEncoded: false) }

    /// How the controller reaches the origin.
    enum Way { case sameStore, mirror }

    init(
        in folder: URL, _ environments: [EnvironmentText] = [.dev, .staging, .production], models: [String] = ["tumor"],
        gate: String = "", way: Way = .sameStore, deployments: Bool = true,
        hooks: (inout Surroundings) -> Void = { _ in }
    ) throws {
        repository = try TemporaryRepository(in: folder)
        (store, surroundings) = try Self.surroundings(repository, way, clock, events, hooks)
        controller = Controller(surroundings, branch: "main")
        try repository.commit(files(environments, models, gate, deployments), message: "The house")
    }

    /// The same repository once more, as a new process with an empty cache sees it.
    init(reopening other: Stage, way: Way) throws {
        repository = other.repository
        (store, surroundings) = try Self.surroundings(repository, way, clock, events) { _ in }
        controller = Controller(surroundings, branch: "main")
    }

    /// The repository that another process's stage made in `folder`.
    init(working folder: URL) throws {
        repository = TemporaryRepository(at: folder)
        (store, surroundings) = try Self.surroundings(repository, .sameStore, clock, events) { _ in }
        controller = Controller(surroundings, branch: "main")
    }

    private static func surroundings(
        _ repository: TemporaryRepository, _ way: Way, _ clock: SettableClock, _ events: Events,
        _ hooks: (inout Surroundings) -> Void
    ) throws -> (GitStore, Surroundings) {
        let path = repository.folder.path(percentEncoded: false)
        let remote: any Remote
        let store: GitStore
        if way == .mirror {
            let mirror = try Mirror.open(
                repository.origin, at: path + "/mirror.git", environment: plainGitEnvironment, run: runForTests)
            (store, remote) = (mirror.store, mirror.remote)
        } else {
            store = try GitStore(opening: repository.origin)
            remote = SameStore(store)
        }
        let judge = GateJudge { _ in nil }
        try FileManager.default.createDirectory(atPath: path + "/artifacts", withIntermediateDirectories: true)
        let checks = CheckRegistry([ScoreCheck.self, WaitingCheck.self, BetterCheck.self, ServedCheck.self])
        let targets = Registry([FolderTarget.self]), probes = Registry([AnswerProbe.self])
        var surroundings = Surroundings(
            store: store, remote: remote, language: YAMLManifests(), checks: checks, targets: targets, probes: probes,
            judge: { judge.blockers($0) },
            tools: Tools(run: runForTests, send: { _ in Tools.Reply(status: 500) }, now: { clock.now }),
            materials: StageMaterials.tools(store, folder: path + "/artifacts"),
            validation: Validation(
                language: YAMLManifests(), checks: checks, targets: targets, probes: probes,
                references: { _, _ in [] }),
            verify: SignatureVerifier(store, environment: plainGitEnvironment, run: runForTests).verdict,
            tell: { events.add($0) })
        hooks(&surroundings)
        return (store, surroundings)
    }

    private func files(_ environments: [EnvironmentText], _ models: [String], _ gate: String, _ deployments: Bool)
        -> [String: String]
    {
        var files = ["gates/g.yaml": self.gate(gate)]
        for environment in environments {
            let name = environment.name
            let targets = "\(folder)/targets/\(name)", answers = "\(folder)/answers"
            try? FileManager.default.createDirectory(atPath: targets, withIntermediateDirectories: true)
            try? FileManager.default.createDirectory(atPath: answers, withIntermediateDirectories: true)
            files["environments/\(name)/environment.yaml"] = environment.text(
                target: targets, answers: "\(answers)/\(name)")
            for model in deployments ? models : [] {
                files["environments/\(name)/\(model).yaml"] = deployment(model)
            }
        }
        return files
    }

    /// A gate of one check: the score must be at least 0.5.
    func gate(_ more: String = "", least: Double = 0.5) -> String {
        """
        apiVersion: martlet.dev/v1
        kind: Gate
        metadata: {name: g}
        spec:
          checks: [{check: test.score, least: \(least), log: "\(folder)/runs.log"}]
        \(more)

        """
    }

    func deployment(_ model: String, pin: String = "") -> String {
        """
        apiVersion: martlet.dev/v1
        kind: Deployment
        metadata:
          name: \(model)  # who
        spec:
          model: \(model)
        \(pin)

        """
    }

    static func model(_ name: String) -> String {
        """
        apiVersion: martlet.dev/v1
        kind: Model
        metadata: {name: \(name)}
        spec:
          task: binary-classification
          artifact: {path: model.bin, format: other}

        """
    }
}

// What people do.
extension Stage {
    /// Pushes a new version of a model and returns its commit.
    @discardableResult
    func push(_ model: String = "tumor", score: Double, _ note: String = "") throws -> ObjectID {
        try pull()
        return try id(
            repository.commit(
                [
                    "models/\(model)/model.yaml": Self.model(model), "models/\(model)/score.txt": "\(score)\n",
                    "models/\(model)/model.bin": "weights of \(score) \(note)\n",
                ], message: "\(model) scores \(score) \(note)"))
    }

    @discardableResult
    func commit(_ files: [String: String], removing gone: [String] = [], message: String = "change") throws -> ObjectID
    {
        try pull()
        return try id(repository.commit(files, removing: gone, message: message))
    }

    /// `git revert` of the newest commit whose subject begins so, pushed.
    func revertByHand(_ subject: String) throws {
        try pull()
        let commit = try #require(
            log(subjectsOnly: false).first { $0.dropFirst(41).hasPrefix(subject) }?.prefix(40))
        try repository.git("revert", "--no-edit", String(commit))
        try repository.git("push", "--quiet", "origin", "HEAD")
    }

    func pull() throws { try repository.git("pull", "--quiet", "--ff-only", "origin", "main") }

    /// What the probe of an environment says from now on.
    func answer(_ environment: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/answers/\(environment)"))
    }

    func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(path)"))
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: "\(folder)/\(path)") }
}

// What the controller does.
extension Stage {
    /// Goes around until all is quiet, with the clock standing.
    func settle() async throws { #expect(try await controller.settle(limit: 50)) }

    /// Lets time pass in steps, going around at each.
    func wait(_ time: Duration, step: Duration = .seconds(1)) async throws {
        var left = time
        while left > .zero {
            clock.advance(min(step, left))
            left -= step
            try await settle()
        }
    }

    /// A new controller that knows nothing: what a restart after kill -9 is.
    func restart(_ change: (inout Controller.Options) -> Void = { _ in }) {
        var options = Controller.Options()
        change(&options)
        controller = Controller(surroundings, branch: "main", options: options)
    }

    /// Another controller on the same repository.
    func another() -> Controller { Controller(surroundings, branch: "main") }

    func why(_ environment: String, _ model: String = "tumor") async throws -> UnitPlan {
        var options = Controller.Options()
        options.isDryRun = true
        var silent = surroundings
        silent.tell = { _ in }
        let reader = Controller(silent, branch: "main", options: options)
        return try #require(await reader.explain(Unit(environment: environment, model: model))).plan
    }
}

// What can be seen.
extension Stage {
    func log(subjectsOnly: Bool = true, of reference: String = "main") throws -> [String] {
        try git("log", "--format=\(subjectsOnly ? "%s" : "%H %s")", reference, in: repository.origin)
            .split(separator: "\n").map(String.init)
    }

    func tip(_ reference: String = "main") throws -> ObjectID {
        try id(git("rev-parse", reference, in: repository.origin))
    }

    func message(_ revision: String = "main") throws -> String {
        try git("log", "-1", "--format=%B", revision, in: repository.origin)
    }

    func file(_ path: String, at revision: String = "main") throws -> String {
        try git("show", "\(revision):\(path)", in: repository.origin) + "\n"
    }

    /// The revision that the branch names.
    func pin(_ environment: String, _ model: String = "tumor") throws -> ObjectID? {
        let text = try file("environments/\(environment)/\(model).yaml")
        let line = text.split(separator: "\n").first { $0.hasPrefix("  revision: ") }
        return line.flatMap { ObjectID(pinnedRevision(in: $0)) }
    }

    /// The revision that the target runs.
    func running(_ environment: String, _ model: String = "tumor") -> ObjectID? {
        let path = "\(folder)/targets/\(environment)/\(model).running"
        return (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { ObjectID(String($0.prefix(40))) }
    }

    func status(_ environment: String, _ model: String = "tumor") async -> DeploymentStatus? {
        await controller.currentLedger[Unit(environment: environment, model: model)]
    }

    func state(_ environment: String, _ model: String = "tumor") async -> DeploymentStatus.State? {
        await status(environment, model)?.state
    }

    /// How often checks have run.
    var runs: Int { lines("runs.log").count }

    func lines(_ path: String) -> [String] {
        ((try? String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)) ?? "").split(separator: "\n").map(
            String.init)
    }

    var told: [String] { events.all }
}

/// What a controller told, in order.
final class Events: Sendable {
    private let messages = Mutex<[String]>([])

    func add(_ event: Event) { messages.withLock { $0.append("\(event.level.rawValue): \(event.message)") } }

    var all: [String] { messages.withLock { $0 } }
}

/// The text of an `environment.yaml`.
struct EnvironmentText: Sendable {
    let name: String
    var from: [String] = []
    var gate = true
    var verify = "for: 0s, interval: 1s, failureThreshold: 1"
    /// Further lines below `spec:`.
    var more = ""
    var hasProbe = true

    static let dev = EnvironmentText(name: "dev")
    static let staging = EnvironmentText(name: "staging", from: ["dev"])
    static let production = EnvironmentText(name: "production", from: ["staging"])

    func verifying(_ text: String) -> EnvironmentText {
        var copy = self
        copy.verify = text
        return copy
    }

    func with(_ lines: String) -> EnvironmentText {
        var copy = self
        copy.more += lines.split(separator: "\n").map { "  \($0)\n" }.joined()
        return copy
    }

    func text(target: String, answers: String) -> String {
        """
        apiVersion: martlet.dev/v1
        kind: Environment
        metadata: {name: \(name)}
        spec:
          from: [\(from.joined(separator: ", "))]
        \(gate ? "  gate: g\n" : "")  target: {kind: folder, path: "\(target)"}
          verify: {\(verify)\(hasProbe ? ", probe: {kind: answer, path: \"\(answers)\"}" : "")}
        \(more)
        """
    }
}

extension Stage {
    /// The environment's file as this stage writes it, for tests that change its settings.
    func text(_ environment: EnvironmentText) -> String {
        environment.text(
            target: "\(folder)/targets/\(environment.name)", answers: "\(folder)/answers/\(environment.name)")
    }

    func set(_ environment: EnvironmentText) throws {
        try commit(["environments/\(environment.name)/environment.yaml": text(environment)], message: "settings")
    }
}

/// The id that git printed.
func id(_ text: String) throws -> ObjectID { try #require(ObjectID(text)) }

/// Lends a stage in a folder that vanishes.
func withStage<Result>(
    _ environments: [EnvironmentText] = [.dev, .staging, .production], models: [String] = ["tumor"], gate: String = "",
    way: Stage.Way = .sameStore, deployments: Bool = true, isolation: isolated (any Actor)? = #isolation,
    _ body: (Stage) async throws -> Result
) async throws -> Result {
    try await withTemporaryFolder { folder in
        try await body(
            Stage(in: folder, environments, models: models, gate: gate, way: way, deployments: deployments))
    }
}
