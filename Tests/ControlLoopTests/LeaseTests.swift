import Domain
import Foundation
import Git
import TestSupport
import Testing

@testable import ControlLoop

struct LeaseTests {
    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `the second controller only watches, and takes over when the first is silent`(_ way: Stage.Way) async throws {
        try await withStage([.dev], way: way) { stage in
            let first = stage.looping("one"), second = stage.looping("two")
            try await first.settle()
            try await second.settle()
            #expect(stage.told.filter { $0.contains("one (process 1) holds refs/martlet/lease") }.count == 1)
            let version = try stage.push(score: 0.9)
            try await second.settle()
            #expect(try stage.pin("dev") == nil)
            try await first.settle()
            #expect(try stage.pin("dev") == version)
            // Looks go on, but nobody prolongs: the first one was killed.
            let next = try stage.push(score: 0.95)
            for _ in 0..<5 {
                stage.clock.advance(.seconds(11))
                try await second.settle()
                #expect(try stage.pin("dev") == version)
            }
            stage.clock.advance(.seconds(11))
            try await second.settle()
            #expect(try stage.pin("dev") == next)
            #expect(try stage.lease().contains("\"host\": \"two\""))
            #expect(stage.told.filter { $0.contains("standing by") }.count == 1)
            // Should it still be alive, it finds its lease gone, and its pushes come too late in any case.
            try stage.push(score: 0.97)
            stage.clock.advance(.seconds(61))
            try await first.settle()
            #expect(try stage.pin("dev") == next)
        }
    }

    @Test func `what the one before still wrote down is not taken back by one that had looked before`() async throws {
        try await withStage([.dev.verifying("for: 10m, interval: 1m")]) { stage in
            try stage.push(score: 0.8)
            try await stage.wait(.seconds(660), step: .seconds(60))
            let early = try stage.tip("refs/martlet/status")
            let version = try stage.push(score: 0.9)
            try await stage.wait(.seconds(660), step: .seconds(60))
            let late = try stage.tip("refs/martlet/status"), before = try #require(await stage.status("dev"))
            #expect(before.verified.first?.pin.revision == version)
            let origin = stage.repository.origin
            try git("update-ref", "refs/martlet/status", early.description, in: origin)
            var surroundings = stage.surroundings
            // Its push was on the way when it was killed.
            surroundings.step = { step in
                if step == "before-lease" {
                    _ = try? git("update-ref", "refs/martlet/status", late.description, in: origin)
                }
            }
            let next = Controller(
                surroundings, branch: "main", lease: LeaseKeeper(surroundings, host: "next", process: 2))
            try await next.settle()
            #expect(await next.currentLedger[Unit(environment: "dev", model: "tumor")] == before)
            #expect(try stage.tip("refs/martlet/status") == late)
        }
    }

    @Test func `a lease that is prolonged is kept, and adds nothing to the repository`() async throws {
        try await withStage([.dev]) { stage in
            let first = stage.looping("one"), second = stage.looping("two")
            try await first.settle()
            try await second.settle()
            let version = try stage.push(score: 0.9)
            let before = try git("count-objects", in: stage.repository.origin)
            var seen: Set<String> = []
            for _ in 0..<30 {
                stage.clock.advance(.seconds(20))
                try await first.lease?.prolong()
                try await second.settle()
                seen.insert(try git("rev-parse", "refs/martlet/lease", in: stage.repository.origin))
            }
            #expect(try stage.pin("dev") == nil)
            #expect(seen.count == 6)
            #expect(try git("count-objects", in: stage.repository.origin) == before)
            try await first.settle()
            #expect(try stage.pin("dev") == version)
        }
    }

    @Test
    func `a controller that starts again trusts no time in which it did not look, but for what looks may come late`()
        async throws
    {
        try await withStage([.dev.verifying("for: 10m, interval: 10s, failureThreshold: 3")]) { stage in
            let unit = Unit(environment: "dev", model: "tumor")
            func look(_ controller: Controller, for time: Int) async throws -> DeploymentStatus.State? {
                for _ in 0..<time / 10 {
                    stage.clock.advance(.seconds(10))
                    try await controller.settle()
                }
                return await controller.currentLedger[unit]?.state
            }
            try stage.push(score: 0.8)
            #expect(try await look(stage.looping("one"), for: 300) == .verifying)
            stage.clock.advance(.seconds(1000))
            let next = stage.looping("one")
            #expect(try await look(next, for: 500) == .verifying)
            #expect(try await look(next, for: 120) == .verified)
            // What was written as verified is so after any time.
            stage.clock.advance(.seconds(1000))
            #expect(try await look(stage.looping("one"), for: 120) == .verified)
        }
    }

