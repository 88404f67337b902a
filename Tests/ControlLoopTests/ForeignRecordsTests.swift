import ControlLoop
import Domain
import TestSupport
import Testing

/// Somebody lets one of Martlet's own references point to something else than a commit.
struct ForeignRecordsTests {
    @Test(arguments: ["status", "evidence", "requests"], [Stage.Way.sameStore, .mirror])
    func `it is named, with what to do`(_ name: String, _ way: Stage.Way) async throws {
        try await withStage([.dev], way: way) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let reference = "refs/martlet/\(name)"
            try spoil(reference, stage, asTag: name == "evidence")
            stage.restart()
            let version = try stage.push(score: 0.9)
            var words = stage.told
            do {
                for _ in 0..<5 { _ = try await stage.controller.pass() }
            } catch {
                words.append("\(error)")
            }
            words += stage.told + (try await stage.controller.currentPlans.flatMap(\.blockers).map(\.reason))
            #expect(words.contains { $0.contains("\(reference) does not point to a commit") })
            #expect(words.contains { $0.contains("git push origin --delete \(reference)") })
            try stage.repository.git("push", "--quiet", "origin", "--delete", reference)
            try await stage.wait(.seconds(120), step: .seconds(60))
            #expect(try stage.pin("dev") == version)
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test(arguments: [true, false])
    func `what cannot be planned is shown as that, and nothing is done by an older plan`(_ isDryRun: Bool) async throws
    {
        try await withStage([.dev, .staging]) { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            try stage.push(score: 0.9)
            try spoil("refs/martlet/evidence", stage, asTag: false)
            stage.restart { $0.isDryRun = isDryRun }
            _ = try await stage.controller.pass()
            let plans = try await stage.controller.currentPlans
            #expect(plans.map(\.unit.environment) == ["dev", "staging"])
            let plan = try #require(plans.first)
            #expect(plan.state == .blocked && plan.failure?.contains("does not point to a commit") == true)
            #expect(plan.current?.revision == version && plan.candidate == nil)
            #expect(plan.blockers.first?.kind == .person && plan.blockers.first?.nextLook != nil)
            stage.clock.advance(.seconds(11))
            _ = try await stage.controller.pass()
            #expect(stage.told.count { $0.contains("dev/tumor cannot be planned") } == 1)
        }
    }

    @Test func `notices that cannot be read stop nothing, are told of once, and written anew`() async throws {
        try await withNoticeSender([.dev]) { scene in
            let stage = scene.stage
            try spoil("refs/martlet/notices", stage, asTag: false)
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") != version)
            #expect(stage.told.filter { $0.contains("refs/martlet/notices does not point to a commit") }.count == 1)
            _ = await scene.noticeSender.settle()
            #expect(try git("cat-file", "-t", "refs/martlet/notices", in: stage.repository.origin) == "commit")
        }
    }

    private func spoil(_ reference: String, _ stage: Stage, asTag: Bool) throws {
        let origin = stage.repository.origin
        var object = try git("hash-object", "-w", "--stdin", in: origin, input: "no commit")
        if asTag {
            object = try git(
                "mktag", in: origin,
                input: "object \(object)\ntype blob\ntag x\ntagger W <w@example.com> 0 +0000\n\nx\n")
        }
        try git("update-ref", reference, object, in: origin)
    }
}
