import ControlLoop
import Domain
import TestSupport
import Testing

/// What becomes of requests that lead nowhere any more.
struct RequestLeftoverTests {
    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `a request of a deployment that is no more is closed`(_ way: Stage.Way) async throws {
        try await withRequests(way: way) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            #expect(stage.head() != nil)
            let name = "environments/production"
            try stage.commit(
                [
                    "environments/live/environment.yaml": stage.text(Stage.requested).replacing(
                        "name: production", with: "name: live"),
                    "environments/live/tumor.yaml": stage.deployment("tumor"),
                ], removing: ["\(name)/environment.yaml", "\(name)/tumor.yaml"])
            try await stage.settle()
            #expect(stage.head() == nil)
            #expect(stage.head("live") != nil)
            #expect(try stage.request().state == .closed)
            #expect(try stage.request().reason == "its deployment is no more")
            stage.restart()
            let record = try stage.tip("refs/martlet/requests")
            try await stage.settle()
            #expect(try stage.tip("refs/martlet/requests") == record)
        }
    }

    @Test func `what was taken back can be closed by hand, too`() async throws {
        try await withRequests { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            let unit = Unit(environment: "production", model: "tumor")
            _ = try await stage.controller.hold(unit, revision: version, reason: "legal review", lift: false)
            try await stage.settle()
            #expect(stage.head() == nil)
            let closed = try await stage.another().closeByHand(unit, reason: "not this one")
            #expect(closed?.state == .closed)
            #expect(try stage.request().reason == "not this one")
            #expect(try await stage.another().closeByHand(unit, reason: "again") == nil)
        }
    }
}
