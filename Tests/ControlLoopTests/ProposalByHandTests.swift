import ControlLoop
import Domain
import TestSupport
import Testing

/// What CI systems are told of a commit that would be merged: never more than the controller would allow.
struct ProposalByHandTests {
    private static let pair = Stage.requested.with("releaseSets: [{name: pair, models: [a, b]}]")

    private static func file(_ model: String, in environment: String) -> String {
        "environments/\(environment)/\(model).yaml"
    }

    @Test func `a member of a release set waits for the other, unless both come`() async throws {
        let room = EnvironmentText.dev.with("releaseSets: [{name: pair, models: [a, b]}]")
        try await withStage([room], models: ["a", "b"]) { stage in
            let one = try stage.push("a", score: 0.9)
            let other = try stage.push("b", score: 0.2)
            try await stage.settle()
            let alone = try stage.propose([Self.file("a", in: "dev"): stage.pinned(one, "a")], as: "train")
            let verdict = try await stage.verdict(on: alone)
            #expect(verdict.state == .waiting && verdict.waits.contains { $0.contains("dev/a: release-set pair") })
            let both = try stage.propose(
                [
                    Self.file("a", in: "dev"): stage.pinned(one, "a"),
                    Self.file("b", in: "dev"): stage.pinned(other, "b"),
                ],
                as: "train")
            let waits = try await stage.verdict(on: both).waits
            #expect(waits.count == 2 && waits[1].hasPrefix("dev/b: check test.score: fail"), "\(waits)")
        }
    }

