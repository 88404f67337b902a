import Domain
import Foundation
import Git
import TestSupport
import Testing

@testable import ControlLoop

/// A check that could not be run says nothing of the version, and is told all the same.
struct CheckErrorTests {
    @Test func `why and status say that a check could not be run, also where nobody runs it again`() async throws {
        try await withStage([.dev]) { stage in
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            let broken = try stage.commit([:], removing: ["models/tumor/score.txt"], message: "no score")
            try await stage.settle()
            #expect(try stage.pin("dev") == good)
            let hindrance = try #require(try stage.recorded("dev").hindrance)
            #expect(hindrance.revision == broken && !hindrance.needsPerson)
            #expect(hindrance.reason == "tumor \(broken.short) test.score error: score.txt cannot be read")
            let plan = try #require(try await stage.controller.currentPlans.first)
            #expect(plan.checkErrors.map(\.check) == ["test.score"])
            #expect(plan.blockers.map(\.kind) == [.check])
            // Another process knows no more than what is written down.
            let why = try await stage.why("dev")
            #expect(why.state == .blocked)
            #expect(why.blockers.map(\.reason) == [hindrance.reason])
            let report = try await StatusReport.read(stage.store, stage.surroundings.language, branch: "main")
            #expect(report.lines.first?.reason.contains(hindrance.reason) == true)
            // Looks that find the same are no news.
            let status = try stage.tip("refs/martlet/status")
            stage.restart()
            try await stage.wait(.seconds(200), step: .seconds(20))
            #expect(try stage.tip("refs/martlet/status") == status)
            let better = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == better)
            #expect(try stage.recorded("dev").hindrance == nil)
        }
    }

    @Test func `what can be run again is said to be so no more, though it fails`() async throws {
        try await withStage([.dev]) { stage in
            try stage.commit(
                ["models/tumor/model.yaml": Stage.model("tumor"), "models/tumor/model.bin": "weights"],
                message: "no score")
            try await stage.settle()
            #expect(try stage.recorded("dev").hindrance != nil)
            try stage.push(score: 0.1)
            try await stage.settle()
            #expect(try stage.recorded("dev").hindrance == nil)
            #expect(try await stage.why("dev").blockers.map(\.kind) == [.check])
        }
    }
}
