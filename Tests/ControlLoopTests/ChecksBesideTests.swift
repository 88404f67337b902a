import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ControlLoop

/// Checks that run beside the passes of a loop; what they must not upset.
struct ChecksBesideTests {
    @Test func `a batch waits for the checks of all that belong to it`() async throws {
        try await withStage([.dev.with("promotion: {order: batch}")], models: ["a", "b"]) { stage in
            try stage.commit(["gates/g.yaml": stage.waitingGate(only: "0.8")])
            let one = try stage.push("a", score: 0.9)
            let other = try stage.push("b", score: 0.8)
            await stage.controller.workBeside {}
            for _ in 0..<3 { _ = try await stage.controller.pass() }
            #expect(try stage.pin("dev", "a") == nil)
            try stage.write("", to: "ready")
            try await stage.goOn { try stage.pin("dev", "a") == one }
            #expect(try stage.pin("dev", "b") == other)
            #expect(try stage.log().filter { $0.hasPrefix("Promote") } == ["Promote 2 models to dev"])
            await stage.controller.stopBeside()
        }
    }

    @Test func `a check that takes long holds up no other model's`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            try stage.commit(["gates/g.yaml": stage.waitingGate(only: "0.9")])
            try stage.push("a", score: 0.9)
            await stage.controller.workBeside {}
            for _ in 0..<2 { _ = try await stage.controller.pass() }
            let version = try stage.push("b", score: 0.8)
            try await stage.goOn { try stage.pin("dev", "b") == version }
            #expect(try stage.pin("dev", "a") == nil)
            await stage.controller.stopBeside()
        }
    }

    @Test func `a request is not superseded by what is still being checked`() async throws {
        var open = EnvironmentText.dev
        open.gate = false
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [open, Stage.requested], gate: "  soakFor: 1h")
            try stage.commit(["gates/g.yaml": stage.waitingGate(only: "0.9", "  soakFor: 1h")])
            let version = try stage.push(score: 0.8)
            try stage.proposePin(version)
            await stage.controller.workBeside {}
            try await stage.settle()
            #expect(try stage.request().state == .open)
            let newer = try stage.push(score: 0.9)
            try await stage.goOn { try stage.pin("dev") == newer }
            let production = Unit(environment: "production", model: "tumor")
            try await stage.goOn { await stage.controller.plans[production]?.state == .evaluating }
            #expect(try stage.request().state == .open)
            try stage.write("", to: "ready")
            try await stage.goOn { try stage.request().state == .superseded }
            await stage.controller.stopBeside()
        }
    }

    @Test func `who loses the lease runs no more of the checks that wait`() async throws {
        try await withStage([.dev]) { stage in
            // The score is checked after the one that waits, and each run is written down.
            try stage.commit(["gates/g.yaml": stage.waitingGate()])
            let version = try stage.push(score: 0.9)
            let first = stage.looping("one")
            await first.workBeside {}
            _ = try await first.pass()
            stage.clock.advance(.seconds(30))
            let second = stage.looping("two")
            _ = try await second.pass()
            stage.clock.advance(.seconds(61))
            let taking = Task { try await second.settle() }
            try await until { try stage.lease().contains("\"host\": \"two\"") }
            _ = try await first.pass()
            #expect(await first.checkRuns.wanted.isEmpty)
            try stage.write("", to: "ready")
            _ = try await taking.value
            try await until(isolation: #isolation) { await first.side.keys.isEmpty }
            #expect(try stage.pin("dev") == version)
            #expect(stage.runs == 1)
            await first.stopBeside()
        }
    }

    @Test func `a promotion names the evidence that came in while the pass ran`() async throws {
        let slow = SlowEvidence()
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev]) { slow.watch(&$0) }
            let version = try stage.push(score: 0.9)
            await stage.controller.workBeside {}
            _ = try await stage.controller.pass()
            // All is looked at again while the evidence is being written.
            try stage.commit(["gates/g.yaml": stage.gate() + "# one more line\n"])
            try await stage.goOn { try stage.pin("dev") == version }
            let named = Trailer.evidence.values(in: try stage.message())
            #expect(named.count == 1)
            await stage.controller.stopBeside()
        }
    }

    @Test func `a pass goes on as soon as its check has ended`() async throws {
        try await withStage([.dev]) { stage in
            try stage.commit(["gates/g.yaml": stage.waitingGate()])
            let version = try stage.push(score: 0.9)
            await stage.controller.workBeside {}
            let pass = Task { [controller = stage.controller] in try await controller.pass() }
            try await Task.sleep(for: .milliseconds(100))
            try stage.write("", to: "ready")
            _ = try await pass.value
            // In this very pass, and not in one that somebody wakes for.
            #expect(try stage.pin("dev") == version)
            await stage.controller.stopBeside()
        }
    }
}

extension Stage {
    /// A gate with a check that waits until the file `ready` is there, and one that counts its runs.
    fileprivate func waitingGate(only: String = "", _ more: String = "") -> String {
        gate(more).replacing(
            "checks: [", with: "checks: [{check: test.waiting, file: \"\(folder)/ready\", only: \"\(only)\"}, ")
    }

    /// Passes until something is so.
    func goOn(isolation: isolated (any Actor)? = #isolation, until isTrue: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !isTrue() {
            try #require(ContinuousClock.now < deadline, "it did not happen in time")
            _ = try await controller.pass()
        }
    }
}

private func until(isolation: isolated (any Actor)? = #isolation, _ isTrue: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while try await !isTrue() {
        try #require(ContinuousClock.now < deadline, "it did not happen in time")
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// A store in which evidence takes longer to write than a pass waits for.
private final class SlowEvidence: Sendable {
    private let writes = Mutex(0)

    func watch(_ surroundings: inout Surroundings) {
        surroundings.store = SlowStore(store: surroundings.store, slow: self)
    }

    private struct SlowStore: Store {
        let store: any Store
        let slow: SlowEvidence

        func read<Value: Sendable>(_ body: @escaping @Sendable (any ObjectReader) throws -> Value) async throws -> Value
        {
            try await store.read(body)
        }

        func write<Value: Sendable>(_ body: @escaping @Sendable (any ObjectWriter) throws -> Value) async throws
            -> Value
        {
            let value = try await store.write(body)
            // The first thing that this house writes is its evidence.
            if slow.writes.withLock({
                $0 += 1; return $0 == 1
            }) {
                try await Task.sleep(for: .milliseconds(2500))
            }
            return value
        }
    }
}
