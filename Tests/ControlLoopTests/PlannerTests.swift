import ControlLoop
import Domain
import Manifests
import Testing

struct PlannerTests {
    let now = Timestamp(seconds: 1_000_000)
    let unit = Unit(environment: "prod", model: "m")

    func version(_ number: Int) -> ModelVersion {
        ModelVersion(
            model: "m", revision: pin(number).revision,
            tree: ObjectID(high: UInt64(number), middle: 1, low: 1))
    }

    func facts(_ spec: String = "", _ change: (inout UnitFacts) -> Void = { _ in }) throws -> UnitFacts {
        let text =
            "apiVersion: martlet.dev/v1\nkind: Environment\nmetadata: {name: prod}\nspec: {from: [staging]\(spec)}\n"
        let file = YAMLManifests().read(Array(text.utf8), path: "environments/prod/environment.yaml")
        guard case .environment(let environment)? = file.documents.first?.manifest else {
            throw Unreadable(text: "\(file.diagnostics)")
        }
        var facts = UnitFacts(
            unit: unit, environment: environment, gate: nil, deployment: Deployment(model: "m", pin: pin(1)),
            status: DeploymentStatus(pin: pin(1), state: .verified, since: now))
        facts.current = version(1)
        change(&facts)
        return facts
    }

    struct Unreadable: Error { let text: String }

    let open = Planner(judge: { _ in [] })

    @Test func `nothing waits: up to date`() throws {
        let (plan, action) = open.promotion(try facts(), now: now)
        #expect(plan.state == .upToDate)
        #expect(action == nil)
        #expect(plan.blockers == [])
    }

    @Test func `an open gate lets the newest in`() throws {
        let (plan, action) = open.promotion(try facts { $0.candidates = [version(2), version(3)] }, now: now)
        #expect(plan.state == .ready)
        let move = Action.Move(model: "m", old: pin(1), new: version(3))
        #expect(action == .promote(environment: "prod", moves: [move], gate: nil))
    }

    @Test func `where no check was asked for, the plan says so`() throws {
        let bare = try facts { $0.candidates = [version(2)] }
        #expect(open.promotion(bare, now: now).plan.note == "no check was asked for: prod has no gate")
        let others = try facts(", gates: [{models: [x], gate: g}]") { $0.candidates = [version(2)] }
        #expect(open.promotion(others, now: now).plan.note == "no check was asked for: prod has no gate for m")
        var gated = try facts(", gate: g") { $0.candidates = [version(2)] }
        gated.gate = try Gate(node: ManifestTree(["checks": []]))
        #expect(open.promotion(gated, now: now).plan.note == "no check was asked for: gate 'g' names none")
        gated.gate = try Gate(node: ManifestTree(["score": ["least": 1]]))
        #expect(open.promotion(gated, now: now).plan.note == nil)
    }

    @Test func `the same facts always give the same plan`() throws {
        let facts = try facts(", freeze: {reason: x}") { $0.candidates = [version(2)] }
        let first = open.promotion(facts, now: now)
        for _ in 0..<10 { #expect(open.promotion(facts, now: now).plan == first.plan) }
    }

    @Test func `an older version does not enter because the newest was rejected`() throws {
        let facts = try facts {
            $0.candidates = [version(2), version(3)]
            $0.status.rejected = [.init(revision: pin(3).revision, tree: nil, by: .zero, at: now, cause: "ill")]
        }
        let (plan, action) = open.promotion(facts, now: now)
        #expect(action == nil)
        #expect(plan.blockers.map(\.kind) == [.hold])
    }

    @Test func `content that was rejected stays out under another commit`() throws {
        let facts = try facts {
            $0.candidates = [version(3)]
            $0.status.rejected = [
                .init(revision: pin(9).revision, tree: version(3).tree, by: .zero, at: now, cause: "x")
            ]
        }
        #expect(open.promotion(facts, now: now).action == nil)
    }

    @Test func `every takes the oldest, and waits until it is verified`() throws {
        var facts = try facts(", promotion: {order: every}") { $0.candidates = [version(2), version(3)] }
        guard case .promote(_, let moves, _)? = open.promotion(facts, now: now).action else {
            Issue.record("not promoted")
            return
        }
        #expect(moves.map(\.new) == [version(2)])
        facts.status.state = .verifying
        let (plan, action) = open.promotion(facts, now: now)
        #expect(action == nil)
        #expect(plan.blockers.map(\.kind) == [.order])
    }

    @Test func `a rewritten branch and broken files stop everything and evaluate nothing`() throws {
        let facts = try facts {
            $0.candidates = [version(2)]
            $0.historyWasRewritten = true
            $0.brokenFiles = ["gates/g.yaml"]
        }
        let (plan, action) = open.promotion(facts, now: now)
        #expect(action == nil)
        #expect(plan.state == .blocked)
        #expect(plan.blockers.map(\.kind) == [.forcePush, .manifest])
    }

    @Test func `the next look is the earliest of what blocks`() throws {
        let later = now + .seconds(60), soon = now + .seconds(10)
        let planner = Planner(judge: { _ in
            [
                Blocker(.soak, "x", "", unblockedBy: "", nextLook: later),
                Blocker(.window, "y", "", unblockedBy: "", nextLook: soon), Blocker(.check, "z", "", unblockedBy: ""),
            ]
        })
        let (plan, _) = planner.promotion(try facts { $0.candidates = [version(2)] }, now: now)
        #expect(plan.nextLook == soon)
    }
}
