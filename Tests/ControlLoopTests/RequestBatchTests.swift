import ControlLoop
import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

/// Ready requests are merged together, and a bad one holds back no other.
struct RequestBatchTests {
    private static let models = (1...7).map { "m\($0)" }

    @Test func `many are merged in one push, one merge commit each`() async throws {
        try await withRequests(models: Self.models) { stage in
            let versions = try Self.models.map { try stage.push($0, score: 0.9) }
            try await stage.settle()
            for model in Self.models { #expect(stage.head("production", model) != nil) }
            let record = try stage.log(of: "refs/martlet/requests").count
            stage.clock.advance(.seconds(3601))
            try await stage.settle()
            #expect(try stage.log(of: "refs/martlet/requests").count == record + 1)
            for (model, version) in zip(Self.models, versions) {
                #expect(try stage.pin("production", model) == version)
                #expect(stage.head("production", model) == nil)
            }
            let merges = try git("rev-list", "--merges", "--first-parent", "main", in: stage.repository.origin)
            #expect(merges.split(separator: "\n").count == Self.models.count)
            try git("fsck", "--strict", in: stage.repository.origin)
        }
    }

    /// As many as MARTLET_REQUESTS says.
    @Test func `requests by the dozen through a mirror`() async throws {
        let count = ProcessInfo.processInfo.environment["MARTLET_REQUESTS"].flatMap { Int($0) } ?? 36
        let models = (0..<count).map { "g\($0 / 100)/m\($0)" }
        try await withRequests(models: models, way: .mirror) { stage in
            var files: [String: String] = [:]
            for model in models {
                files["models/\(model)/model.yaml"] = Stage.model(model)
                files["models/\(model)/score.txt"] = "0.9\n"
                files["models/\(model)/model.bin"] = "weights of \(model)\n"
            }
            try stage.commit(files)
            try await stage.settle()
            let open = try git("for-each-ref", "refs/heads/promote", in: stage.repository.origin)
            #expect(open.split(separator: "\n").count == count)
            stage.clock.advance(.seconds(3601))
            let start = ContinuousClock.now
            let pass = try await stage.controller.pass()
            print("\(count) ready requests judged and merged in \(ContinuousClock.now - start)")
            #expect(pass.changedSomething)
            let merges = try git("rev-list", "--merges", "--first-parent", "main", in: stage.repository.origin)
            #expect(merges.split(separator: "\n").count == count)
            #expect(try git("for-each-ref", "refs/heads/promote", in: stage.repository.origin).isEmpty)
        }
    }

    @Test func `more than a batch are merged one push after another, and others may push in between`() async throws {
        try await withTemporaryFolder { folder in
            var remote: MeddlingRemote?
            let stage = try Stage(in: folder, [.dev, Stage.requested], models: Self.models, gate: "  soakFor: 1h") {
                let meddling = MeddlingRemote($0.remote)
                remote = meddling
                $0.remote = meddling
            }
            let meddling = try #require(remote)
            stage.restart { $0.batch = 3 }
            for model in Self.models { try stage.push(model, score: 0.9) }
            try await stage.settle()
            let record = try stage.log(of: "refs/martlet/requests").count
            stage.clock.advance(.seconds(3601))
            let repository = stage.repository
            meddling.before {
                // The first batch gets in; the second comes too late.
                meddling.before {
                    try repository.git("pull", "--quiet", "origin", "main")
                    try repository.commit(["README.md": "text"], message: "Unrelated")
                }
            }
            try await stage.settle()
            let subjects = try stage.log().filter { $0.hasSuffix("to production") || $0 == "Unrelated" }
            #expect(subjects.count == 8 && Set(subjects).count == 8, "\(subjects)")
            #expect(subjects.firstIndex(of: "Unrelated") == 4, "\(subjects)")
            #expect(try stage.log(of: "refs/martlet/requests").count == record + 3)
            for model in Self.models { #expect(stage.head("production", model) == nil) }
            try git("fsck", "--strict", in: stage.repository.origin)
        }
    }

    @Test(arguments: zip(["m1", "m7", "m4"], [200, 200, 3]))
    func `one that the remote refuses is found out and named, the others go in`(_ bad: String, _ batch: Int)
        async throws
    {
        try await withRequests(
            models: Self.models,
            hooks: { $0.remote = ChoosyRemote(remote: $0.remote, refuses: "promote/production/\(bad)") }
        ) { stage in
            stage.restart { $0.batch = batch }
            for model in Self.models { try stage.push(model, score: 0.9) }
            try await stage.settle()
            stage.clock.advance(.seconds(3601))
            try await stage.settle()
            for model in Self.models {
                #expect(try (stage.pin("production", model) == nil) == (model == bad), "\(model)")
            }
            let status = try stage.request("production", bad)
            #expect(status.state == .refused)
            #expect(status.reason == "the remote refused the merge: not this one")
            #expect(stage.head("production", bad) != nil)
        }
    }

    @Test func `what the remote refused is tried again ever more seldom, not at every look`() async throws {
        var remote: ChoosyRemote?
        try await withRequests(
            models: ["a", "b"],
            hooks: {
                let choosy = ChoosyRemote(remote: $0.remote, refuses: "promote/production/a")
                remote = choosy
                $0.remote = choosy
            }
        ) { stage in
            let remote = try #require(remote)
            for model in ["a", "b"] { try stage.push(model, score: 0.9) }
            try await stage.settle()
            stage.clock.advance(.seconds(3601))
            try await stage.settle()
            #expect(try stage.request("production", "a").state == .refused)
            var tries: [Int] = []
            for _ in 0..<4 {
                let before = remote.refusals
                try await stage.wait(.seconds(900), step: .seconds(20))
                tries.append(remote.refusals - before)
            }
            #expect(tries[0] > 0 && tries.dropFirst().reduce(0, +) * 2 < tries[0], "\(tries)")
            remote.relent()
            // One that starts knows no more than when it was refused last.
            stage.restart()
            try await stage.wait(.seconds(100), step: .seconds(20))
            #expect(try stage.request("production", "a").state == .merged)
            #expect(try stage.pin("production", "a") != nil)
        }
    }

    @Test func `a request on top of another is merged after it`() async throws {
        try await withRequests(models: ["a", "b"]) { stage in
            let one = try stage.push("a", score: 0.9), two = try stage.push("b", score: 0.9)
            try stage.pull()
            try stage.onSide {
                for (model, version) in [("a", one), ("b", two)] {
                    try stage.repository.commit(
                        ["environments/production/\(model).yaml": stage.pinned(version, model)],
                        message: "propose \(model)", push: false)
                    try stage.repository.git(
                        "push", "--quiet", "origin", "HEAD:refs/heads/promote/production/\(model)")
                }
            }
            try await stage.settle()
            #expect(try stage.request("production", "b").moves.map(\.model) == ["a", "b"])
            stage.clock.advance(.seconds(3601))
            try await stage.settle()
            #expect(try stage.pin("production", "a") == one)
            #expect(try stage.pin("production", "b") == two)
            #expect(stage.head("production", "b") == nil)
            #expect(try stage.request("production", "b").state == .merged)
        }
    }

    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `a head that moves after it was judged is not merged`(_ way: Stage.Way) async throws {
        try await withTemporaryFolder { folder in
            var remote: MeddlingRemote?
            let stage = try Stage(
                in: folder, [.dev, .init(name: "production", from: ["dev"]).with("promotion: {mode: manual}")], way: way
            ) {
                let meddling = MeddlingRemote($0.remote)
                remote = meddling
                $0.remote = meddling
            }
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            let judged = try stage.proposePin(version)
            let evil = try stage.onSide {
                let head = try id(
                    stage.repository.commit(
                        [
                            "environments/production/tumor.yaml": stage.pinned(version),
                            "gates/g.yaml": stage.gate(least: 0),
                        ], message: "evil", push: false))
                try stage.repository.git("push", "--quiet", "origin", "HEAD:refs/heads/evil")
                return head
            }
            let origin = stage.repository.origin
            try #require(remote).before {
                try git("update-ref", "refs/heads/promote/production/tumor", "\(evil)", "\(judged)", in: origin)
            }
            try await stage.settle()
            #expect(try stage.pin("production") == nil)
            #expect(stage.head() == evil)
            #expect(try stage.request().state == .refused)
            #expect(try stage.request().reason.contains("gates/g.yaml"))
        }
    }
}

/// A remote with a rule against one reference.
private final class ChoosyRemote: Remote {
    private let remote: any Remote
    private let refused: String
    private let state = Mutex((refusals: 0, hasRelented: false))

    init(remote: any Remote, refuses refused: String) {
        self.remote = remote
        self.refused = refused
    }

    var refusals: Int { state.withLock { $0.refusals } }

    /// From now on everything gets in.
    func relent() { state.withLock { $0.hasRelented = true } }

    func references(_ patterns: [String]) async throws -> [String: ObjectID] { try await remote.references(patterns) }

    func fetch(_ patterns: [String]) async throws { try await remote.fetch(patterns) }

    func push(_ updates: [ReferenceUpdate]) async throws -> PushOutcome {
        let isBad = state.withLock { state in
            // Whoever merges a request says where its branch has to be.
            guard !state.hasRelented,
                updates.contains(where: { $0.name == "refs/heads/\(refused)" && $0.old != nil })
            else { return false }
            state.refusals += 1
            return true
        }
        return isBad ? .refused("not this one") : try await remote.push(updates)
    }
}
