import Domain
import Testing

@testable import Gates

@Suite struct GateJudgeTests {
    private let now = Timestamp("2026-11-21T12:00:00Z")!
    private let judge = GateJudge(zoneFile: ZoneFixture.read)

    private func gate(_ json: JSON) throws -> Gate { try Gate(node: ManifestTree(json)) }

    private func evidence(_ check: String, _ outcome: Outcome) -> Evidence {
        Evidence(
            check: check, key: Digest(String(repeating: "0", count: 64))!, model: "m", revision: .zero, tree: .zero,
            outcome: outcome, time: now, inputs: [:])
    }

    private func facts(_ gate: Gate, _ evidence: [Evidence?] = []) -> GateCase {
        GateCase(gateName: "production", gate: gate, evidence: evidence, now: now)
    }

    @Test func `an empty gate is open`() throws {
        #expect(try judge.blockers(facts(gate(.empty))) == [])
    }

    @Test(arguments: Verdict.allCases) func `only pass and warn admit`(verdict: Verdict) throws {
        let gate = try gate(["checks": ["model.slices"]])
        let blockers = judge.blockers(facts(gate, [evidence("model.slices", Outcome(verdict, "so"))]))
        #expect(blockers.isEmpty == (verdict == .pass || verdict == .warn))
    }

    @Test func `missing evidence blocks, whether the list is short or has a hole`() throws {
        let gate = try gate(["checks": ["model.slices", "data.schema"]])
        #expect(judge.blockers(facts(gate)).map(\.name) == ["model.slices", "data.schema"])
        let found = evidence("data.schema", Outcome(.pass, "fine"))
        #expect(judge.blockers(facts(gate, [nil, found])).map(\.name) == ["model.slices"])
    }

    @Test func `a failure names value and threshold`() throws {
        let finding = Finding(.fail, "auc 0.8 < 0.9", value: 0.8, threshold: 0.9)
        let gate = try gate(["checks": [["check": "infra.quality-gate"]]])
        let outcome = Outcome([finding], otherwise: "")
        let blocker = try #require(judge.blockers(facts(gate, [evidence("infra.quality-gate", outcome)])).first)
        #expect(blocker.kind == .check && blocker.value == 0.8 && blocker.threshold == 0.9)
        #expect(blocker.reason == "fail: auc 0.8 < 0.9" && blocker.unblockedBy == "a new version that passes")
        let waivable = try self.gate(["checks": [["check": "infra.quality-gate"]], "waivers": ["from": ["leads"]]])
        let other = judge.blockers(facts(waivable, [evidence("infra.quality-gate", outcome)])).first
        #expect(other?.unblockedBy == "a new version that passes; or a signed waiver by leads")
    }

    @Test func `it is said since when, and that what is missing outside of Git is looked for again`() throws {
        let gate = try gate(["checks": ["infra.artifact"], "soakFor": "2h"])
        let outcome = Outcome([Finding(.fail, "it is not there", mayChange: true)], otherwise: "")
        var facts = facts(gate, [evidence("infra.artifact", outcome)])
        facts.verifiedUpstream = ["staging": UpstreamHealth(since: now + .seconds(-60))]
        let blockers = judge.blockers(facts)
        #expect(blockers.map(\.since) == [now, now + .seconds(-60)])
        #expect(blockers[0].unblockedBy.contains("looks again by itself"))
        #expect(blockers[0].json["since"]?.string == now.description)
    }

    @Test func `a check that is not required only shows`() throws {
        let gate = try gate(["checks": [["check": "model.slices", "required": false]]])
        #expect(judge.blockers(facts(gate, [evidence("model.slices", Outcome(.fail, "bad"))])) == [])
    }

    @Test func `soak ends at its moment`() throws {
        var facts = facts(try gate(["soakFor": "2h"]))
        facts.verifiedUpstream = ["staging": UpstreamHealth(since: Timestamp("2026-11-21T10:30:00Z")!)]
        let blocker = try #require(judge.blockers(facts).first)
        #expect(blocker.kind == .soak && blocker.nextLook == Timestamp("2026-11-21T12:30:00Z"))
        #expect(blocker.reason.contains("since 2026-11-21T10:30:00Z") && blocker.reason.contains("2h"))
        facts.now = Timestamp("2026-11-21T12:30:00Z")!
        #expect(judge.blockers(facts).isEmpty)
    }

