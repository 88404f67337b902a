import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

struct SafetyTests {
    @Test func `a force-push stops promotion until a person accepts it`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            try stage.pull()
            try stage.repository.git("reset", "--quiet", "--hard", "HEAD~1")
            try stage.repository.commit(["models/tumor/score.txt": "0.9"], push: false)
            try stage.repository.git("push", "--quiet", "--force", "origin", "HEAD")
            let tip = try stage.tip()
            try await stage.settle()
            #expect(try stage.tip() == tip)
            #expect(try await stage.why("dev").blockers.map(\.kind).contains(.forcePush))
            #expect(stage.told.filter { $0.contains("promotion stops until") }.count == 1)
            stage.restart()
            try await stage.settle()
            #expect(try stage.tip() == tip)
            #expect(stage.running("dev") == first)
            stage.restart { $0.acceptsRewrite = true }
            try await stage.settle()
            #expect(try stage.pin("dev") == tip)
            #expect(stage.running("dev") == tip)
            stage.restart()
            let next = try stage.push(score: 0.95)
            try await stage.settle()
            #expect(try stage.pin("dev") == next)
        }
    }

    @Test(arguments: [true, false], ["HEAD", "HEAD~1"])
    func `a rewrite that a person accepts elsewhere is accepted here`(_ isKnown: Bool, _ newTip: String) async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            try stage.commit(["README.md": "one"])
            try await stage.settle()
            try stage.pull()
            try stage.repository.git("commit", "--quiet", "--amend", "--message", "rewritten")
            try stage.repository.git("push", "--quiet", "--force", "origin", "\(newTip):main")
            if isKnown { try await stage.settle() }
            let running = stage.controller
            stage.restart { $0.acceptsRewrite = true }
            try await stage.settle()
            try await running.settle()
            try stage.repository.git("reset", "--quiet", "--hard", "origin/main")
            let next = try stage.push(score: 0.9)
            try await running.settle()
            #expect(try stage.pin("dev") == next)
            let tip = try stage.tip()
            #expect(await running.currentLedger.observed == tip)
            #expect(try stage.message("refs/martlet/status").contains("Martlet-Observed: \(tip)"))
        }
    }

    @Test func `what another wrote before a rewrite does not accept it`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let other = stage.another()
            try await other.settle()
            try stage.commit(["README.md": "one"])
            try await stage.settle()
            // The other one has read less, and writes that what it runs is ill.
            try stage.answer("dev", "* fail ill\n")
            stage.clock.advance(.seconds(31))
            let before = try stage.tip("refs/martlet/status")
            try stage.pull()
            try stage.repository.git("push", "--quiet", "--force", "origin", "HEAD~1:main")
            try await other.settle()
            #expect(try stage.tip("refs/martlet/status") != before)
            try stage.answer("dev", "* pass well\n")
            let tip = try stage.tip()
            try await stage.settle()
            #expect(try stage.tip() == tip)
            #expect(stage.told.filter { $0.contains("promotion stops until") }.count == 1)
        }
    }

    @Test func `a force-push that is taken back needs nobody`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let before = try stage.tip()
            try stage.pull()
            try stage.repository.git("push", "--quiet", "--force", "origin", "HEAD~1:main")
            try await stage.settle()
            #expect(try await stage.why("dev").blockers.map(\.kind).contains(.forcePush))
            try stage.repository.git("push", "--quiet", "origin", "\(before):main")
            let next = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == next)
        }
    }

    @Test func `a deployment that an accepted rewrite drops is taken away`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            try stage.push("a", score: 0.8)
            try await stage.settle()
            try stage.pull()
            try stage.repository.git("reset", "--quiet", "--hard", "HEAD~2")
            try stage.repository.commit([:], removing: ["environments/dev/a.yaml"], push: false)
            try stage.repository.git("push", "--quiet", "--force", "origin", "HEAD")
            try await stage.settle()
            #expect(stage.running("dev", "a") != nil)
            stage.restart {
                $0.acceptsRewrite = true
                $0.acceptsRemoval = true
            }
            try await stage.settle()
            #expect(stage.running("dev", "a") == nil)
        }
    }

    @Test func `removing more than a quarter of an environment needs a person`() async throws {
        let models = ["a", "b", "c", "d"]
        try await withStage([.dev], models: models) { stage in
            for model in models { try stage.push(model, score: 0.8) }
            try await stage.settle()
            try stage.commit([:], removing: ["environments/dev/a.yaml", "environments/dev/b.yaml"])
            try await stage.settle()
            #expect(stage.running("dev", "a") != nil)
            #expect(stage.running("dev", "b") != nil)
            #expect(try #require(await stage.status("dev", "a")).reason.contains("--accept-removal"))
            stage.restart()
            try await stage.settle()
            #expect(stage.running("dev", "a") != nil)
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(stage.running("dev", "a") == nil)
            #expect(stage.running("dev", "b") == nil)
            #expect(stage.running("dev", "c") != nil)
            #expect(await stage.status("dev", "a") == nil)
        }
    }

    @Test func `deployments that lose their pins are as many as those that lose their files`() async throws {
        let models = ["a", "b", "c", "d"]
        try await withStage([.dev], models: models) { stage in
            for model in models { try stage.push(model, score: 0.8) }
            try await stage.settle()
            let unpinned = models.map { ("environments/dev/\($0).yaml", stage.deployment($0)) }
            try stage.commit(Dictionary(uniqueKeysWithValues: unpinned))
            for _ in 0..<2 {
                try await stage.settle()
                for model in models { #expect(stage.running("dev", model) != nil) }
                let status = try #require(await stage.status("dev", "a"))
                #expect(status.state == .stalled && status.reason.contains("--accept-removal"))
                stage.restart()
            }
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            for model in models { #expect(stage.running("dev", model) == nil) }
        }
    }

    @Test func `one promotion taken back needs nobody's word, whatever else waits for one`() async throws {
        let models = ["a", "b", "c"]
        try await withStage([.dev], models: models) { stage in
            for model in models {
                try stage.push(model, score: 0.8)
                try await stage.settle()
            }
            try stage.commit([:], removing: ["environments/dev/a.yaml"])
            try await stage.settle()
            #expect(stage.running("dev", "a") != nil)
            try stage.revertByHand("Promote b")
            try await stage.settle()
            #expect(stage.running("dev", "a") != nil)
            #expect(stage.running("dev", "b") == nil)
        }
    }

    @Test(arguments: [true, false])
    func `a promotion of several is taken back as one, what came one by one is not`(_ isOne: Bool) async throws {
        try await withStage([.dev.with("promotion: {order: batch}")], models: ["a", "b"]) { stage in
            for model in ["a", "b"] {
                try stage.push(model, score: 0.8)
                if !isOne { try await stage.settle() }
            }
            try await stage.settle()
            try stage.commit(["environments/dev/README.md": "about these"])
            try await stage.settle()
            let unpinned = ["a", "b"].map { ("environments/dev/\($0).yaml", stage.deployment($0)) }
            try stage.commit(Dictionary(uniqueKeysWithValues: unpinned))
            try await stage.settle()
            for model in ["a", "b"] { #expect((stage.running("dev", model) == nil) == isOne) }
        }
    }

    @Test func `removing one of five takes it away from the target`() async throws {
        let models = ["a", "b", "c", "d", "e"]
        try await withStage([.dev], models: models) { stage in
            for model in models { try stage.push(model, score: 0.8) }
            try await stage.settle()
            try stage.commit([:], removing: ["environments/dev/a.yaml"])
            try await stage.settle()
            #expect(stage.running("dev", "a") == nil)
            #expect(stage.running("dev", "b") != nil)
            let files = try git("ls-tree", "-r", "--name-only", "refs/martlet/status", in: stage.repository.origin)
            #expect(!files.contains("dev/a.json"))
        }
    }

    @Test func `what ran before and cannot be taken away keeps its status, and says why, until it is gone`()
        async throws
    {
        let models = ["a", "b", "c", "d", "e"]
        try await withStage([.dev], models: models) { stage in
            for model in models { try stage.push(model, score: 0.8) }
            try await stage.settle()
            try stage.write("", to: "targets/dev/a.lost")
            try stage.commit([:], removing: ["environments/dev/a.yaml"])
            try await stage.settle()
            stage.restart()
            try await stage.settle()
            let status = try #require(await stage.status("dev", "a"))
            #expect(status.state == .stalled && status.needsPerson && status.reason == "its record is lost")
            let plan = try await stage.controller.currentPlans.first { $0.unit.model == "a" }
            #expect(plan?.tending?.kind == .person && plan?.tending?.reason.contains("its record is lost") == true)
            try stage.remove("targets/dev/a.lost")
            try await stage.wait(.seconds(10))
            #expect(await stage.status("dev", "a") == nil)
        }
    }

    @Test func `the last of an environment goes only if a person accepts it`() async throws {
        try await withStage([.dev], models: ["a", "b", "c"]) { stage in
            for model in ["a", "b", "c"] { try stage.push(model, score: 0.8) }
            try await stage.settle()
            try stage.commit([:], removing: ["environments/dev/a.yaml"])
            try await stage.settle()
            #expect(stage.running("dev", "a") != nil)
            #expect(await stage.state("dev", "a") == .stalled)
            #expect(stage.told.contains { $0.contains("dev/a") && $0.contains("--accept-removal") })
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(stage.running("dev", "a") == nil)
            #expect(stage.running("dev", "b") != nil)
        }
    }

    @Test func `an environment that is deleted is cleared by its last settings, once a person accepts it`()
        async throws
    {
        try await withStage([.dev, .staging], models: ["a", "b"]) { stage in
            for model in ["a", "b"] { try stage.push(model, score: 0.8) }
            try await stage.settle()
            #expect(stage.running("staging", "a") != nil)
            let files = ["environment", "a", "b"].map { "environments/staging/\($0).yaml" }
            try stage.commit([:], removing: files)
            try await stage.settle()
            #expect(stage.running("staging", "a") != nil)
            #expect(try #require(await stage.status("staging", "b")).reason.contains("--accept-removal"))
            try stage.push("a", score: 0.9)
            stage.restart()
            try await stage.settle()
            #expect(stage.running("staging", "a") != nil)
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(stage.running("staging", "a") == nil)
            #expect(stage.running("staging", "b") == nil)
            #expect(stage.running("dev", "b") != nil)
            let left = try git("ls-tree", "-r", "--name-only", "refs/martlet/status", in: stage.repository.origin)
            #expect(!left.contains("staging/"))
        }
    }

    @Test func `an environment file that goes while its deployments stay takes nothing away`() async throws {
        try await withStage([.dev], models: ["a"]) { stage in
            let version = try stage.push("a", score: 0.8)
            try await stage.settle()
            try stage.commit([:], removing: ["environments/dev/environment.yaml"])
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            #expect(stage.running("dev", "a") == version)
        }
    }

    @Test func `a broken gate freezes what depends on it and nothing else`() async throws {
        try await withStage([.dev, EnvironmentText(name: "free", gate: false)]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            try stage.commit(["gates/g.yaml": "apiVersion: martlet.dev/v1\nkind: Gate\nspec: [broken"])
            let second = try stage.push(score: 0.9)
            for _ in 0..<2 {
                try await stage.settle()
                #expect(try stage.pin("dev") == first)
                #expect(try stage.pin("free") == second)
                let plan = try await stage.why("dev")
                #expect(plan.blockers.contains { $0.kind == .manifest && $0.name == "gates/g.yaml" })
                stage.restart()
            }
            try stage.commit(["gates/g.yaml": stage.gate()])
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
        }
    }

    @Test func `a broken deployment stays as it is, also after a cold start, and the target keeps running`()
        async throws
    {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            let first = try stage.push("a", score: 0.8)
            try await stage.settle()
            let text = try stage.file("environments/dev/a.yaml")
            try stage.commit(["environments/dev/a.yaml": "\tnonsense: ["])
            let other = try stage.push("b", score: 0.9)
            try stage.push("a", score: 0.95)
            try await stage.settle()
            stage.restart()
            try await stage.settle()
            #expect(stage.running("dev", "a") == first)
            #expect(try stage.pin("dev", "b") == other)
            try stage.commit(["environments/dev/a.yaml": text])
            try await stage.settle()
            #expect(try stage.pin("dev", "a") != first)
            #expect(stage.running("dev", "a") != first)
        }
    }

    @Test func `a pin that moves back behind a broken file is a rollback, too`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let old = try stage.file("environments/dev/tumor.yaml")
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.commit(["environments/dev/tumor.yaml": "\tnonsense: ["])
            try await stage.settle()
            try stage.commit(["environments/dev/tumor.yaml": old])
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [second])
        }
    }

    @Test func `a broken model manifest keeps the version that runs`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            try stage.commit(["models/tumor/model.yaml": "kind: Model\nspec: {artifcat: x}\n"])
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            #expect(try await stage.why("dev").blockers.map(\.kind).contains(.manifest))
            stage.restart()
            try await stage.settle()
            #expect(stage.running("dev") == first)
        }
    }

    @Test func `a deployment that names an unknown commit stalls, and the others go on`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            let nowhere = String(repeating: "12345678", count: 5)
            try stage.commit(["environments/dev/a.yaml": stage.deployment("a", pin: "  revision: \(nowhere)")])
            let other = try stage.push("b", score: 0.8)
            try await stage.settle()
            #expect(try stage.pin("dev", "b") == other)
            #expect(await stage.state("dev", "a") == .stalled)
            // Whatever it was, only a person says what comes after it.
            let next = try stage.push("a", score: 0.8)
            try await stage.settle()
            #expect(try stage.pin("dev", "a")?.description == nowhere)
            try stage.commit(["environments/dev/a.yaml": stage.deployment("a", pin: "  revision: \(next)")])
            try await stage.settle()
            #expect(stage.running("dev", "a") == next)
            try stage.commit(["environments/dev/a.yaml": stage.deployment("a", pin: "  revision: \(nowhere)")])
            try await stage.settle()
            stage.restart()
            try await stage.settle()
            #expect(stage.running("dev", "b") == other)
        }
    }

    @Test func `a deployment of a blob or of another model's commit stalls only itself`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            let blob = try git("rev-parse", "main:gates/g.yaml", in: stage.repository.origin)
            let before = try stage.tip()
            try stage.commit([
                "environments/dev/a.yaml": stage.deployment("a", pin: "  revision: \(blob)"),
                "environments/dev/b.yaml": stage.deployment("b", pin: "  revision: \(before)"),
            ])
            try await stage.settle()
            #expect(await stage.state("dev", "a") == .stalled)
            #expect(await stage.state("dev", "b") == .stalled)
        }
    }
}
