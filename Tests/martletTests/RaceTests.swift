import Foundation
import Synchronization
import TestSupport
import Testing

/// Two controllers on one repository while a person pushes: nothing is lost, nothing is done twice.
struct RaceTests {
    @Test(arguments: [true, false])
    func `two controllers and a person who pushes thirty versions`(throughMirrors: Bool) async throws {
        try await withHouse(rooms: [.init(name: "dev"), .init(name: "production", from: ["dev"])], models: ["a", "b"]) {
            house in
            try house.push("a", right: 6)
            let over = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...2 {
                    group.addTask {
                        try await detached {
                            while !over.isSet { try loop(house, number, throughMirrors) }
                        }
                    }
                }
                try await detached {
                    for number in 1...30 {
                        try pushUntilItIsIn(house, number % 2 == 0 ? "a" : "b", number)
                    }
                }
                over.set()
                try await group.waitForAll()
            }
            try house.reconcile(at: house.origin, cache: "cache.1")
            try house.reconcile(at: house.origin, cache: "cache.2")
            try expectGoodEnd(house)
        }
    }

    private func loop(_ house: House, _ number: Int, _ throughMirrors: Bool) throws {
        // Each controller has a cache of its own, as on a machine of its own.
        let place = throughMirrors ? house.work : house.origin
        let run = try house.martlet(["reconcile", "-C", place, "--log", "none"], cache: "cache.\(number)")
        #expect(run.code == 0, "\(run)")
    }

    /// What a person does who is told to fetch first.
    private func pushUntilItIsIn(_ house: House, _ model: String, _ number: Int) throws {
        try git("fetch", "--quiet", "origin", in: house.work)
        try git("reset", "--quiet", "--hard", "origin/main", in: house.work)
        try house.commit(
            [
                "models/\(model)/model.yaml": House.model(model), "models/\(model)/model.bin": "weights \(number)\n",
                "models/\(model)/predictions.csv": House.predictions(right: 6 + number % 5),
            ], "\(model) number \(number)", push: false)
        for _ in 0..<100 {
            if (try? git("push", "--quiet", "origin", "HEAD:main", in: house.work)) != nil { return }
            try git("pull", "--quiet", "--rebase", "origin", "main", in: house.work)
        }
        Issue.record("the person never gets a push in")
    }

    private func expectGoodEnd(_ house: House) throws {
        try git("fsck", "--strict", in: house.origin)
        #expect(try git("rev-list", "--merges", "main", in: house.origin).isEmpty)
        let subjects = try house.log()
        #expect(subjects.filter { $0.contains(" number ") }.count == 30)
        let promotions = subjects.filter { $0.hasPrefix("Promote") }
        #expect(promotions.count == Set(promotions).count, "a promotion was made twice")
        #expect(!subjects.contains { $0.hasPrefix("Revert") || $0.hasPrefix("Roll back") })
        for model in ["a", "b"] {
            let newest = try git("log", "-1", "--format=%H", "main", "--", "models/\(model)", in: house.origin)
            for environment in ["dev", "production"] {
                #expect(try house.pin(environment, model) == newest)
                let status = try git("show", "refs/martlet/status:\(environment)/\(model).json", in: house.origin)
                #expect(status.contains("\"state\": \"verified\""))
            }
        }
        // Every promotion commit moves exactly one deployment.
        for commit in try git("log", "--format=%H", "--grep=^Promote", "main", in: house.origin).split(separator: "\n")
        {
            let files = try git("diff-tree", "--no-commit-id", "--name-only", "-r", String(commit), in: house.origin)
            #expect(files.split(separator: "\n").count == 1)
        }
    }
}

/// Tells loops on other threads that it is over.
private final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}

/// Runs blocking work on a thread of its own.
func detached(_ body: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