    @Test func `soak counts up to when it was known to be well, and a doubt ends it`() throws {
        var facts = facts(try gate(["soakFor": "2h"]))
        let since = facts.now + .seconds(-7200), next = facts.now + .seconds(30)
        facts.verifiedUpstream = [
            "staging": UpstreamHealth(since: since, until: facts.now + .seconds(-1), nextLook: next)
        ]
        let late = try #require(judge.blockers(facts).first)
        #expect(late.kind == .soak && late.value == 7199 && late.nextLook == next)
        #expect(late.unblockedBy.hasPrefix("the next look"))
        facts.verifiedUpstream["staging"]?.until = facts.now
        #expect(judge.blockers(facts).isEmpty)
        facts.verifiedUpstream["staging"]?.doubt = "the last look found it ill"
        let doubted = try #require(judge.blockers(facts).first)
        #expect(doubted.reason.hasPrefix("in staging the last look found it ill") && doubted.nextLook == next)
        facts.gate.soakFor = .zero
        #expect(judge.blockers(facts).isEmpty)
    }

    @Test func `approvals count each person once, and only those who are asked`() throws {
        var facts = facts(try gate(["approvals": ["count": 2, "from": ["ada", "grace", "edsger"]]]))
        func agreed(_ people: String...) -> Approvals {
            Approvals(counted: people.map { Approval(person: $0, tag: .zero, commit: .zero, time: now) })
        }
        facts.approvals = agreed("ada", "ada", "mallory")
        #expect(judge.blockers(facts).map(\.kind) == [.approval])
        #expect(judge.blockers(facts).first?.reason == "2 must agree, ada agreed; mallory agreed, who is not asked")
        facts.approvals = agreed("ada", "grace")
        #expect(judge.blockers(facts).isEmpty)
    }

    @Test func `of approvals that do not count some are named, and when one may`() throws {
        var facts = facts(try gate(["approvals": ["count": 1]]))
        facts.approvals.refused = (10..<35).map { .init(tag: "approve/p/m/\($0)", reason: "no") }
        facts.approvals.nextLook = Timestamp("2026-11-21T12:30:00Z")
        let blocker = try #require(judge.blockers(facts).first)
        #expect(blocker.reason.hasPrefix("1 must agree, nobody has agreed; approve/p/m/10 does not count: no; "))
        #expect(blocker.reason.hasSuffix("approve/p/m/19 does not count: no; 15 more do not count"))
        #expect(blocker.nextLook == facts.approvals.nextLook)
        facts.approvals = Approvals(nobodyMaySign: true)
        let none = try #require(judge.blockers(facts).first)
        #expect(none.reason == "1 must agree, nobody can sign: allowed_signers names nobody")
        #expect(none.unblockedBy.hasPrefix("a commit that adds those who may sign to allowed_signers"))
    }

    @Test func `the least score looks at what passes`() throws {
        var facts = facts(try gate(["score": ["least": 1]]))
        #expect(judge.blockers(facts).map(\.kind) == [.score])
        facts.scorecard = Scorecard([:])
        let blocker = try #require(judge.blockers(facts).first)
        #expect(blocker.value == 0 && blocker.threshold == 1)
        #expect(blocker.reason.contains("Data 0, Model 0, Infrastructure 0, Monitoring 0"))
        #expect(
            blocker.unblockedBy.hasPrefix("1 more of Data: data.schema, data.feature-benefit, data.feature-cost and 4"))
        let failed = Outcome(.fail, "no", measurements: ["n": 1])
        let run = Dictionary(uniqueKeysWithValues: Rubric.checks.map { ($0, Scorecard.Entry(failed)) })
        facts.scorecard = Scorecard(run)
        #expect(judge.blockers(facts).first?.reason.contains("0 passes (7 is run)") == true)
        for section in Rubric.sections {
            facts.scorecard = Scorecard(
                run.merging(section.checks.map { ($0, Scorecard.Entry(Outcome(.pass, "yes"))) }) { $1 })
            #expect(judge.blockers(facts).count == 1)
        }
        facts.scorecard = Scorecard(run.mapValues { _ in Scorecard.Entry(Outcome(.pass, "yes")) })
        #expect(judge.blockers(facts).isEmpty)
    }

    @Test func `a closed window says when it opens, an open one of two is enough`() throws {
        func window(_ allow: String) throws -> Environment.Window {
            try Environment.Window(node: ManifestTree(["allow": .string(allow), "zone": "Europe/Berlin"]))
        }
        var facts = facts(try gate(.empty))
        facts.windows = [try window("Mon-Thu 09:00-16:00")]
        let blocker = try #require(judge.blockers(facts).first)
        #expect(blocker.kind == .window && blocker.nextLook == Timestamp("2026-11-23T08:00:00Z"))
        facts.windows.append(try window("Sat"))
        #expect(judge.blockers(facts).isEmpty)
        facts.windows = [try Environment.Window(node: ManifestTree(["allow": "Mon", "zone": "Nowhere"]))]
        #expect(judge.blockers(facts).first?.reason.contains("no time zone") == true)
    }
}
