import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ControlLoop

/// The origin does not answer, and what runs must run on.
struct OutageTests {
    @Test func `meanwhile what runs is probed and repaired, and what failed goes back afterwards`() async throws {
        try await withOutage { stage, isDown in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            isDown.set(true)
            try stage.remove("targets/dev/tumor.running")
            stage.clock.advance(.seconds(31))
            await #expect(throws: UnreachableRemote.Down.self) { try await stage.controller.pass() }
            let next = try #require(await stage.controller.tendMeanwhile())
            #expect(next > stage.clock.now)
            #expect(stage.running("dev") == second)
            try stage.answer("dev", "\(second) fail ill\n")
            stage.clock.advance(.seconds(31))
            _ = await stage.controller.tendMeanwhile()
            #expect(await stage.state("dev") == .failed)
            #expect(try stage.pin("dev") == second)
            isDown.set(false)
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            #expect(stage.running("dev") == first)
            #expect(stage.told.filter { $0.contains("roll back") }.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `an origin that hangs does not blind who watches`() async throws {
        try await withTemporaryFolder { folder in
            let remote = Mutex<MeddlingRemote?>(nil)
            let stage = try Stage(in: folder, [.dev]) { surroundings in
                let meddling = MeddlingRemote(surroundings.remote)
                remote.withLock { $0 = meddling }
                surroundings.remote = meddling
            }
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            try stage.remove("targets/dev/tumor.running")
            stage.clock.advance(.seconds(31))
            // It answers only once what is gone is there again.
            let file = stage.folder + "/targets/dev/tumor.running"
            remote.withLock { $0 }?.after(look: {
                while !FileManager.default.fileExists(atPath: file) { try await Task.sleep(for: .milliseconds(50)) }
            })
            _ = try await stage.controller.pass()
            #expect(stage.running("dev") == version)
        }
    }

    @Test func `a loop does so at its due times, and tells of the origin`() async throws {
        try await withOutage(.dev.verifying("for: 10h, interval: 1s")) { stage, isDown in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            isDown.set(true)
            let signal = WakeSignal(now: { [clock = stage.clock] in clock.now })
            let told = Events()
            let runner = LoopRunner(
                controller: stage.controller, signal: signal, poll: .seconds(3600), tell: { told.add($0) })
            let running = Task { await runner.run() }
            let deadline = ContinuousClock.now + .seconds(20)
            for _ in 0..<2 {
                try stage.remove("targets/dev/tumor.running")
                while stage.running("dev") != version, ContinuousClock.now < deadline {
                    stage.clock.advance(.seconds(1))
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(stage.running("dev") == version)
            }
            #expect(told.all.first?.contains("nobody answers; looking again in 1s") == true)
            await signal.stop()
            await running.value
        }
    }

    @Test func `who may have lost the lease puts back what is gone, and replaces nothing`() async throws {
        try await withOutage { stage, isDown in
            let controller = Controller(
                stage.surroundings, branch: "main", lease: LeaseKeeper(stage.surroundings, host: "one", process: 1))
            let version = try stage.push(score: 0.8)
            try await controller.settle()
            isDown.set(true)
            try stage.write("another version\n", to: "targets/dev/tumor.running")
            for isLate in [false, true] {
                stage.clock.advance(.seconds(isLate ? 61 : 31))
                await #expect(throws: UnreachableRemote.Down.self) { try await controller.pass() }
                _ = await controller.tendMeanwhile()
                #expect((stage.running("dev") == version) == !isLate)
                try stage.write("another version\n", to: "targets/dev/tumor.running")
            }
            try stage.remove("targets/dev/tumor.running")
            stage.clock.advance(.seconds(31))
            _ = await controller.tendMeanwhile()
            #expect(stage.running("dev") == version)
        }
    }

    @Test func `who is started without the origin puts back what is gone, by its mirror`() async throws {
        try await withOutage(way: .mirror) { stage, isDown in
            let version = try stage.push(score: 0.8)
            try await controller(stage).settle()
            isDown.set(true)
            try stage.remove("targets/dev/tumor.running")
            stage.clock.advance(.seconds(31))
            // The one before died, and this one knows nothing but its mirror.
            let second = controller(stage, isAlive: false)
            await #expect(throws: UnreachableRemote.Down.self) { try await second.pass() }
            #expect(try #require(await second.tendMeanwhile()) > stage.clock.now)
            #expect(stage.running("dev") == version)
            #expect(stage.told.filter { $0.contains("warning: started without the origin; watching") }.count == 1)
            try stage.write("another version\n", to: "targets/dev/tumor.running")
            stage.clock.advance(.seconds(31))
            _ = await second.tendMeanwhile()
            #expect(stage.running("dev") == nil, "it may be newer than what is known here")
            isDown.set(false)
            let newer = try stage.push(score: 0.9)
            stage.clock.advance(.seconds(61))
            try await second.settle()
            #expect(try stage.pin("dev") == newer)
            #expect(stage.running("dev") == newer)
            #expect(stage.told.contains("info: the origin answers; going on from what it says"))
        }
    }

    @Test func `who is started without the origin leaves all to another who acted last`() async throws {
        try await withOutage(way: .mirror) { stage, isDown in
            try stage.push(score: 0.8)
            try await controller(stage).settle()
            isDown.set(true)
            try stage.remove("targets/dev/tumor.running")
            stage.clock.advance(.seconds(31))
            for other in [controller(stage, process: 2), controller(stage, host: "two", space: "other")] {
                await #expect(throws: UnreachableRemote.Down.self) { try await other.pass() }
                for _ in 0..<2 { #expect(await other.tendMeanwhile() == nil) }
                #expect(stage.running("dev") == nil)
                #expect(stage.told.last?.contains("one (process 1) acted last") == true)
            }
            #expect(stage.told.filter { $0.contains("acted last") }.count == 2)
        }
    }

    private func controller(
        _ stage: Stage, host: String = "one", process: Int = 1, space: String = "machine", isAlive: Bool = true
    ) -> Controller {
        Controller(
            stage.surroundings, branch: "main",
            lease: LeaseKeeper(
                stage.surroundings, host: host, process: process, space: space, isAlive: { _ in isAlive }))
    }

    private func withOutage(
        _ environment: EnvironmentText = .dev, way: Stage.Way = .sameStore,
        _ body: (Stage, FailingRemote.Switch) async throws -> Void
    ) async throws {
        let isDown = FailingRemote.Switch()
        try await withTemporaryFolder { folder in
            try await body(
                Stage(in: folder, [environment], way: way) {
                    $0.remote = UnreachableRemote(remote: $0.remote, isDown: isDown)
                }, isDown)
        }
    }
}

/// A remote that does not answer while a switch is on.
struct UnreachableRemote: Remote {
    struct Down: Error, CustomStringConvertible {
        var description: String { "nobody answers" }
    }

    let remote: any Remote
    let isDown: FailingRemote.Switch

    func references(_ patterns: [String]) async throws -> [String: ObjectID] { try await up().references(patterns) }

    func fetch(_ patterns: [String]) async throws { try await up().fetch(patterns) }

    func push(_ updates: [ReferenceUpdate]) async throws -> PushOutcome { try await up().push(updates) }

    private func up() throws -> any Remote {
        if isDown.isOn { throw Down() }
        return remote
    }
}
