import ControlLoop
import Domain
import TestSupport
import Testing

/// Back means back: never to what was rejected, nor to what is newer.
struct RollbackByHandTests {
    private let unit = Unit(environment: "dev", model: "tumor")

    /// Lets so many versions be verified, one after another.
    private func verified(_ count: Int, _ stage: Stage) async throws -> [ObjectID] {
        var versions: [ObjectID] = []
        for number in 0..<count {
            versions.append(try stage.push(score: 0.6 + Double(number) / 100))
            try await stage.settle()
        }
        return versions
    }

    private func rollBack(_ stage: Stage) async throws -> ObjectID? {
        let pin = try await stage.controller.rollBackByHand(unit, reason: "ada saw it")
        try await stage.settle()
        return pin?.revision
    }

    private func setPin(_ stage: Stage, to version: ObjectID) throws {
        try stage.commit(["environments/dev/tumor.yaml": stage.deployment("tumor", pin: "  revision: \(version)")])
    }

    private func rejected(_ stage: Stage) async -> [ObjectID] {
        await stage.status("dev")?.rejected.map(\.revision) ?? []
    }

    @Test func `a second rollback does not bring back what the first rejected`() async throws {
        try await withStage([.dev]) { stage in
            let versions = try await verified(2, stage)
            #expect(try await rollBack(stage) == versions[0])
            #expect(try await rollBack(stage) == nil)
            #expect(try stage.pin("dev") == versions[0])
            #expect(await rejected(stage) == [versions[1]])
        }
    }

    @Test func `nor does one after a hand-made git revert`() async throws {
        try await withStage([.dev]) { stage in
            let versions = try await verified(2, stage)
            try stage.revertByHand("Promote tumor \(versions[1].short) to dev")
            try await stage.settle()
            #expect(try await rollBack(stage) == nil)
            #expect(try stage.pin("dev") == versions[0])
        }
    }

    @Test func `from a version that a person pinned it does not go forward`() async throws {
        try await withStage([.dev]) { stage in
            let versions = try await verified(3, stage)
            try setPin(stage, to: versions[0])
            try await stage.settle()
            #expect(await stage.state("dev") == .verified)
            #expect(try await rollBack(stage) == nil)
            #expect(try stage.pin("dev") == versions[0])
        }
    }

    @Test func `a second step back reverts the promotion below, and not the revert on top`() async throws {
        try await withStage([.dev]) { stage in
            let versions = try await verified(3, stage)
            #expect(try await rollBack(stage) == versions[1])
            #expect(try await rollBack(stage) == versions[0])
            #expect(stage.running("dev") == versions[0])
            let promotions = versions.map { "Promote tumor \($0.short) to dev" }
            #expect(
                try stage.log().prefix(3) == [
                    "Revert \"\(promotions[1])\"", "Revert \"\(promotions[2])\"", promotions[2],
                ])
            #expect(await rejected(stage) == [versions[1], versions[2]])
            #expect(try await rollBack(stage) == nil)
        }
    }

    @Test func `without a verified one it goes to the one before`() async throws {
        try await withStage([.dev.verifying("for: 1h, interval: 1s, failureThreshold: 1")]) { stage in
            let first = try stage.push(score: 0.7)
            try await stage.settle()
            try stage.push(score: 0.8)
            try await stage.settle()
            #expect(try await rollBack(stage) == first)
            #expect(try await rollBack(stage) == nil)
        }
    }

    @Test func `by itself it does not go forward either`() async throws {
        try await withStage([.dev]) { stage in
            let versions = try await verified(3, stage)
            try setPin(stage, to: versions[0])
            _ = try await stage.controller.hold(unit, revision: versions[2], reason: "fixed", lift: true)
            try stage.answer("dev", "\(versions[1]) fail ill\n")
            try stage.set(.dev.with("freeze: {reason: audit}"))
            try setPin(stage, to: versions[1])
            try await stage.settle()
            #expect(try stage.pin("dev") == versions[0])
        }
    }
}
