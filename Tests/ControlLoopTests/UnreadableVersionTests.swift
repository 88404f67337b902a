import ControlLoop
import Domain
import Foundation
import Manifests
import TestSupport
import Testing

/// A version that runs and cannot be read is not nothing: what a gate would compare with is missing.
struct UnreadableVersionTests {
    @Test func `while the version that runs is damaged nothing takes its place, and what unblocks it is said`()
        async throws
    {
        try await withStage([.dev, .staging]) { stage in
            try stage.commit(["gates/g.yaml": stage.gate().replacing("checks: [", with: "checks: [test.better, ")])
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let blob = try Blob(at: "\(first):models/tumor/model.yaml", in: stage)
            let worse = try pushWorse(in: stage)
            let bytes = try blob.damage()
            // Another process: this one remembers what it has read.
            let again = try Stage(reopening: stage, way: .sameStore)
            try await again.settle()
            for environment in ["dev", "staging"] {
                #expect(try again.pin(environment) == first)
                let blocker = try #require(try await again.why(environment).blockers.first)
                #expect(blocker.kind == .manifest && blocker.name == "environments/\(environment)/tumor.yaml")
                #expect(blocker.reason.contains("names \(first.short), which cannot be read"), "\(blocker)")
                #expect(blocker.unblockedBy.contains("git fsck"))
            }
            #expect(await again.state("dev") == .stalled)
            let runner = CheckRunner(try await CheckContext(again.surroundings, branch: "main"))
            let results = try await runner.run("tumor", environment: "dev", only: [], revision: nil)
            #expect(results.map(\.requirement.check) == ["test.better", "test.score"])
            #expect(results.map(\.outcome.verdict) == [.error, .pass])
            #expect(results.first?.outcome.summary.contains("cannot be read") == true)

            try blob.restore(bytes)
            try await again.wait(.seconds(20), step: .seconds(5))
            #expect(await again.state("dev") == .verified)
            let why = try await again.why("dev")
            #expect(why.candidate?.revision == worse && why.blockers.map(\.name) == ["test.better"])
        }
    }

    @Test func `a pin of a commit that the controller never gets stays, until that commit is on the branch`()
        async throws
    {
        try await withStage([.dev], way: .mirror) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let side = try pushBeside(score: 0.9, in: stage)
            try pin(side, in: stage)
            try await stage.settle()
            #expect(try stage.pin("dev") == side)
            #expect(await stage.state("dev") == .stalled)
            let blocker = try #require(try await stage.why("dev").blockers.first)
            #expect(blocker.reason.contains("names \(side.short), which cannot be read"), "\(blocker)")
            try stage.repository.git("merge", "--quiet", "--no-edit", "side")
            try stage.repository.git("push", "--quiet", "origin", "HEAD")
            try await stage.wait(.seconds(20), step: .seconds(5))
            #expect(try stage.pin("dev") == side)
            #expect(stage.running("dev") == side)
        }
    }

    @Test func `such a pin is an error, and no push brings it`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            let side = try pushBeside(score: 0.9, in: stage)
            let before = try stage.tip()
            let pinned = try pin(side, in: stage)
            let surroundings = stage.surroundings
            let validation = Validation(
                language: YAMLManifests(), checks: surroundings.checks, targets: surroundings.targets,
                probes: surroundings.probes, references: { _, _ in [] })
            let guardian = PushGuard(language: YAMLManifests(), validation: validation, branch: "main")
            func objections(_ old: ObjectID, _ new: ObjectID) async throws -> [String] {
                try await guardian.objections(
                    to: [ReferenceUpdate("refs/heads/main", from: old, to: new)], in: stage.store)
            }
            let found = try await objections(before, pinned)
            #expect(found.count == 1)
            #expect(found.first?.hasPrefix("environments/dev/tumor.yaml:7:13: error: ") == true, "\(found)")
            #expect(found.first?.contains("\(side.short) is not in this branch's history") == true)
            #expect(try await validation.diagnostics(at: pinned, in: stage.store).map(\.description) == found)
            // What is wrong already stops nobody else.
            #expect(try await objections(pinned, stage.commit(["README.md": "x"])).isEmpty)
            try stage.repository.git("merge", "--quiet", "--no-edit", "side")
            try stage.repository.git("push", "--quiet", "origin", "HEAD")
            #expect(try await objections(before, stage.tip()).isEmpty)
        }
    }

    /// A version with a manifest of other bytes than the one before.
    private func pushWorse(in stage: Stage) throws -> ObjectID {
        try stage.commit([
            "models/tumor/model.yaml": Stage.model("tumor") + "# trained on less\n",
            "models/tumor/score.txt": "0.6\n", "models/tumor/model.bin": "other weights\n",
        ])
    }

    /// A version on a branch of its own.
    private func pushBeside(score: Double, in stage: Stage) throws -> ObjectID {
        try stage.pull()
        try stage.repository.git("checkout", "--quiet", "-b", "side")
        let version = try id(stage.repository.commit(["models/tumor/score.txt": "\(score)\n"]))
        try stage.repository.git("checkout", "--quiet", "main")
        return version
    }

    @discardableResult
    private func pin(_ version: ObjectID, in stage: Stage) throws -> ObjectID {
        try stage.commit(["environments/dev/tumor.yaml": stage.deployment("tumor", pin: "  revision: \(version)")])
    }

    /// The file of an object in the origin.
    private struct Blob {
        let file: URL

        init(at name: String, in stage: Stage) throws {
            let id = try git("rev-parse", name, in: stage.repository.origin)
            file = URL(filePath: "\(stage.repository.origin)/objects/\(id.prefix(2))/\(id.dropFirst(2))")
        }

        func damage() throws -> Data {
            let bytes = try Data(contentsOf: file)
            try restore(Data("garbage".utf8))
            return bytes
        }

        func restore(_ bytes: Data) throws {
            try FileManager.default.removeItem(at: file)
            try bytes.write(to: file)
        }
    }
}
