import ControlLoop
import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

/// What would be wrong between manifests, said of what people propose as the branch's guard would say it.
struct ProposalValidityTests {
    /// Counts how often everything was looked at.
    private final class Looks: Sendable {
        private let count = Mutex(0)

        var all: Int { count.withLock { $0 } }

        func watch(_ surroundings: inout Surroundings) {
            surroundings.validation = Validation(
                language: surroundings.language, checks: surroundings.checks, targets: surroundings.targets,
                probes: surroundings.probes
            ) { [self] snapshot, _ in
                count.withLock { $0 += 1 }
                return References.problems(in: snapshot)
            }
        }
    }

    private func verdict(_ stage: Stage, _ head: ObjectID) async throws -> ProposalVerdict {
        var options = Controller.Options()
        options.isDryRun = true
        return try await Controller(stage.surroundings, branch: "main", options: options).explain(merging: head)
    }

    @Test func `what cannot be read is refused with its reason, and not looked at for ever`() async throws {
        try await withRequests { stage in
            try stage.push(score: 0.9)
            try await stage.settle()
            let head = try stage.propose(["data/notes/a.txt": "x"], as: "change")
            _ = try SpoiltObject("\(head):data/notes", in: stage.repository.origin)
            let found = try await verdict(stage, head)
            #expect(found.state == .refused, "\(found.objections)")
            #expect(found.objections.first?.hasPrefix("it cannot be read: ") == true, "\(found.objections)")
        }
    }

    @Test func `a change that the guard would refuse for what manifests say of each other is refused`() async throws {
        let looks = Looks()
        try await withRequests(hooks: looks.watch) { stage in
            try stage.push(score: 0.9)
            try await stage.settle()
            let room = "environments/production/environment.yaml", text = try stage.file(room)
            let twin = text.replacing("name: production", with: "name: twin").replacing("from: [dev]", with: "from: []")
            let cases: [(files: [String: String], gone: [String], words: String)] = [
                ([room: text.replacing("gate: g", with: "gate: nope")], [], "nope"),
                ([room: text.replacing("from: [dev]", with: "from: [dve]")], [], "dve"),
                ([:], ["gates/g.yaml"], "no gate"), ([:], ["models/tumor"], "no model"),
                (
                    [
                        "environments/twin/environment.yaml": twin,
                        "environments/twin/tumor.yaml": stage.deployment("tumor"),
                    ], [],
                    "both deploy tumor to"
                ),
            ]
            for (files, gone, words) in cases {
                let head = try stage.propose(files, removing: gone, as: "change")
                let found = try await verdict(stage, head)
                #expect(found.state == .refused, "\(words)")
                #expect(found.objections.contains { $0.contains(words) }, "\(words): \(found.objections)")
                let update = ReferenceUpdate("refs/heads/main", from: try stage.tip(), to: head)
                let guardian = PushGuard(
                    language: stage.surroundings.language, validation: stage.surroundings.validation, branch: "main")
                let refusal = try await guardian.objections(to: [update], in: stage.store)
                #expect(found.objections == refusal)
            }
            // What is wrong on the branch already is not its fault.
            try stage.commit([room: text.replacing("gate: g", with: "gate: nope")])
            let words = try stage.propose(
                [
                    "README.md": "x",
                    "gates/new.yaml": stage.gate()
                        .replacing("name: g", with: "name: new"),
                ], as: "change")
            #expect(try await verdict(stage, words).state == .open)
        }
    }

    @Test func `on a forge it is the required status, found out anew only where more than pins moved`() async throws {
        let looks = Looks()
        try await withRequests(hooks: {
            looks.watch(&$0); $0.forge = ForgeScene.forgeSync($0)
        }) { stage in
            let scene = try ForgeScene("gitea", stage)
            try scene.use()
            try stage.push(score: 0.8)
            try await scene.go()
            let room = "environments/production/environment.yaml", text = try stage.file(room)
            let bad = try stage.propose([room: text.replacing("gate: g", with: "gate: nope")], as: "typo")
            try await scene.control(
                "requests", ["branch": "typo", "base": "main", "title": "typo", "author": "eve", "fork": false])
            try await scene.go()
            let words = try #require(try await scene.statuses(on: bad)["martlet"])
            #expect(words.hasPrefix("fail") && words.contains("nope"), "\(words)")

            let before = looks.all
            let next = try stage.push(score: 0.9)
            try await scene.go()
            #expect(try stage.pin("dev") == next)
            #expect(looks.all == before)
            try stage.commit(["gates/nope.yaml": stage.gate().replacing("name: g", with: "name: nope")])
            try await scene.go()
            #expect(looks.all > before)
            let now = try #require(try await scene.statuses(on: bad)["martlet"])
            #expect(now.hasPrefix("success"), "\(now)")
        }
    }
}
