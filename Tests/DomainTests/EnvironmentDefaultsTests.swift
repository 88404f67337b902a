import Domain
import Testing

/// What `martlet.yaml` says for environments that do not say it themselves.
struct EnvironmentDefaultsTests {
    @Test func `an own value wins as a whole, and what is not said is taken over`() throws {
        let defaults = try defaults(["promotion": ["mode": "manual"], "verify": ["for": "10m", "failureThreshold": 7]])
        let own = try environment(["verify": ["for": "1m"]]).resolved(by: defaults)
        #expect(own.verify.duration == .seconds(60) && own.verify.failureThreshold == 3)
        #expect(own.promotion.mode == .manual && own.rollback == Environment.Rollback())
        #expect(own.own == [.verify])
    }

    @Test func `what was taken over goes with it`() throws {
        let spec: JSON = ["rollback": ["onFailure": "manual"]]
        let first = try environment(spec).resolved(by: defaults(["promotion": ["order": "every"], "rollback": [:]]))
        #expect(first.promotion.order == .every && first.rollback.onFailure == .manual)
        #expect(try first.resolved(by: Environment.Defaults()) == environment(spec))
    }

    @Test func `null is not said`() throws {
        let taken = try environment(["verify": nil]).resolved(by: defaults(["verify": ["for": "10m"]]))
        #expect(taken.verify.duration == .seconds(600))
    }

    @Test func `what depends on an environment's settings depends on the defaults`() throws {
        var snapshot = Snapshot(revision: .zero, tree: .zero)
        snapshot.environments["dev"] = .init(blob: .zero, value: try environment([:]))
        let without = snapshot.source(ofEnvironment: "dev")
        #expect(without == "\(ObjectID.zero)" && snapshot.source(ofEnvironment: "prod") == nil)
        snapshot.settings.defaults = try defaults(["verify": ["for": "10m"]])
        let with = snapshot.source(ofEnvironment: "dev")
        snapshot.settings.defaults = try defaults(["verify": ["for": "11m"]])
        #expect(Set([without, with, snapshot.source(ofEnvironment: "dev")]).count == 3)
    }

    @Test func `a monitor is held against the limit that counts`() throws {
        let monitors: JSON = [["name": "errors", "probe": ["kind": "x"], "action": "rollback", "for": "15m"]]
        #expect(throws: FieldErrors.self) {
            try environment(["monitors": monitors, "rollback": ["failureAgeLimit": "10m"]])
        }
        var snapshot = Snapshot(revision: .zero, tree: .zero)
        for (limit, count) in [("10m", 1), ("30m", 0)] {
            snapshot.settings.defaults = try defaults(["rollback": ["failureAgeLimit": .string(limit)]])
            let environment = try environment(["monitors": monitors]).resolved(by: snapshot.settings.defaults)
            snapshot.environments["dev"] = .init(blob: .zero, value: environment)
            let found = References.problems(in: snapshot)
            #expect(found.count == count)
            if let problem = found.first {
                #expect(problem.file == "environments/dev/environment.yaml" && problem.severity == .error)
                #expect(problem.message.contains("'errors' waits longer than rollback.failureAgeLimit"))
                #expect(problem.hint?.contains("10m") == true)
            }
        }
    }

    @Test func `so are the looks of the verification, wherever they are written`() throws {
        var snapshot = Snapshot(revision: .zero, tree: .zero)
        for (spec, written, count) in [
            (["verify": ["interval": "10m"]], [:], 1), ([:], ["verify": ["interval": "10m"]], 1),
            (["verify": ["interval": "10m"]], ["rollback": ["failureAgeLimit": "1h"]], 0), ([:], [:], 0),
        ] as [(JSON, JSON, Int)] {
            snapshot.settings.defaults = try defaults(written)
            let environment = try environment(spec).resolved(by: snapshot.settings.defaults)
            snapshot.environments["dev"] = .init(blob: .zero, value: environment)
            let found = References.problems(in: snapshot)
            #expect(found.allSatisfy { $0.severity == .warning })
            #expect(found.map(\.file) == Array(repeating: "environments/dev/environment.yaml", count: count))
            #expect(found.allSatisfy { $0.message.contains("failureThreshold looks take 20m") }, "\(found)")
        }
    }

    private func environment(_ spec: JSON) throws -> Environment { try Environment(node: ManifestTree(spec)) }

    private func defaults(_ spec: JSON) throws -> Environment.Defaults {
        try Environment.Defaults(node: ManifestTree(spec))
    }
}