    @Test func `a change brings no order to Martlet with it`() async throws {
        try await withStage([.dev], models: ["a"]) { stage in
            let version = try stage.push("a", score: 0.9)
            try await stage.settle()
            let head = try stage.onSide {
                let trailers = "Martlet-Action: lift\nMartlet-Environment: dev\nMartlet-Lifts: a@\(version)"
                let head = try id(
                    stage.repository.commit(
                        ["README.md": "x\n"], message: "A note\n\n\(trailers)\n", push: false))
                try stage.repository.git("push", "--quiet", "--force", "origin", "HEAD:refs/heads/note")
                return head
            }
            let verdict = try await stage.verdict(on: head)
            #expect(verdict.state == .refused)
            #expect(
                verdict.objections.first?.contains("is an order to Martlet, which comes by martlet hold --lift") == true
            )
        }
    }

    @Test func `a request of two models comes in whole or not at all`() async throws {
        try await withStage([.dev, Self.pair], models: ["a", "b"], gate: "  soakFor: 1h") { stage in
            try stage.push("a", score: 0.8)
            try stage.push("b", score: 0.8)
            try await stage.settle()
            let head = try #require(stage.head("production", "a"))
            #expect(try stage.request("production", "a").moves.map(\.model) == ["a", "b"])
            let whole = try await stage.verdict(on: head)
            #expect(whole.state == .waiting && whole.moves.count == 2)
            #expect(whole.waits.allSatisfy { $0.contains("soak") }, "\(whole.waits)")

            try stage.repository.git("fetch", "--quiet", "origin", "promote/production/a")
            let half = try stage.onSide {
                try stage.repository.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
                try stage.repository.git("checkout", "--quiet", "origin/main", "--", Self.file("b", in: "production"))
                let half = try id(stage.repository.commit([:], message: "only a", push: false))
                try stage.repository.git("push", "--quiet", "--force", "origin", "HEAD:refs/heads/train")
                return half
            }
            let verdict = try await stage.verdict(on: half)
            #expect(verdict.state == .refused && verdict.moves.count == 1)
            #expect(verdict.objections == ["production/a: it brings only a part of promote/production/a"])
        }
    }

    @Test func `a train that squashes is told what is said of the requests in it`() async throws {
        var dev = EnvironmentText.dev
        dev.gate = false
        try await withStage([dev, Self.pair], models: ["a", "b"], gate: "  approvals: {count: 1}") { stage in
            try stage.push("a", score: 0.8)
            try stage.push("b", score: 0.8)
            try await stage.settle()
            let head = try #require(stage.head("production", "a"))
            func squashed() throws -> ObjectID {
                let origin = stage.repository.origin
                let tree = try git("merge-tree", "--write-tree", "main", head.description, in: origin)
                return try id(git("commit-tree", tree, "-p", "main", "-m", "Squashed", in: origin))
            }
            let same = try await stage.verdict(on: squashed(), isSquashed: true)
            #expect(same.state == .waiting && same.moves.count == 2)
            #expect(same.waits.allSatisfy { $0.contains("approval") } && !same.waits.isEmpty, "\(same.waits)")

            var status = try stage.request("production", "a")
            (status.state, status.reason) = (.closed, "closed on the page")
            try stage.commit(["martlet.yaml": Self.settings])
            try stage.record(status)
            let closed = try await stage.verdict(on: squashed(), isSquashed: true)
            #expect(closed.state == .refused)
            #expect(closed.objections.contains("production/a: closed on the page"), "\(closed.objections)")
        }
    }

    @Test func `where reviews count, the controller's word on this head does, under the policy of now`() async throws {
        try await withRequests(gate: "  approvals: {count: 1}") { stage in
            try stage.push(score: 0.8)
            try stage.set(.dev.with("promotion: {mode: manual}"))
            try stage.commit(["martlet.yaml": Self.settings])
            try await stage.settle()
            let version = try id(git("rev-parse", "main~2", in: stage.repository.origin))
            let head = try stage.proposePin(version, in: "dev")
            try await stage.settle()
            var status = try stage.request("dev")
            #expect(status.head == head && status.blockers.map(\.kind) == [.approval])
            #expect(try await stage.verdict(on: head).waits.contains { $0.contains("person forge") })

            (status.state, status.blockers) = (.ready, [])
            try stage.record(status)
            #expect(try await stage.verdict(on: head).state == .open)
            status.head = version
            try stage.record(status)
            #expect(try await stage.verdict(on: head).state == .waiting)
            status.head = head
            try stage.record(status)
            try stage.commit(["gates/g.yaml": stage.gate("  approvals: {count: 2}")])
            #expect(try await stage.verdict(on: head).state == .waiting)

            (status.state, status.reason) = (.closed, "closed on the page")
            try stage.record(status)
            let closed = try await stage.verdict(on: head)
            #expect(closed.state == .refused && closed.objections == ["dev/tumor: closed on the page"])
        }
    }

    @Test func `what was rejected is judged as any version that would enter, what ran before it may come back`()
        async throws
    {
        try await withStage([.dev, Stage.requested], gate: "") { stage in
            let first = try stage.push(score: 0.7)
            try await stage.settle()
            let second = try stage.push(score: 0.8)
            try await stage.settle()
            let third = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("production") == third)
            let unit = Unit(environment: "production", model: "tumor")
            func pins(_ version: ObjectID) throws -> ObjectID {
                try stage.propose(["environments/production/tumor.yaml": stage.pinned(version)], as: "fix")
            }
            #expect(try await stage.verdict(on: pins(first)).state == .open)
            #expect(try await stage.controller.rollBackByHand(unit, reason: "bad")?.revision == second)
            try await stage.settle()
            let again = try await stage.verdict(on: pins(third))
            #expect(again.state == .refused)
            #expect(again.objections.first?.contains("was rejected in production: bad") == true, "\(again.objections)")
            #expect(try await stage.verdict(on: pins(first)).state == .open)
            // What ran well there and was left, but not rejected, enters by the gate like any other.
            try stage.commit(["environments/production/tumor.yaml": stage.pinned(first)], message: "back")
            try stage.commit(["gates/g.yaml": stage.gate("  approvals: {count: 1}")])
            _ = try await stage.controller.hold(unit, revision: second, reason: "fixed", lift: true)
            try await stage.settle()
            let forward = try await stage.verdict(on: pins(second))
            #expect(forward.state != .open, "\(forward.summary)")
        }
    }

    @Test(arguments: [false, true])
    func `what would run nothing any more is said, and too much of it needs a person`(_ isWhole: Bool) async throws {
        let models = (1...4).map { "m\($0)" }
        try await withStage([.dev], models: models) { stage in
            for model in models { try stage.push(model, score: 0.9) }
            try await stage.settle()
            func without(_ names: [String], _ more: [String: String] = [:]) throws -> ObjectID {
                let paths = names.map { Self.file($0, in: "dev") }
                if isWhole { return try stage.propose(more, removing: paths, as: "fix") }
                return try stage.propose(
                    more.merging(zip(paths, names.map { stage.deployment($0) })) { $1 }, as: "fix")
            }
            let one = try await stage.verdict(on: without(["m1"]))
            #expect(one.state == .open && one.removals.map(\.unit.model) == ["m1"])
            #expect(one.summary == "its manifests are valid (1 file); dev/m1 would run nothing any more")
            let two = try await stage.verdict(on: without(["m1", "m2"]))
            #expect(two.state == .waiting)
            #expect(two.waits.first?.hasPrefix("dev: person: 2 of 4 deployments would go in one step") == true)
            let settings = [
                "gates/g.yaml": stage.gate("", least: 0.4),
                "environments/dev/environment.yaml": stage.text(.dev.with("windows: []")),
            ]
            let more = try await stage.verdict(on: without(["m1"], settings)).summary
            #expect(
                more == "its manifests are valid (3 files); dev/m1 would run nothing any more; "
                    + "changed: gates/g.yaml, environments/dev/environment.yaml", "\(more)")
            let none = try await stage.verdict(on: stage.propose(["README.md": "x"], as: "fix")).summary
            #expect(none == "its manifests are valid (1 file), no environment changes")
        }
    }

    @Test func `versions and their own rules do not come at once, unless the branch lets them`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.9)
            try await stage.settle()
            let next = try stage.push(score: 0.95)
            let path = Self.file("tumor", in: "dev"), signers = "ada ssh-ed25519 AAAA\n"
            let files = [
                path: stage.pinned(next), "gates/g.yaml": stage.gate("", least: 0.1), "allowed_signers": signers,
            ]
            let mixed = try await stage.verdict(on: stage.propose(files, as: "mixed"))
            #expect(mixed.state == .refused, "\(mixed.summary)")
            #expect(
                mixed.objections.contains {
                    $0.hasPrefix("it moves dev/tumor and changes allowed_signers, gates/g.yaml at once")
                }, "\(mixed.objections)")
            // Each by itself is judged as before, and rules are named, those that say who counts first.
            let rules = try await stage.verdict(on: stage.propose(files.filter { $0.key != path }, as: "rules"))
            #expect(rules.state == .open && rules.summary.hasSuffix("changed: allowed_signers, gates/g.yaml"))
            try stage.commit(["martlet.yaml": Self.head + "spec: {policyWithVersions: true}\n"], message: "allow")
            let allowed = try await stage.verdict(on: stage.propose(files, as: "allowed"))
            #expect(!allowed.objections.contains { $0.contains("at once") }, "\(allowed.objections)")
        }
    }

    private static let head = "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: r}\n"

    private static let settings = """
        apiVersion: martlet.dev/v1
        kind: Repository
        metadata: {name: martlet}
        spec:
          forge: {kind: gitlab, repository: acme/models, token: {env: FORGE_TOKEN}, reviews: true}

        """
}

