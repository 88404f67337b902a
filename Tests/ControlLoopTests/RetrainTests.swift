import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ControlLoop

/// Monitors that have a model trained anew.
struct RetrainTests {
    /// Counts trainings; each ends as the test says, once the test lets it.
    private final class Trainer: Sendable {
        private let state = Mutex((orders: [RetrainOrder](), ending: CommandResult.Ending.exited(0), isHeld: false))

        var orders: [RetrainOrder] { state.withLock { $0.orders } }
        func end(_ ending: CommandResult.Ending) { state.withLock { $0.ending = ending } }
        func hold(_ isHeld: Bool) { state.withLock { $0.isHeld = isHeld } }

        func run(_ order: RetrainOrder) async -> CommandResult {
            state.withLock { $0.orders.append(order) }
            while state.withLock({ $0.isHeld }), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
            return CommandResult(
                ending: Task.isCancelled ? .signalled(15) : state.withLock { $0.ending }, errors: Array("said so".utf8))
        }
    }

    private static let retrain = "  training: {retrain: {command: [./train.sh], coolDown: 1d, timeLimit: 1h}}\n"

    /// A stage whose dev environment has the model trained anew where the file `watch` of the answers says that it is ill.
    private func withTrainings(
        way: Stage.Way = .sameStore, step: @escaping @Sendable (String) -> Void = { _ in },
        _ body: (Stage, Trainer) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let trainer = Trainer()
            let stage = try Stage(in: folder, [.dev], way: way) { surroundings in
                surroundings.retrain = trainer.run
                surroundings.step = step
            }
            try watch(stage)
            try await body(stage, trainer)
        }
    }

    private func watch(_ stage: Stage) throws {
        let probe = "{kind: answer, path: \"\(stage.folder)/answers/watch\"}"
        try stage.set(
            .dev.with("monitors: [{name: old, probe: \(probe), interval: 1h, failureThreshold: 1, action: retrain}]"))
    }

    @discardableResult
    private func push(_ stage: Stage, score: Double) throws -> ObjectID {
        try stage.push(score: score)
        return try stage.commit(["models/tumor/model.yaml": Stage.model("tumor") + Self.retrain + "# \(score)\n"])
    }

    private func record(_ stage: Stage) throws -> JSON {
        let text = try git("show", "refs/martlet/retraining:tumor.json", in: stage.repository.origin)
        return try JSON(parsing: Array(text.utf8))
    }

    private func endings(_ stage: Stage) throws -> [String] {
        (try record(stage)["runs"]?.array ?? []).map { $0["ending"]?.string ?? "none" }
    }

    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `an alarm has the model trained anew once in the cool-down, and what runs stays and is not held`(
        way: Stage.Way
    ) async throws {
        try await withTrainings(way: way) { stage, trainer in
            let version = try push(stage, score: 0.8)
            try await stage.settle()
            #expect(trainer.orders.isEmpty)
            try stage.answer("watch", "* fail the clock cannot tell: 90 days old\n")
            try await stage.wait(.seconds(4 * 3600), step: .seconds(3600))
            let order = try #require(trainer.orders.first)
            #expect(trainer.orders.count == 1)
            #expect(order.version.model == "tumor" && order.settings.command == ["./train.sh"])
            let seen = order.variables
            #expect(seen["MARTLET_MODEL"] == "tumor" && seen["MARTLET_ENVIRONMENT"] == "dev")
            #expect(seen["MARTLET_REVISION"] == "\(version)" && seen["MARTLET_BRANCH"] == "main")
            #expect(
                seen["MARTLET_REASON"] == "monitor old: the clock cannot tell: 90 days old"
                    && seen["MARTLET_RUN"] == order.id)
            #expect(try endings(stage) == ["done"])
            #expect(await stage.state("dev") == .verified && stage.running("dev") == version)
            #expect(await stage.status("dev")?.rejected.isEmpty == true)
            let blocker = try #require(try await stage.why("dev").tending)
            #expect(blocker.kind == .retrain && blocker.reason.contains("not again before"), "\(blocker)")
            #expect(blocker.unblockedBy.contains("martlet retrain tumor --reset"))
            // A new version comes as any other does.
            let next = try push(stage, score: 0.9)
            try stage.answer("watch", "\(version) fail 90 days old\n")
            try await stage.wait(.seconds(2 * 3600), step: .seconds(3600))
            #expect(stage.running("dev") == next)
            #expect(trainer.orders.count == 1)
            #expect(try await stage.why("dev").tending == nil)
        }
    }

    @Test func `what dies while a training goes on, or before it is started, starts no second one in the cool-down`()
        async throws
    {
        try await withTrainings { stage, trainer in
            try push(stage, score: 0.8)
            try await stage.settle()
            try stage.answer("watch", "* fail old\n")
            trainer.hold(true)
            await stage.controller.workBeside {}
            stage.clock.advance(.seconds(3600))
            try await stage.goOn { !trainer.orders.isEmpty }
            // As kill -9 leaves it: nobody says how it ended.
            stage.restart()
            try await stage.wait(.seconds(23 * 3600), step: .seconds(3600))
            #expect(trainer.orders.count == 1)
            #expect(try endings(stage) == ["none"])
            trainer.hold(false)
            try await stage.wait(.seconds(3 * 3600), step: .seconds(3600))
            #expect(trainer.orders.count == 2)
        }
    }

    @Test func `of two controllers that decide at the same time one begins`() async throws {
        let meddling = Mutex<(@Sendable () throws -> Void)?>(nil)
        try await withTrainings(step: { name in
            guard name == "before-retrain-record" else { return }
            let meddle = meddling.withLock { $0.take() }
            try? meddle?()
        }) { stage, trainer in
            try push(stage, score: 0.8)
            try await stage.settle()
            let other = stage.another()
            try await other.settle(limit: 50)
            try stage.answer("watch", "* fail old\n")
            stage.clock.advance(.seconds(3600))
            // Both have read the same record when each writes.
            let origin = stage.repository.origin
            let tick = Timestamp("2026-03-02T11:00:00Z")!
            let theirs = try RetrainStage.record(begun: tick, in: origin)
            meddling.withLock { $0 = { try RetrainStage.publish(theirs, in: origin) } }
            try await stage.settle()
            #expect(trainer.orders.isEmpty)
            #expect(try record(stage)["runs"]?.array?.map { $0["id"] } == ["theirs"])
            try await other.settle(limit: 50)
            #expect(trainer.orders.isEmpty)
        }
    }

    @Test func `two failures in a row open the breaker, which a person or a new version closes`() async throws {
        try await withTrainings { stage, trainer in
            try push(stage, score: 0.8)
            try await stage.settle()
            try stage.answer("watch", "* fail old\n")
            trainer.end(.exited(3))
            try await stage.wait(.seconds(5 * 86_400), step: .seconds(6 * 3600))
            #expect(trainer.orders.count == 2)
            #expect(try endings(stage) == ["failed", "failed"])
            #expect(try record(stage)["opened"]?["words"]?.string?.contains("it ended with 3: said so") == true)
            let blocker = try #require(try await stage.why("dev").tending)
            #expect(blocker.reason.contains("2 trainings in a row came to nothing"), "\(blocker)")
            #expect(stage.told.filter { $0.contains("2 trainings in a row") }.count == 1)
            // A person lets it go on.
            #expect(try await stage.another().resetRetraining(of: "tumor"))
            try await stage.wait(.seconds(6 * 3600), step: .seconds(3600))
            #expect(trainer.orders.count == 3)
            try await stage.wait(.seconds(3 * 86_400), step: .seconds(6 * 3600))
            #expect(trainer.orders.count == 4)
            // And so does a version that enters.
            try push(stage, score: 0.9)
            try await stage.wait(.seconds(86_400), step: .seconds(6 * 3600))
            #expect(trainer.orders.count == 5)
        }
    }

    @Test func `in a loop a training that takes long holds up nothing, and one that is stopped is known as that`()
        async throws
    {
        try await withTrainings { stage, trainer in
            try push(stage, score: 0.8)
            try await stage.settle()
            try stage.answer("watch", "* fail old\n")
            trainer.hold(true)
            await stage.controller.workBeside {}
            stage.clock.advance(.seconds(3600))
            try await stage.goOn { !trainer.orders.isEmpty }
            let next = try push(stage, score: 0.9)
            try await stage.goOn { stage.running("dev") == next }
            await stage.controller.stopBeside()
            #expect(try endings(stage) == ["stopped"])
            #expect(trainer.orders.count == 1)
        }
    }

    @Test func `people are told when one begins, ends, fails, and when none begins any more`() async throws {
        let trainer = Trainer()
        let on = "[retrain-begun, retrain-ended, retrain-failed, needs-person]"
        try await withNoticeSender(
            [.dev], { ["kind: webhook, url: \"\($0.url("a"))\", on: \(on)"] }, hooks: { $0.retrain = trainer.run }
        ) { scene in
            try watch(scene.stage)
            try push(scene.stage, score: 0.8)
            try await scene.settle()
            try scene.stage.answer("watch", "* fail old\n")
            trainer.end(.exited(3))
            for _ in 0..<12 {
                scene.stage.clock.advance(.seconds(6 * 3600))
                try await scene.settle()
            }
            let events = try scene.inbox.events()
            #expect(
                events == [
                    "retrain-begun dev", "retrain-failed dev", "retrain-begun dev", "retrain-failed dev",
                    "needs-person dev",
                ])
            let last = try #require(try scene.inbox.taken().last?["headline"]?.string)
            #expect(last.contains("no training begins any more: 2 trainings in a row came to nothing"), "\(last)")
        }
    }

    @Test func `a model that does not say how it is trained is not, and that is told`() async throws {
        try await withTrainings { stage, trainer in
            try stage.push(score: 0.8)
            try await stage.settle()
            try stage.answer("watch", "* fail old\n")
            try await stage.wait(.seconds(2 * 3600), step: .seconds(3600))
            #expect(trainer.orders.isEmpty)
            #expect(stage.told.filter { $0.contains("its model.yaml has no training.retrain") }.count == 1)
        }
    }

    @Test func `a record that cannot be read lets none begin`() async throws {
        try await withTrainings { stage, trainer in
            try push(stage, score: 0.8)
            try await stage.settle()
            try RetrainStage.publish(
                RetrainStage.write("no JSON", in: stage.repository.origin), in: stage.repository.origin)
            try stage.answer("watch", "* fail old\n")
            try await stage.wait(.seconds(2 * 3600), step: .seconds(3600))
            #expect(trainer.orders.isEmpty)
            #expect(
                stage.told.contains { $0.contains("cannot be trained anew: tumor.json of refs/martlet/retraining") })
        }
    }
}

/// What others write into `refs/martlet/retraining`.
private enum RetrainStage {
    static func record(begun: Timestamp, in origin: String) throws -> String {
        let zero = String(repeating: "1", count: 40)
        let run: JSON = [
            "id": "theirs", "environment": "dev", "revision": .string(zero), "tree": .string(zero), "monitor": "old",
            "reason": "old", "begun": .string(begun.description),
            "until": .string((begun + .seconds(3600)).description),
        ]
        return try write(JSON.object([("runs", .array([run]))]).text(), in: origin)
    }

    static func write(_ text: String, in origin: String) throws -> String {
        let blob = try git("hash-object", "-w", "--stdin", in: origin, input: text)
        let tree = try git("mktree", in: origin, input: "100644 blob \(blob)\ttumor.json\n")
        return try git("commit-tree", tree, "-m", "theirs", in: origin)
    }

    static func publish(_ commit: String, in origin: String) throws {
        try git("update-ref", "refs/martlet/retraining", commit, in: origin)
    }
}
