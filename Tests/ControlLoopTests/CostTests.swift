import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

/// What follows the change, and not the size of the repository.
struct CostTests {
    @Test func `a commit changes the snapshot where it lies`() async throws {
        try await withStage(models: ["a", "b"]) { stage in
            try stage.push("a", score: 0.8)
            try await stage.settle()
            let before = try await places(stage)
            try stage.push("a", score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("production", "a") == stage.version(of: "a"))
            #expect(try await places(stage) == before)
        }
    }

    @Test func `a first start parses each version once, and each content that a deployment ever had`() async throws {
        try await withTemporaryFolder { folder in
            let counted = CountedReading()
            let stage = try Stage(in: folder, models: ["a"]) { counted.watch(&$0) }
            try stage.push("a", score: 0.8)
            try await stage.settle()
            try stage.push("a", score: 0.9)
            try await stage.settle()
            try git("update-ref", "-d", "refs/martlet/status", in: stage.repository.origin)
            stage.restart()
            counted.reset()
            try await stage.settle()
            #expect(try await stage.status("production", "a")?.pin?.revision == stage.version(of: "a"))
            #expect(await stage.state("production", "a") == .verified)
            // The snapshot reads it, and the one version that all three environments run.
            #expect(counted.parsed("models/a/model.yaml") == 2)
            // Unpinned, and pinned twice; the snapshot reads the last of these by itself.
            for name in ["dev", "staging", "production"] {
                #expect(counted.parsed("environments/\(name)/a.yaml") == 4)
            }
        }
    }

    @Test func `a rollback has looked at again what it held up, not its whole environment`() async throws {
        var reads: [Int] = []
        for others in [1, 6] {
            try await withTemporaryFolder { folder in
                let counted = CountedReading()
                let names = ["a"] + (0..<others).map { "other-\($0)" }
                let stage = try Stage(in: folder, [.dev], models: names) { counted.watch(&$0) }
                for name in names { try stage.push(name, score: 0.8) }
                try await stage.settle()
                let good = try stage.pin("dev", "a")
                let bad = try stage.push("a", score: 0.9)
                try stage.answer("dev", "\(bad) fail answers nonsense\n")
                counted.reset()
                try await stage.settle()
                #expect(try stage.pin("dev", "a") == good)
                reads.append(counted.reads)
            }
        }
        #expect(reads[0] == reads[1])
    }

    @Test func `what waits while another deployment goes back enters after it`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            for name in ["a", "b"] { try stage.push(name, score: 0.8) }
            try await stage.settle()
            let bad = try stage.push("a", score: 0.9)
            _ = try await stage.controller.pass()
            try stage.answer("dev", "\(bad) fail answers nonsense\n")
            let next = try stage.push("b", score: 0.95)
            try await stage.settle()
            #expect(await stage.status("dev", "a")?.rejected.map(\.revision) == [bad])
            #expect(try stage.pin("dev", "b") == next)
        }
    }

    /// Where the large parts of the controller's snapshot lie in memory.
    private func places(_ stage: Stage) async throws -> [UInt] {
        let snapshot = try #require(await stage.controller.currentSnapshot)
        let deployments = snapshot.deployments.sorted { $0.key < $1.key }.map { unsafeBitCast($0.value, to: UInt.self) }
        return [unsafeBitCast(snapshot.models, to: UInt.self)] + deployments
    }
}

extension Stage {
    /// The commit that brought the newest version of a model.
    fileprivate func version(of model: String) throws -> ObjectID {
        try id(git("log", "-1", "--format=%H", "main", "--", "models/\(model)", in: repository.origin))
    }
}
