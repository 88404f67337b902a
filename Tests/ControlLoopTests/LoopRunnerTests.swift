import Domain
import Synchronization
import TestSupport
import Testing

@testable import ControlLoop

struct LoopRunnerTests {
    @Test func `a wake-up starts a pass, and stop ends it`() async throws {
        try await withStage([.dev]) { stage in
            let signal = WakeSignal(now: { [clock = stage.clock] in clock.now })
            let runner = LoopRunner(controller: stage.controller, signal: signal, poll: .seconds(3600), tell: { _ in })
            let running = Task { await runner.run() }
            try await Task.sleep(for: .milliseconds(200))
            let version = try stage.push(score: 0.9)
            await signal.wake()
            try await until { try stage.pin("dev") == version }
            await signal.stop()
            await running.value
        }
    }

    @Test func `a check that takes for ever holds up neither a rollback nor the end`() async throws {
        try await withStage([.dev, .staging]) { stage in
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            let ill = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("staging") == ill)
            let slow = stage.gate().replacing(
                "checks: [", with: "checks: [{check: test.waiting, file: \"\(stage.folder)/ready\"}, ")
            try stage.commit(["gates/g.yaml": slow])
            let next = try stage.push(score: 0.95)
            let signal = WakeSignal(now: { [clock = stage.clock] in clock.now })
            let runner = LoopRunner(
                controller: stage.controller, signal: signal, poll: .milliseconds(100), tell: { _ in })
            let running = Task { await runner.run() }
            try await Task.sleep(for: .milliseconds(1500))
            try stage.answer("staging", "\(ill) fail ill\n")
            try await until {
                stage.clock.advance(.seconds(10))
                return try stage.pin("staging") == good
            }
            #expect(try stage.pin("dev") == ill)
            try stage.write("", to: "ready")
            try await until {
                stage.clock.advance(.seconds(10))
                return try stage.pin("staging") == next
            }
            try await Task.sleep(for: .milliseconds(500))
            // One more, and the loop is stopped while it runs.
            try stage.remove("ready")
            try stage.push(score: 0.99)
            try await Task.sleep(for: .milliseconds(500))
            let start = ContinuousClock.now
            await signal.stop()
            await running.value
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test func `somebody who is slow to take a notice holds up neither the loop nor its end`() async throws {
        try await withNoticeSender([.dev]) { scene in
            try scene.inbox.behave("slow 3")
            let signal = WakeSignal(now: { [clock = scene.stage.clock] in clock.now })
            let runner = LoopRunner(
                controller: scene.stage.controller, noticeSender: scene.noticeSender, signal: signal,
                poll: .milliseconds(100),
                tell: { _ in })
            let running = Task { await runner.run() }
            for score in [0.8, 0.85, 0.9] {
                let version = try scene.stage.push(score: score)
                try await until { try scene.stage.pin("dev") == version }
            }
            #expect(try scene.inbox.taken().isEmpty)
            try scene.inbox.behave(nil)
            try await until {
                scene.stage.clock.advance(.seconds(60))
                return try scene.inbox.events().contains("verified dev")
            }
            await signal.stop()
            await running.value
        }
    }

    @Test func `somebody who is slow to take a notice holds up nobody else, and hears all in order`() async throws {
        let people: (Inbox) -> [String] = { inbox in
            ["a", "b"].map { "kind: webhook, name: \($0), url: \"\(inbox.url($0))\", timeout: 30s" }
        }
        try await withNoticeSender([.dev], people) { scene in
            try scene.inbox.behave("slow 5", "a")
            let signal = WakeSignal(now: { [clock = scene.stage.clock] in clock.now })
            let runner = LoopRunner(
                controller: scene.stage.controller, noticeSender: scene.noticeSender, signal: signal,
                poll: .milliseconds(100),
                tell: { _ in })
            let running = Task { await runner.run() }
            for (index, score) in [0.8, 0.85].enumerated() {
                try scene.stage.push(score: score)
                try await until { try scene.inbox.taken("b").count == 2 * (index + 1) && scene.inbox.asked("a") == 1 }
            }
            #expect(try scene.inbox.taken("a").isEmpty)
            try scene.inbox.behave(nil, "a")
            try await until { try scene.inbox.taken("a").count == 4 }
            let all = ["promoted dev", "verified dev", "promoted dev", "verified dev"]
            #expect(try scene.inbox.events("a") == all && scene.inbox.events("b") == all)
            await signal.stop()
            await running.value
            #expect(try scene.record("a")["told"]?.array?.count == 4)
        }
    }

    @Test func `a remote that hangs does not hold up the end`() async throws {
        let hanging = FailingRemote.Switch()
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev]) {
                $0.remote = HangingRemote(remote: $0.remote, isHanging: { hanging.isOn })
            }
            let signal = WakeSignal(now: { [clock = stage.clock] in clock.now })
            let runner = LoopRunner(
                controller: stage.looping("one"), signal: signal, poll: .milliseconds(50), grace: .milliseconds(100),
                tell: { _ in })
            let running = Task { await runner.run() }
            try await until { (try? stage.lease()) != nil }
            hanging.set(true)
            try await Task.sleep(for: .milliseconds(300))
            let start = ContinuousClock.now
            await signal.stop()
            await running.value
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test func `a loop that waits sleeps`() async throws {
        let looks = Counter()
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev, .staging], gate: "  soakFor: 1h") {
                $0.remote = CountingRemote(remote: $0.remote, looks: looks)
            }
            try stage.push(score: 0.9)
            try stage.answer("staging", "* fail ill\n")
            try await stage.settle()
            let before = looks.value
            let signal = WakeSignal(now: { [clock = stage.clock] in clock.now })
            let runner = LoopRunner(controller: stage.controller, signal: signal, poll: .seconds(3600), tell: { _ in })
            let running = Task { await runner.run() }
            try await Task.sleep(for: .milliseconds(600))
            await signal.stop()
            await running.value
            #expect(looks.value - before <= 3)
        }
    }

    @Test(arguments: 1...5)
    func `the pauses between looks differ, by a fifth of the poll at most`(_ seed: UInt64) {
        var random = Seeded(state: seed)
        let pauses = (0..<1000).map { _ in LoopRunner.pause(.seconds(30), Double.random(in: 0..<1, using: &random)) }
        #expect(pauses.allSatisfy { $0 >= .seconds(24) && $0 < .seconds(36) })
        #expect(Set(pauses).count > 990)
        // Even: none of ten equal parts has much more or less than its tenth.
        let tenths = Dictionary(grouping: pauses) { Int(($0 - .seconds(24)) / .milliseconds(1200)) }
        #expect(
            tenths.count == 10 && tenths.values.allSatisfy { (60...140).contains($0.count) },
            "\(tenths.mapValues(\.count))")
        var again = Seeded(state: seed)
        #expect(pauses.first == LoopRunner.pause(.seconds(30), Double.random(in: 0..<1, using: &again)))
        #expect(LoopRunner.pause(.seconds(30), 0) == .seconds(24))
    }

    @Test func `each look has a pause of its own after it`() async throws {
        let asked = Counter(), looks = Counter()
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev]) { $0.remote = CountingRemote(remote: $0.remote, looks: looks) }
            let signal = WakeSignal(now: { [clock = stage.clock] in clock.now })
            let runner = LoopRunner(
                controller: stage.controller, signal: signal, poll: .milliseconds(10),
                random: {
                    asked.increase()
                    return 0.5
                }, tell: { _ in })
            let running = Task { await runner.run() }
            try await until { looks.value >= 5 }
            await signal.stop()
            await running.value
            #expect(asked.value >= looks.value && asked.value <= looks.value + 1)
        }
    }

    @Test func `a failure is told, and the loop goes on`() async throws {
        let failing = FailingRemote.Switch()
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev]) {
                $0.remote = FailingRemote(remote: $0.remote, isFailing: failing)
            }
            let version = try stage.push(score: 0.9)
            failing.set(true)
            let signal = WakeSignal(now: { [clock = stage.clock] in clock.now })
            let told = Events()
            let runner = LoopRunner(
                controller: stage.controller, signal: signal, poll: .seconds(3600), tell: { told.add($0) })
            let running = Task { await runner.run() }
            try await until { told.all.contains { $0.contains("no space left; looking again in") } }
            failing.set(false)
            try await until { try stage.pin("dev") == version }
            await signal.stop()
            await running.value
        }
    }

    @Test func `a loop tidies up when it has nothing else to do, and once an hour at most`() async throws {
        let times = Counter()
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev]) { $0.tidy = { times.increase() } }
            let signal = WakeSignal(now: { [clock = stage.clock] in clock.now })
            let runner = LoopRunner(controller: stage.controller, signal: signal, poll: .seconds(3600), tell: { _ in })
            let running = Task { await runner.run() }
            try await until { times.value == 1 }
            for _ in 0..<3 {
                stage.clock.advance(.seconds(1190))
                await signal.wake()
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(times.value == 1)
            stage.clock.advance(.seconds(60))
            await signal.wake()
            try await until { times.value == 2 }
            await signal.stop()
            await running.value
        }
    }

    private func until(isolation: isolated (any Actor)? = #isolation, _ isTrue: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try !isTrue() {
            try #require(ContinuousClock.now < deadline, "it did not happen in time")
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

struct AlarmTests {
    @Test func `a wake-up before the wait is not lost, and counts once`() async {
        let signal = WakeSignal(now: { Timestamp(seconds: 0) })
        await signal.wake()
        await signal.wake()
        let start = ContinuousClock.now
        await signal.wait(for: .seconds(10))
        #expect(ContinuousClock.now - start < .seconds(2))
        await signal.wait(for: .milliseconds(50))
        #expect(ContinuousClock.now - start >= .milliseconds(50))
    }

    @Test func `a nudge wakes, and counts as nobody from outside`() async {
        let signal = WakeSignal(now: { Timestamp(seconds: 0) })
        await signal.nudge()
        let start = ContinuousClock.now
        #expect(await !signal.wait(for: .seconds(10)))
        await signal.wake()
        #expect(await signal.wait(for: .seconds(10)))
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func `after stop nothing waits`() async {
        let signal = WakeSignal(now: { Timestamp(seconds: 0) })
        await signal.stop()
        let start = ContinuousClock.now
        await signal.wait(for: .seconds(10))
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(await signal.isStopped)
    }
}

/// A remote that does not answer, until whoever asked gives up.
struct HangingRemote: Remote {
    let remote: any Remote
    let isHanging: @Sendable () -> Bool

    func references(_ patterns: [String]) async throws -> [String: ObjectID] {
        try await hang()
        return try await remote.references(patterns)
    }

    func fetch(_ patterns: [String]) async throws { try await remote.fetch(patterns) }

    func push(_ updates: [ReferenceUpdate]) async throws -> PushOutcome {
        try await hang()
        return try await remote.push(updates)
    }

    private func hang() async throws {
        if isHanging() { try await Task.sleep(for: .seconds(3600)) }
    }
}

/// Counts how often the remote is looked at.
struct CountingRemote: Remote {
    let remote: any Remote
    let looks: Counter

    func references(_ patterns: [String]) async throws -> [String: ObjectID] {
        looks.increase()
        return try await remote.references(patterns)
    }

    func fetch(_ patterns: [String]) async throws { try await remote.fetch(patterns) }

    func push(_ updates: [ReferenceUpdate]) async throws -> PushOutcome { try await remote.push(updates) }
}

final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func increase() { count.withLock { $0 += 1 } }
}
