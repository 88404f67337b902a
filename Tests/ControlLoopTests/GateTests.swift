import ControlLoop
import Domain
import TestSupport
import Testing

struct GateTests {
    @Test func `a closed gate says what was found, what was wanted and who can change it`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.3)
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            let plan = try await stage.why("dev")
            #expect(plan.state == .blocked)
            let blocker = try #require(plan.blockers.first)
            #expect(blocker.kind == .check)
            #expect(blocker.name == "test.score")
            #expect(blocker.reason.contains("score 0.3, at least 0.5"))
            #expect(blocker.value == 0.3)
            #expect(blocker.threshold == 0.5)
            #expect(!blocker.unblockedBy.isEmpty)
        }
    }

    @Test func `a check can ask what was found out of a version before`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.3)
            try await stage.settle()
            let catalog = VersionCatalog(store: stage.store, language: stage.surroundings.language)
            let known = try #require(try await catalog.version(of: "tumor", at: version))
            let subject = Evaluator(stage.surroundings).subject(
                known, environment: nil, deployed: nil, tip: version, of: "main")
            let found = try await subject.tools.evidence(known.version)
            #expect(found.map(\.check) == ["test.score"] && found.map(\.outcome.verdict) == [.fail])
        }
    }

    @Test func `a gate without checks lets a version in, and the commit says that nothing was looked at`() async throws
    {
        try await withStage([.dev]) { stage in
            let gate = "apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: g}\nspec: {checks: []}\n"
            try stage.commit(["gates/g.yaml": gate])
            let version = try stage.push(score: 0.3)
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
            #expect(try stage.message().contains("- no check was asked for: gate 'g' names none\n"))
        }
    }

    @Test func `a gate that is lowered lets the version in without running the check of the old settings again`()
        async throws
    {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.3)
            try await stage.settle()
            try stage.commit(["gates/g.yaml": stage.gate(least: 0.2)])
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
            #expect(stage.runs == 2)
            try stage.commit(["gates/g.yaml": stage.gate(least: 0.5)])
            try await stage.settle()
            #expect(stage.runs == 2)
        }
    }

    @Test func `soak lets a version wait, and says until when`() async throws {
        try await withStage([.dev, .staging], gate: "  soakFor: 1h") { stage in
            let version = try stage.push(score: 0.9)
            let start = stage.clock.now
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
            #expect(try stage.pin("staging") == nil)
            let plan = try await stage.why("staging")
            #expect(plan.blockers.map(\.kind) == [.soak])
            #expect(plan.nextLook == start + .seconds(3600))
            try await stage.wait(.seconds(3599), step: .seconds(300))
            #expect(try stage.pin("staging") == nil)
            try await stage.wait(.seconds(1))
            #expect(try stage.pin("staging") == version)
        }
    }

    @Test func `soak goes on through a restart`() async throws {
        try await withStage([.dev, .staging], gate: "  soakFor: 1h") { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            try await stage.wait(.seconds(1800), step: .seconds(300))
            stage.restart()
            try await stage.settle()
            try await stage.wait(.seconds(1801), step: .seconds(300))
            #expect(try stage.pin("staging") == version)
        }
    }

    @Test func `a freeze stops promotion until it ends by itself`() async throws {
        let room = EnvironmentText.dev.with(
            "freeze: {reason: end of year, until: 2026-03-02T12:00:00Z}")
        try await withStage([room]) { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            let plan = try await stage.why("dev")
            #expect(plan.blockers.map(\.kind) == [.freeze])
            #expect(plan.blockers[0].reason.contains("end of year"))
            #expect(plan.nextLook == Timestamp("2026-03-02T12:00:00Z"))
            try await stage.wait(.seconds(7190), step: .seconds(719))
            #expect(try stage.pin("dev") == nil)
            try await stage.wait(.seconds(10), step: .seconds(5))
            #expect(try stage.pin("dev") == version)
        }
    }

    @Test func `a freeze is told with the commit's time since which there is one`() async throws {
        try await withStage([.dev]) { stage in
            try stage.set(.dev.with("freeze: {reason: audit}"))
            let monday = ["GIT_COMMITTER_DATE": "2026-01-05T10:00:00Z"]
            try stage.repository.git("commit", "--quiet", "--amend", "--no-edit", environment: monday)
            try stage.repository.git("push", "--quiet", "--force", "origin", "HEAD:main")
            try stage.push(score: 0.9)
            try stage.set(.dev.with("freeze: {reason: a longer audit}"))
            try await stage.settle()
            let blocker = try #require(try await stage.why("dev").blockers.first)
            #expect(blocker.kind == .freeze && blocker.reason.contains("a longer audit"))
            #expect(blocker.since == Timestamp("2026-01-05T10:00:00Z"))
        }
    }

    @Test func `a freeze stops no rollback`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.set(.dev.with("freeze: {reason: audit}"))
            try stage.answer("dev", "\(second) fail ill\n")
            try await stage.wait(.seconds(40), step: .seconds(5))
            #expect(try stage.pin("dev") == first)
        }
    }

    @Test func `versions enter in the window only`() async throws {
        // The stage's clock starts on a Monday at ten.
        let room = EnvironmentText.dev.with("windows: [{allow: \"Tue 09:00-16:00\", zone: UTC}]")
        try await withStage([room]) { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            let plan = try await stage.why("dev")
            #expect(plan.blockers.map(\.kind) == [.window])
            #expect(plan.nextLook == Timestamp("2026-03-03T09:00:00Z"))
            try await stage.wait(.seconds(23 * 3600 - 60), step: .seconds(3600))
            #expect(try stage.pin("dev") == nil)
            try await stage.wait(.seconds(60))
            #expect(try stage.pin("dev") == version, "\(stage.told)")
        }
    }

    @Test func `manual promotion waits for a person, who is held to the gate`() async throws {
        try await withStage([.dev.with("promotion: {mode: manual}")]) { stage in
            let unit = Unit(environment: "dev", model: "tumor")
            let bad = try stage.push(score: 0.1)
            try await stage.settle()
            guard case .blocked(let blockers) = try await stage.controller.promoteByHand(unit) else {
                Issue.record("not blocked")
                return
            }
            #expect(blockers.map(\.kind) == [.check])
            let good = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            #expect(try await stage.why("dev").blockers.map(\.kind) == [.mode])
            guard case .promoted(let version, _) = try await stage.controller.promoteByHand(unit) else {
                Issue.record("not promoted")
                return
            }
            #expect(version.revision == good)
            #expect(try stage.pin("dev") == good)
            #expect(try await stage.controller.promoteByHand(unit) == .upToDate)
            #expect(try await stage.controller.promoteByHand(Unit(environment: "x", model: "tumor")) == .unknown)
            try await stage.settle()
            #expect(stage.running("dev") == good)
            #expect(bad != good)
        }
    }

    @Test func `a check that cannot run blocks, is not written down, and is tried again`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.9)
            try stage.commit(["models/tumor/score.txt": "many"])
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            #expect(stage.runs == 1)
            #expect(try await stage.why("dev").state == .blocked)
            try await stage.wait(.seconds(61), step: .seconds(30))
            #expect(stage.runs == 2)
            #expect(throws: (any Error).self) { try stage.tip("refs/martlet/evidence") }
        }
    }

    @Test func `a check against the deployed version is run anew when that changes`() async throws {
        try await withStage([.dev]) { stage in
            try stage.commit([
                "gates/g.yaml": stage.gate().replacing("checks: [", with: "checks: [test.better, ")
            ])
            try stage.push(score: 0.8)
            try await stage.settle()
            try stage.push(score: 0.7)
            try await stage.settle()
            #expect(try await stage.why("dev").blockers.map(\.name) == ["test.better"])
            let best = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == best)
        }
    }

    private func withEarlierCheck(_ settings: String, _ body: (Stage) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev]) {
                $0.checks = CheckRegistry([ScoreCheck.self, WaitingCheck.self, EarlierCheck.self])
            }
            try stage.commit([
                "gates/g.yaml": stage.gate().replacing("checks: [", with: "checks: [\(settings), ")
            ])
            try await body(stage)
        }
    }

    @Test func `a check sees the versions that ran well before, and none that was rolled back`() async throws {
        try await withEarlierCheck("test.earlier") { stage in
            let first = try stage.push(score: 0.6)
            try await stage.settle()
            let second = try stage.push(score: 0.7)
            try await stage.settle()
            let ill = try stage.push(score: 0.8)
            try stage.answer("dev", "\(ill) fail ill\n")
            try await stage.wait(.seconds(40), step: .seconds(5))
            #expect(try stage.pin("dev") == second)
            try stage.push(score: 0.85)
            try await stage.settle()
            let words = "test.earlier pass: \(second.short) runs, before it \(first.short)"
            #expect(stage.told.count { $0.hasSuffix(words) } == 2)
            try stage.push(score: 0.9)
            try await stage.settle()
            #expect(stage.told.contains { $0.hasSuffix("before it \(second.short) \(first.short)") }, "\(stage.told)")
        }
    }

    @Test func `a check against earlier versions is run anew when one of them is held`() async throws {
        try await withEarlierCheck("{check: test.earlier, most: 1}") { stage in
            let first = try stage.push(score: 0.6)
            try await stage.settle()
            for score in [0.7, 0.8] {
                try stage.push(score: score)
                try await stage.settle()
            }
            let last = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try await stage.why("dev").blockers.map(\.name) == ["test.earlier"])
            let unit = Unit(environment: "dev", model: "tumor")
            _ = try await stage.controller.hold(unit, revision: first, reason: "it leaked", lift: false)
            try await stage.settle()
            #expect(try stage.pin("dev") == last)
        }
    }
}

/// Says which versions it was shown.
private struct EarlierCheck: Check {
    static let id = "test.earlier"
    static let summary = "names the versions that ran before"
    static let looksAt: Set<CheckInput> = [.deployed, .earlier]
    let most: Int

    init(_ fields: Fields) throws(FieldErrors) { most = fields.value("most", default: 9, "how many are not too many") }

    func run(on subject: Subject) async throws -> Outcome {
        let earlier = subject.earlier.map(\.version.revision.short).joined(separator: " ")
        return Outcome(
            subject.earlier.count > most ? .fail : .pass,
            "\(subject.deployed?.version.revision.short ?? "nothing") runs, before it \(earlier)")
    }
}