extension Stage {
    fileprivate func verdict(on commit: ObjectID, isSquashed: Bool = false) async throws -> ProposalVerdict {
        var options = Controller.Options()
        options.isDryRun = true
        return try await Controller(surroundings, branch: "main", options: options).explain(
            merging: commit, isSquashed: isSquashed)
    }

    /// Writes the record as a controller that knows a forge would have.
    fileprivate func record(_ status: RequestStatus) throws {
        let (origin, reference) = (repository.origin, "refs/martlet/requests")
        let environment = [
            "GIT_INDEX_FILE": origin + "/record", "GIT_AUTHOR_NAME": "M", "GIT_AUTHOR_EMAIL": "m@example.com",
            "GIT_COMMITTER_NAME": "M", "GIT_COMMITTER_EMAIL": "m@example.com",
        ]
        let blob = try git("hash-object", "-w", "--stdin", in: origin, input: status.json.text())
        try git("read-tree", reference, in: origin, environment: environment)
        try git(
            "update-index", "--add", "--cacheinfo", "100644,\(blob),\(status.unit).json", in: origin,
            environment: environment)
        let tree = try git("write-tree", in: origin, environment: environment)
        let commit = try git(
            "commit-tree", "-p", reference, "-m", "record", tree, in: origin, environment: environment)
        try git("update-ref", reference, commit, in: origin)
    }
}