    @Test func `what a controller that was stopped found well counts for the next one`() async throws {
        try await withStage([.dev.verifying("for: 10m, interval: 10s, failureThreshold: 3")]) { stage in
            func look(_ controller: Controller, for time: Int) async throws -> DeploymentStatus.State? {
                for _ in 0..<time / 10 {
                    stage.clock.advance(.seconds(10))
                    try await controller.settle()
                }
                return await controller.currentLedger[Unit(environment: "dev", model: "tumor")]?.state
            }
            try stage.push(score: 0.8)
            let first = stage.looping("one")
            #expect(try await look(first, for: 300) == .verifying)
            await first.noteHealth()
            await first.lease?.giveBack()
            // Of this time, in which nobody looked, a minute and a half counts.
            stage.clock.advance(.seconds(200))
            let next = stage.looping("two")
            #expect(try await look(next, for: 180) == .verifying)
            #expect(try await look(next, for: 60) == .verified)
        }
    }

    @Test func `a controller that was killed is followed by the next after the lease's time`() async throws {
        try await withStage([.dev]) { stage in
            let folder = stage.folder
            await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
                let dying = try Stage(working: URL(filePath: folder)).looping("one")
                try await dying.settle()
                kill(getpid(), SIGKILL)
            }
            #expect(try stage.lease().contains("\"host\": \"one\""))
            let version = try stage.push(score: 0.9)
            let next = stage.looping("two")
            try await next.settle()
            stage.clock.advance(.seconds(59))
            try await next.settle()
            #expect(try stage.pin("dev") == nil)
            stage.clock.advance(.seconds(2))
            try await next.settle()
            #expect(try stage.pin("dev") == version)
        }
    }

    @Test func `a controller that died on the same machine is followed at once`() async throws {
        try await withStage([.dev]) { stage in
            let first = LeaseKeeper(stage.surroundings, host: "here", process: 7, space: "machine")
            try await Controller(stage.surroundings, branch: "main", lease: first).settle()
            let version = try stage.push(score: 0.9)
            for (space, dead, isFollowed) in [("machine", 6, false), ("elsewhere", 7, false), ("machine", 7, true)] {
                let next = LeaseKeeper(
                    stage.surroundings, host: "here", process: 9, space: space, isAlive: { $0 != dead })
                try await Controller(stage.surroundings, branch: "main", lease: next).settle()
                #expect(try stage.pin("dev") == (isFollowed ? version : nil))
            }
        }
    }

    @Test func `a loop that is stopped hands over at once`() async throws {
        try await withStage([.dev]) { stage in
            let now: @Sendable () -> Timestamp = { [clock = stage.clock] in clock.now }
            let signals = (WakeSignal(now: now), WakeSignal(now: now))
            let runners = zip(["one", "two"], [signals.0, signals.1]).map { name, signal in
                LoopRunner(controller: stage.looping(name), signal: signal, poll: .seconds(3600), tell: { _ in })
            }
            let first = Task { await runners[0].run() }
            try await until { stage.told.isEmpty == false || (try? stage.lease()) != nil }
            let second = Task { await runners[1].run() }
            try await until { stage.told.contains { $0.contains("standing by") } }
            let version = try stage.push(score: 0.9)
            await signals.1.wake()
            await signals.0.stop()
            await first.value
            #expect(throws: (any Error).self) { try stage.lease() }
            await signals.1.wake()
            try await until { try stage.pin("dev") == version }
            await signals.1.stop()
            await second.value
        }
    }

    @Test func `a loop that is stopped writes down what it found well`() async throws {
        try await withStage([.dev.verifying("for: 10m, interval: 10s, failureThreshold: 3")]) { stage in
            let signal = WakeSignal(now: { [clock = stage.clock] in clock.now })
            let runner = LoopRunner(
                controller: stage.looping("one"), signal: signal, poll: .seconds(3600), tell: { _ in })
            try stage.push(score: 0.8)
            let running = Task { await runner.run() }
            try await until { stage.lines("answers/dev.log").count == 1 }
            for looks in 2...3 {
                // The pass that looked sets its next look by the clock, before that goes on.
                try await Task.sleep(for: .milliseconds(500))
                stage.clock.advance(.seconds(10))
                await signal.wake()
                try await until { stage.lines("answers/dev.log").count == looks }
            }
            await signal.stop()
            await running.value
            let text = try git("show", "refs/martlet/status:dev/tumor.json", in: stage.repository.origin)
            let status = try #require(DeploymentStatus(json: JSON(parsing: Array(text.utf8))))
            #expect(status.state == .verifying && status.lastWell == stage.clock.now)
        }
    }

    @Test func `a remote that refuses the lease is served all the same`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev]) { $0.remote = LeaseRefusal(remote: $0.remote) }
            let version = try stage.push(score: 0.9)
            try await stage.looping("one").settle()
            #expect(try stage.pin("dev") == version)
            #expect(stage.told.filter { $0.contains("going on without a lease: not here") }.count == 1)
        }
    }

    @Test func `a remote that refuses the lease for a while is asked again`() async throws {
        let refusing = FailingRemote.Switch()
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev]) {
                $0.remote = LeaseRefusal(remote: $0.remote, isRefusing: { refusing.isOn })
            }
            let first = stage.looping("one"), second = stage.looping("two")
            try await first.settle()
            refusing.set(true)
            stage.clock.advance(.seconds(61))
            let version = try stage.push(score: 0.9)
            try await first.settle()
            #expect(try stage.pin("dev") == version)
            refusing.set(false)
            // Nobody holds it now but by the old commit, which has run out for those who saw it long enough.
            for _ in 0..<8 {
                stage.clock.advance(.seconds(31))
                try await first.settle()
                try await second.settle()
            }
            #expect(await first.lease?.isHeld == true)
            #expect(await second.lease?.isHeld == false)
            #expect(stage.told.filter { $0.contains("going on without a lease") }.count == 1)
            #expect(stage.told.contains { $0.contains("takes refs/martlet/lease again") })
        }
    }

    @Test func `the only controller does not stand by behind its own lease`() async throws {
        let refusing = FailingRemote.Switch()
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev]) {
                $0.remote = LeaseRefusal(remote: $0.remote, isRefusing: { refusing.isOn })
            }
            let only = stage.looping("one")
            try await only.settle()
            let lease = try stage.lease()
            refusing.set(true)
            stage.clock.advance(.seconds(21))
            try await only.lease?.prolong()
            refusing.set(false)
            stage.clock.advance(.seconds(61))
            let version = try stage.push(score: 0.9)
            try await only.settle()
            #expect(try stage.pin("dev") == version)
            #expect(try stage.lease() != lease)
            #expect(await only.lease?.isHeld == true)
            #expect(!stage.told.contains { $0.contains("standing by") || $0.contains("silent or gone") })
        }
    }

    @Test func `one that stands by on the same machine follows the other as soon as that has died`() async throws {
        try await withStage([.dev]) { stage in
            let isDead = FailingRemote.Switch()
            let first = LeaseKeeper(stage.surroundings, host: "here", process: 7, space: "machine")
            try await Controller(stage.surroundings, branch: "main", lease: first).settle()
            let keeper = LeaseKeeper(
                stage.surroundings, host: "here", process: 9, space: "machine", isAlive: { _ in !isDead.isOn })
            let next = Controller(stage.surroundings, branch: "main", lease: keeper)
            try await next.settle()
            let version = try stage.push(score: 0.9)
            try await next.settle()
            #expect(try stage.pin("dev") == nil)
            isDead.set(true)
            try await next.settle()
            #expect(try stage.pin("dev") == version)
        }
    }

    @Test func `whoever tidies up the repository does not end a lease`() async throws {
        try await withStage([.dev]) { stage in
            let controller = stage.looping("one")
            try await controller.settle()
            for score in [0.8, 0.9, 0.95] {
                try git("gc", "--quiet", "--prune=now", in: stage.repository.origin)
                stage.clock.advance(.seconds(61))
                let version = try stage.push(score: score)
                try await controller.settle()
                #expect(try stage.pin("dev") == version)
            }
        }
    }

    private func until(isolation: isolated (any Actor)? = #isolation, _ isTrue: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while try !isTrue() {
            try #require(ContinuousClock.now < deadline, "it did not happen in time")
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

extension Stage {
    /// A controller that asks for the lease.
    func looping(_ host: String) -> Controller {
        let lease = LeaseKeeper(surroundings, host: host, process: 1)
        return Controller(surroundings, branch: "main", lease: lease)
    }

    /// What the lease says.
    func lease() throws -> String { try git("show", "refs/martlet/lease:lease.json", in: repository.origin) }
}

/// A remote whose rules keep the lease out.
struct LeaseRefusal: Remote {
    let remote: any Remote
    var isRefusing: @Sendable () -> Bool = { true }

    func references(_ patterns: [String]) async throws -> [String: ObjectID] { try await remote.references(patterns) }

    func fetch(_ patterns: [String]) async throws { try await remote.fetch(patterns) }

    func push(_ updates: [ReferenceUpdate]) async throws -> PushOutcome {
        if isRefusing(), updates.contains(where: { $0.name.hasSuffix("/lease") }) { return .refused("not here") }
        return try await remote.push(updates)
    }
}
