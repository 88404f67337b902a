import Domain
import TestSupport
import Testing

@testable import ControlLoop

/// How far back the branch's history is read to find where a failed deployment could go.
struct FormerPinsTests {
    /// A stage with a history of so many commits, where no version of any model was ever well.
    private func withFailing(
        _ models: [String], after commits: Int, versions: Int, _ body: (Stage, CountedReading) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let counted = CountedReading()
            let stage = try Stage(in: folder, [.dev], models: models) { counted.watch(&$0) }
            for number in 0..<commits { try stage.repository.commit(["notes.txt": "\(number)"], push: false) }
            try stage.repository.git("push", "--quiet", "origin", "HEAD")
            try stage.answer("dev", "* fail ill\n")
            for version in 1...versions {
                for model in models { try stage.push(model, score: 0.5 + Double(version) / 10) }
                try await stage.settle()
            }
            for model in models { #expect(await stage.state("dev", model) == .failed) }
            counted.reset()
            try await body(stage, counted)
        }
    }

    @Test func `it is read no further than to the answer`() async throws {
        try await withFailing(["tumor"], after: 150, versions: 2) { stage, counted in
            let way = try await stage.why("dev").tending?.unblockedBy
            #expect(way?.hasSuffix("or: martlet rollback tumor dev") == true, "\(way ?? "")")
            #expect(counted.commits < 100)
        }
    }

    @Test func `where nothing is found, one walk serves all deployments`() async throws {
        let models = ["a", "b", "c", "d"]
        try await withFailing(models, after: 150, versions: 1) { stage, counted in
            let plans = try await stage.controller.currentPlans
            #expect(plans.count { $0.tending?.unblockedBy.contains("which brought it") == true } == models.count)
            #expect(counted.commits > 150 && counted.commits < 250, "\(counted.commits)")
        }
    }

    /// Each merge brings one commit of a side branch, as a pull request does.
    private func merge(_ count: Int, in stage: Stage) throws {
        try stage.pull()
        let repository = stage.repository
        for number in 0..<count {
            try repository.git("checkout", "--quiet", "-b", "side\(number)")
            try repository.commit(["side.txt": "\(number)"], push: false)
            try repository.git("checkout", "--quiet", "main")
            try repository.git("merge", "--quiet", "--no-ff", "-m", "Merge pull request #\(number)", "side\(number)")
        }
        try repository.git("push", "--quiet", "origin", "HEAD")
    }

    @Test func `an ordinary merge on the way is no reason to read more`() async throws {
        try await withFailing(["tumor"], after: 300, versions: 2) { stage, counted in
            try merge(3, in: stage)
            try await stage.settle()
            counted.reset()
            let way = try await stage.why("dev").tending?.unblockedBy
            #expect(way?.hasSuffix("or: martlet rollback tumor dev") == true, "\(way ?? "")")
            #expect(counted.commits < 150, "\(counted.commits)")
        }
    }

    @Test func `past merges, too, one walk serves all deployments`() async throws {
        let models = ["a", "b", "c", "d"]
        try await withFailing(models, after: 150, versions: 1) { stage, counted in
            try merge(10, in: stage)
            try await stage.settle()
            counted.reset()
            let plans = try await stage.controller.currentPlans
            #expect(plans.count { $0.tending?.unblockedBy.contains("which brought it") == true } == models.count)
            #expect(counted.commits > 150 && counted.commits < 320, "\(counted.commits)")
        }
    }

    @Test func `what was merged into an older clone is not what the branch was`() async throws {
        try await withFailing(["tumor"], after: 10, versions: 2) { stage, _ in
            try stage.pull()
            let repository = stage.repository
            try repository.git("checkout", "--quiet", "-b", "old", "HEAD~8")
            try repository.commit(["mine.txt": "x"], push: false)
            try repository.git("merge", "--quiet", "--no-edit", "-m", "Merge branch 'main' of example.com", "main")
            try repository.git("checkout", "--quiet", "main")
            try repository.git("merge", "--quiet", "--ff-only", "old")
            try repository.git("push", "--quiet", "origin", "HEAD")
            try await stage.settle()
            let unit = Unit(environment: "dev", model: "tumor")
            var former = FormerPins(of: [unit], from: try stage.tip(), on: "main")
            var found: [Pin] = []
            while let pin = try await former.pin(found.count, of: unit, stage.store, stage.surroundings.language) {
                found.append(pin)
            }
            #expect(found.count == 1)
        }
    }

    @Test func `windows of any size give all moves, the newest first`() async throws {
        try await withStage([.dev]) { stage in
            var versions: [ObjectID] = []
            for number in 0..<9 {
                versions.append(try stage.push(score: 0.5 + Double(number) / 100))
                try await stage.settle()
                for note in 0..<5 { try stage.commit(["notes.txt": "\(number) \(note)"]) }
            }
            let unit = Unit(environment: "dev", model: "tumor")
            var former = FormerPins(of: [unit], from: try stage.tip(), on: "main")
            var found: [ObjectID] = []
            while let pin = try await former.pin(found.count, of: unit, stage.store, stage.surroundings.language) {
                found.append(pin.revision)
            }
            #expect(found == versions.dropLast().reversed())
            #expect(try await former.pin(0, of: unit, stage.store, stage.surroundings.language)?.revision == found[0])
        }
    }
}
