import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

/// An object that the disk has lost freezes what is read from it. Everything else goes on, and nothing looks as though it were removed.
struct DamageTests {
    @Test func `a damaged model stops no other, and is back without a commit`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            let first = try stage.push("a", score: 0.8)
            try stage.push("b", score: 0.7)
            try await stage.settle()
            let better = try stage.push("b", score: 0.9)
            let object = try SpoiltObject("main:models/a", in: stage.repository.origin)
            let again = try Stage(reopening: stage, way: .sameStore)
            try stage.remove("targets/dev/b.running")
            try await again.settle()
            #expect(stage.running("dev", "b") == better)
            #expect(stage.running("dev", "a") == first)
            #expect(try again.pin("dev", "a") == first)
            let blocker = try #require(try await again.why("dev", "a").blockers.first)
            #expect(blocker.kind == .manifest && blocker.name == "models/a/model.yaml", "\(blocker)")
            #expect(blocker.reason.contains("models/a:1:1: error: the folder cannot be read: "), "\(blocker)")
            #expect(again.told.filter { $0.contains("models/a:1:1") }.count == 1)
            #expect(await again.controller.isRepositoryDamaged)

            try object.restore()
            try await again.wait(.seconds(2))
            #expect(await again.controller.currentSnapshot?.diagnostics.isEmpty == true)
            #expect(await !again.controller.isRepositoryDamaged)
            #expect(try await again.why("dev", "a").blockers.isEmpty)
        }
    }

    static let paths = [
        "models", "models/tumor", "environments", "environments/dev", "gates", "models/tumor/model.yaml",
        "environments/dev/tumor.yaml", "environments/dev/environment.yaml", "gates/g.yaml",
    ]

    @Test(arguments: paths)
    func `what cannot be read keeps versions out, and takes nothing away`(_ path: String) async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.commit([
                "models/tumor/model.yaml": Stage.model("tumor") + "# more\n", "models/tumor/score.txt": "0.9\n",
                "gates/g.yaml": stage.gate() + "# more\n",
            ])
            let object = try SpoiltObject("main:\(path)", in: stage.repository.origin)
            let again = try Stage(reopening: stage, way: .sameStore)
            try await again.settle()
            #expect(stage.running("dev") == first)
            #expect(await again.state("dev") == .verified)
            let snapshot = try #require(await again.controller.currentSnapshot)
            #expect(snapshot.deployment(of: "tumor", in: "dev") != nil)
            #expect(snapshot.models["tumor"] != nil && snapshot.gates["g"] != nil)
            #expect(snapshot.diagnostics[path]?.first?.code == "damaged")
            let report = try await StatusReport.read(again.store, stage.surroundings.language, branch: "main")
            #expect(report.lines.map(\.pin?.revision) == [first])
            #expect(path.hasPrefix("models") || report.problems.contains { $0.file == path })

            try object.restore()
            try await again.wait(.seconds(2))
            #expect(stage.running("dev") == second)
            #expect(try again.pin("dev") == second)
        }
    }

    @Test(arguments: ["main~1:environments", "main~1:environments/dev", "main~2:environments/dev", "main~1^{tree}"])
    func `what a commit moved is known also where the folder before it cannot be read`(_ name: String) async throws {
        let manual = EnvironmentText(name: "dev").with("promotion: {mode: manual}")
        try await withStage([manual]) { stage in
            func pin(_ version: ObjectID) throws {
                let text = stage.deployment("tumor", pin: "  revision: \(version)")
                try stage.commit(["environments/dev/tumor.yaml": text])
            }
            try pin(stage.push(score: 0.8))
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.commit(["environments/dev/notes.txt": "x"])
            try pin(second)
            _ = try SpoiltObject(name, in: stage.repository.origin)
            let again = try Stage(reopening: stage, way: .sameStore)
            try await again.settle()
            #expect(stage.running("dev") == second)
            #expect(await again.state("dev") == .verified)
            #expect(await again.status("dev")?.pin?.revision == second)
        }
    }

    @Test(arguments: ["main:environments", "main:environments/dev", "main:environments/dev/tumor.yaml"])
    func `a move that cannot be read is learnt as soon as it can be`(_ name: String) async throws {
        let manual = EnvironmentText(name: "dev").with("promotion: {mode: manual}")
        try await withStage([manual]) { stage in
            func pin(_ version: ObjectID) throws {
                let text = stage.deployment("tumor", pin: "  revision: \(version)")
                try stage.commit(["environments/dev/tumor.yaml": text])
            }
            let first = try stage.push(score: 0.8)
            try pin(first)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try pin(second)
            let object = try SpoiltObject(name, in: stage.repository.origin)
            let again = try Stage(reopening: stage, way: .sameStore)
            try await again.settle()
            #expect(stage.running("dev") == first)
            #expect(await again.controller.isRepositoryDamaged)
            try object.restore()
            try await again.wait(.seconds(2))
            #expect(stage.running("dev") == second)
            #expect(await again.status("dev")?.pin?.revision == second)
            #expect(await !again.controller.isRepositoryDamaged)
        }
    }

    @Test(arguments: [false, true])
    func `a move in a file that could not be read is learnt past what was recorded meanwhile`(_ restarts: Bool)
        async throws
    {
        let manual = EnvironmentText(name: "dev").with("promotion: {mode: manual}")
        try await withStage([manual], models: ["a", "b"]) { stage in
            func pin(_ versions: [String: ObjectID]) throws {
                try stage.commit(
                    Dictionary(
                        uniqueKeysWithValues: versions.map {
                            ("environments/dev/\($0).yaml", stage.deployment($0, pin: "  revision: \($1)"))
                        }))
            }
            let first = try ["a", "b"].map { try stage.push($0, score: 0.8) }
            try pin(["a": first[0], "b": first[1]])
            try await stage.settle()
            let second = try ["a", "b"].map { try stage.push($0, score: 0.9) }
            try pin(["a": second[0], "b": second[1]])
            let object = try SpoiltObject("main:environments/dev/a.yaml", in: stage.repository.origin)
            var again = try Stage(reopening: stage, way: .sameStore)
            try await again.settle()
            #expect([stage.running("dev", "a"), stage.running("dev", "b")] == [first[0], second[1]])
            try object.restore()
            if restarts { again = try Stage(reopening: stage, way: .sameStore) }
            try await again.wait(.seconds(2))
            #expect(stage.running("dev", "a") == second[0])
            #expect(await again.status("dev", "a")?.pin?.revision == second[0])
        }
    }

    @Test(arguments: [":dev", "^{tree}"])
    func `a removal that waits is not forgotten where the record's folder is damaged`(_ name: String) async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            for model in ["a", "b"] { try stage.push(model, score: 0.8) }
            try await stage.settle()
            try stage.commit([:], removing: ["environments/dev/a.yaml", "environments/dev/b.yaml"])
            try await stage.settle()
            _ = try SpoiltObject("refs/martlet/status\(name)", in: stage.repository.origin)
            let again = try Stage(reopening: stage, way: .sameStore)
            try await again.settle()
            #expect(await again.status("dev", "a")?.reason.contains("--accept-removal") == true)
            again.restart { $0.acceptsRemoval = true }
            try await again.settle()
            #expect(stage.running("dev", "a") == nil && stage.running("dev", "b") == nil)
            #expect(await again.status("dev", "a") == nil)
        }
    }

    @Test(arguments: [":dev/tumor.json", ":dev", "^{tree}"])
    func `a damaged record is found out anew, with what ran well before`(_ name: String) async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            _ = try SpoiltObject("refs/martlet/status\(name)", in: stage.repository.origin)
            let report = try await StatusReport.read(
                Stage(reopening: stage, way: .sameStore).store, stage.surroundings.language, branch: "main")
            #expect(report.lines.map(\.state) == ["unknown"])
            #expect(report.problems.map(\.file) == ["refs/martlet/status" + (name.hasPrefix(":") ? name : "")])

            let again = try Stage(reopening: stage, way: .sameStore)
            try await again.settle()
            #expect(again.told.contains { $0.contains("what was recorded cannot be read") })
            #expect(stage.running("dev") == second)
            #expect(await again.state("dev") == .verified)
            #expect(await again.status("dev")?.verified.map(\.pin.revision) == [second, first])
            _ = try git("cat-file", "-p", "refs/martlet/status:dev/tumor.json", in: stage.repository.origin)
            try stage.answer("dev", "\(second) fail ill\n")
            try await again.wait(.seconds(40), step: .seconds(10))
            #expect(stage.running("dev") == first)
        }
    }

    @Test(arguments: [":tumor", "^{tree}"])
    func `damaged evidence is found out again, and keeps nothing from being written`(_ name: String) async throws {
        try await withStage([.dev, .staging]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            _ = try SpoiltObject("refs/martlet/evidence\(name)", in: stage.repository.origin)
            let second = try stage.push(score: 0.9)
            let again = try Stage(reopening: stage, way: .sameStore)
            try await again.settle()
            #expect(stage.running("staging") == second)
            _ = try git("ls-tree", "-r", "refs/martlet/evidence", in: stage.repository.origin)
        }
    }

    @Test
    func `a damaged commit of long ago is one message, and versions that a deployment names are found without it`()
        async throws
    {
        let manual = EnvironmentText(name: "manual").with("promotion: {mode: manual}")
        let turns = EnvironmentText(name: "turns").with("promotion: {order: every, mode: manual}")
        try await withStage([.dev, manual, turns], models: ["a", "b", "c"]) { stage in
            for model in ["a", "b"] {
                let old = try stage.push(model, score: 0.8)
                let pinned = stage.deployment(model, pin: "  revision: \(old)")
                try stage.commit(["environments/turns/\(model).yaml": pinned])
            }
            let newest = try ["a", "b"].map { try stage.push($0, score: 0.9) }
            try await stage.settle()
            let notes = try ["1", "2", "3"].map { try stage.commit(["notes": $0]) }
            // From here on history was read.
            try stage.push("c", score: 0.9)
            try await stage.settle()
            _ = try SpoiltObject("\(notes[1])", in: stage.repository.origin)
            let again = try Stage(reopening: stage, way: .sameStore)
            try await again.settle()
            for (model, version) in zip(["a", "b"], newest) {
                #expect(try again.pin("dev", model) == version)
                let plan = try await again.why("manual", model)
                #expect(plan.candidate?.revision == version && plan.blockers.map(\.kind) == [.mode], "\(plan)")
            }
            let told = again.told.filter { $0.contains("cannot be planned") }
            #expect(told.count == 1 && told[0].contains("turns/a and 1 more cannot be planned"), "\(told)")
        }
    }

    @Test func `while what the branch did cannot be read nothing enters, and what runs is looked after`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            let first = try ["a", "b"].map { try stage.push($0, score: 0.8) }
            try await stage.settle()
            let unread = try stage.commit(["notes": "x"])
            let second = try stage.push("b", score: 0.9)
            try stage.remove("targets/dev/a.running")
            let object = try SpoiltObject("\(unread)", in: stage.repository.origin)
            let again = try Stage(reopening: stage, way: .sameStore)
            try await again.wait(.seconds(4))
            #expect(["a", "b"].map { stage.running("dev", $0) } == first)
            #expect(again.told.filter { $0.contains("the history of main cannot be read") }.count == 1)
            #expect(await again.controller.isRepositoryDamaged)
            #expect(try await again.why("dev", "b").blockers.contains { $0.reason.contains("taken back or held") })

            try object.restore()
            try await again.wait(.seconds(4))
            #expect(await !again.controller.isRepositoryDamaged)
            #expect(stage.running("dev", "b") == second)
        }
    }

    @Test func `a pin of a damaged commit is not said to name none`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            _ = try SpoiltObject("\(version)", in: stage.repository.origin)
            let surroundings = stage.surroundings
            let validation = Validation(
                language: surroundings.language, checks: surroundings.checks, targets: surroundings.targets,
                probes: surroundings.probes, references: { _, _ in [] })
            let store = try Stage(reopening: stage, way: .sameStore).store
            let found = try await validation.diagnostics(at: stage.tip(), in: store)
            #expect(found.map(\.code) == ["dangling-revision"])
            #expect(found.first?.message.contains("\(version.short) cannot be read: ") == true, "\(found)")
        }
    }
}
