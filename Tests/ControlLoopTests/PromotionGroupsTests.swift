import Domain
import Manifests
import Testing

@testable import ControlLoop

struct PromotionGroupsTests {
    func snapshot(_ spec: String) throws -> Snapshot {
        let text = "apiVersion: martlet.dev/v1\nkind: Environment\nmetadata: {name: dev}\nspec: {\(spec)}\n"
        let file = YAMLManifests().read(Array(text.utf8), path: "environments/dev/environment.yaml")
        var snapshot = Snapshot(revision: .zero, tree: .zero)
        if case .environment(let value)? = file.documents.first?.manifest {
            snapshot.environments["dev"] = .init(blob: .zero, value: value)
        }
        try #require(!snapshot.environments.isEmpty, "\(file.diagnostics)")
        return snapshot
    }

    func promotion(_ model: String) -> (unit: Unit, move: Action.Move) {
        let version = ModelVersion(model: model, revision: pin(1).revision, tree: .zero)
        return (Unit(environment: "dev", model: model), Action.Move(model: model, old: nil, new: version))
    }

    func plans(_ states: [String: UnitPlan.State]) -> [Unit: UnitPlan] {
        var plans: [Unit: UnitPlan] = [:]
        for (model, state) in states {
            let unit = Unit(environment: "dev", model: model)
            plans[unit] = UnitPlan(unit: unit, state: state, current: nil)
        }
        return plans
    }

    @Test func `each model by itself`() throws {
        let groups = PromotionGroups([promotion("a"), promotion("b")], try snapshot("from: []"), [:]).groups
        #expect(groups.map { $0.moves.map(\.model) } == [["a"], ["b"]])
    }

    @Test func `a batch in one commit, sets apart from it`() throws {
        let spec = "promotion: {order: batch}, releaseSets: [{name: s, models: [c, d]}]"
        let groups = PromotionGroups(
            ["a", "b", "c", "d"].map(promotion), try snapshot(spec), plans(["c": .ready, "d": .ready])
        ).groups
        #expect(groups.map { $0.moves.map(\.model) } == [["c", "d"], ["a", "b"]])
    }

    @Test(arguments: [UnitPlan.State.blocked, .evaluating, .empty])
    func `a set waits for a member that cannot enter yet`(_ state: UnitPlan.State) throws {
        let groups = PromotionGroups(
            [promotion("c")], try snapshot("releaseSets: [{name: s, models: [c, d]}]"),
            plans(["c": .ready, "d": state]))
        #expect(groups.groups == [])
        #expect(groups.incomplete.keys.map(\.model) == ["c"])
    }

    @Test func `who asks what a set waits for can copy the command, and hears since when`() throws {
        var plans = plans(["c": .ready, "d": .blocked])
        let since = Timestamp(seconds: 1_000_000)
        plans[Unit(environment: "dev", model: "c")]?.waitingSince = since
        let groups = PromotionGroups(
            [promotion("c")], try snapshot("releaseSets: [{name: s, models: [c, d]}]"), plans)
        let blocker = try #require(groups.incomplete.values.first)
        #expect(blocker.unblockedBy == "d can enter, too: martlet why d dev says what is missing")
        #expect(blocker.since == since)
    }

    @Test func `a set waits for a member that has no deployment`() throws {
        let groups = PromotionGroups(
            [promotion("c")], try snapshot("releaseSets: [{name: s, models: [c, d]}]"), plans(["c": .ready]))
        #expect(groups.groups == [])
    }
}
