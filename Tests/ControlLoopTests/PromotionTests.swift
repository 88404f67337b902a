import ControlLoop
import Domain
import TestSupport
import Testing

struct PromotionTests {
    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `a new version goes through all environments, each by its own commit`(_ way: Stage.Way) async throws {
        try await withStage(way: way) { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            for environment in ["dev", "staging", "production"] {
                #expect(try stage.pin(environment) == version)
                #expect(stage.running(environment) == version)
                #expect(await stage.state(environment) == .verified)
            }
            #expect(
                try stage.log() == [
                    "Promote tumor \(version.short) to production", "Promote tumor \(version.short) to staging",
                    "Promote tumor \(version.short) to dev", "tumor scores 0.9", "The house", "first",
                ])
            let message = try stage.message()
            #expect(Trailer.action.value(in: message) == "promote")
            #expect(Trailer.environment.value(in: message) == "production")
            #expect(Trailer.model.values(in: message) == ["tumor@\(version)"])
            #expect(Trailer.from.values(in: message) == ["staging"])
            #expect(Trailer.gate.value(in: message) == "g")
            let evidence = try #require(Trailer.evidence.value(in: message))
            #expect(try git("cat-file", "-p", evidence, in: stage.repository.origin).contains("test.score"))
            try git("fsck", "--strict", in: stage.repository.origin)
        }
    }

    @Test func `every promotion names its evidence, the first one too`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.9)
            try await stage.settle()
            let evidence = try #require(Trailer.evidence.value(in: try stage.message()))
            #expect(try git("cat-file", "-p", evidence, in: stage.repository.origin).contains("\"pass\""))
        }
    }

    @Test func `a promotion edits the pin and leaves every other byte`() async throws {
        try await withStage([.dev]) { stage in
            let before = try stage.file("environments/dev/tumor.yaml")
            try stage.push(score: 0.9)
            try await stage.settle()
            let after = try stage.file("environments/dev/tumor.yaml")
            let added = after.split(separator: "\n").filter { !before.contains($0) }
            #expect(added.map { $0.prefix { $0 != ":" } } == ["  revision", "  digest"])
            #expect(after.contains("# who"))
        }
    }

    @Test func `an upstream that is nowhere is told as that`() async throws {
        try await withStage([.dev, EnvironmentText(name: "production", from: ["dve"])]) { stage in
            try stage.push(score: 0.9)
            try await stage.settle()
            let blocker = try #require(try await stage.why("production").blockers.first)
            #expect(
                blocker.reason
                    == "there is no environment 'dve', which environments/production/environment.yaml names in 'from'")
            #expect(blocker.unblockedBy.contains("such as 'dev'"))
            #expect(blocker.unblockedBy.contains("adds environments/dve/environment.yaml"))
        }
    }

    @Test func `the same content is evaluated once, whatever happens around it`() async throws {
        try await withStage { stage in
            try stage.push(score: 0.9)
            try await stage.settle()
            #expect(stage.runs == 1)
            try stage.commit(["README.md": "unrelated"])
            try await stage.settle()
            stage.restart()
            try await stage.settle()
            #expect(stage.runs == 1)
            #expect(try stage.log().first == "change")
        }
    }

    @Test func `an unrelated merge invalidates nothing and moves nothing`() async throws {
        try await withStage { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.pull()
            try stage.repository.git("checkout", "--quiet", "-b", "side", "HEAD~3")
            try stage.repository.commit(["docs/a.md": "text"], push: false)
            try stage.repository.git("checkout", "--quiet", "main")
            try stage.repository.git("merge", "--quiet", "--no-ff", "-m", "Merge side", "side")
            try stage.repository.git("push", "--quiet", "origin", "main")
            try await stage.settle()
            #expect(try stage.log().first == "Merge side")
            #expect(try stage.pin("production") == version)
            #expect(stage.runs == 1)
        }
    }

    @Test func `a version that is merged from a branch is promoted at the merge`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.9)
            try await stage.settle()
            try stage.pull()
            try stage.repository.git("checkout", "--quiet", "-b", "side")
            try stage.repository.commit(["models/tumor/score.txt": "0.95"], push: false)
            try stage.repository.git("checkout", "--quiet", "main")
            try stage.repository.git("merge", "--quiet", "--no-ff", "-m", "Merge side", "side")
            try stage.repository.git("push", "--quiet", "origin", "main")
            let merge = try stage.tip()
            try await stage.settle()
            #expect(try stage.pin("dev") == merge)
        }
    }

    @Test func `settling twice changes nothing the second time`() async throws {
        try await withStage { stage in
            try stage.push(score: 0.9)
            try await stage.settle()
            let before = try git("for-each-ref", in: stage.repository.origin)
            try await stage.settle()
            stage.restart()
            try await stage.settle()
            try await stage.wait(.seconds(120), step: .seconds(7))
            #expect(try git("for-each-ref", in: stage.repository.origin) == before)
        }
    }

    @Test func `a newer version overtakes one that waits`() async throws {
        try await withStage(gate: "  soakFor: 1h") { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            try await stage.wait(.seconds(1800), step: .seconds(600))
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
            #expect(try stage.pin("staging") == nil)
            try await stage.wait(.seconds(3500), step: .seconds(500))
            #expect(try stage.pin("staging") == nil)
            try await stage.wait(.seconds(200), step: .seconds(100))
            #expect(try stage.pin("staging") == second)
        }
    }

    @Test func `two models go their ways without disturbing each other`() async throws {
        try await withStage(models: ["tumor", "lending/credit-risk"]) { stage in
            let tumor = try stage.push("tumor", score: 0.9)
            try stage.push("lending/credit-risk", score: 0.1)
            try await stage.settle()
            #expect(try stage.pin("production", "tumor") == tumor)
            #expect(try stage.pin("dev", "lending/credit-risk") == nil)
            let credit = try stage.push("lending/credit-risk", score: 0.7)
            let newTumor = try stage.push("tumor", score: 0.2)
            try await stage.settle()
            #expect(try stage.pin("production", "lending/credit-risk") == credit, "\(stage.told)")
            #expect(stage.running("production", "lending/credit-risk") == credit)
            #expect(try stage.pin("dev", "tumor") == tumor)
            #expect(newTumor != tumor)
            #expect(try await stage.why("dev", "tumor").blockers.map(\.kind) == [.check])
            #expect(stage.runs == 4)
        }
    }

    @Test func `an environment with several sources waits for all of them`() async throws {
        let rooms = [
            EnvironmentText.dev, EnvironmentText(name: "eu", from: ["dev"]),
            EnvironmentText(name: "us", from: ["dev"]), EnvironmentText(name: "world", from: ["eu", "us"]),
        ]
        try await withStage(rooms) { stage in
            try stage.answer("us", "* inconclusive too early\n")
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("eu") == version)
            #expect(try stage.pin("us") == version)
            #expect(try stage.pin("world") == nil)
            let plan = try await stage.why("world")
            #expect(plan.blockers.map(\.name) == ["us"])
            try stage.answer("us", "* pass\n")
            try await stage.wait(.seconds(2))
            #expect(try stage.pin("world") == version)
            #expect(Trailer.from.values(in: try stage.message()) == ["eu", "us"])
        }
    }

    @Test func `tags of GTO's grammar label versions`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.9)
            for label in ["v1.2.0", "v1.10.0", "v1.9.9"] {
                try stage.repository.git("tag", "-a", "-m", "release", "tumor@\(label)", version.description)
            }
            try stage.repository.git("tag", "tumor@v9.0.0", version.description)
            try stage.repository.git("push", "--quiet", "origin", "--tags")
            try await stage.settle()
            #expect(try stage.log().first == "Promote tumor v1.10.0 to dev")
            #expect(try stage.file("environments/dev/tumor.yaml").contains("  version: v1.10.0"))
        }
    }

    @Test func `a deployment without a model says that there is none`() async throws {
        try await withStage([.dev]) { stage in
            try await stage.settle()
            let plan = try await stage.why("dev")
            #expect(plan.blockers.map(\.reason) == ["there is no model 'models/tumor'"] || !plan.blockers.isEmpty)
            #expect(try stage.log().count == 2)
        }
    }
}
