import Domain
import Foundation
import Git
import Manifests
import TestSupport
import Testing

@testable import ControlLoop

/// A `git pull` that merges makes what the branch was the second parent of its tip.
struct BranchLineTests {
    private let unit = Unit(environment: "dev", model: "tumor")

    @Test func `a pull that merges moves nothing: not the times, not what failed, not what was rejected`() async throws
    {
        let waiting = EnvironmentText.dev.verifying("for: 1h, interval: 1s, failureThreshold: 1")
        try await withStage([waiting]) { stage in
            let clone = try stage.tip()
            try stage.push(score: 0.8)
            try await stage.settle()
            try stage.push(score: 0.9)
            try await stage.settle()
            _ = try await stage.controller.rollBackByHand(unit, reason: "ada saw it")
            try await stage.wait(.seconds(600), step: .seconds(600))
            let before = try #require(await stage.status("dev"))
            #expect(before.isRollback && !before.rejected.isEmpty && before.healthySince != nil)
            for _ in 0..<2 {
                try stage.pull(into: clone)
                try await stage.settle()
                #expect(await stage.status("dev") == before)
                stage.restart()
            }
            try await stage.settle()
            #expect(await stage.status("dev") == before)
        }
    }

    @Test func `history names what was done, and not the merge that brought it to somebody's clone`() async throws {
        try await withStage([.dev]) { stage in
            let clone = try stage.tip()
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            _ = try await stage.controller.rollBackByHand(unit, reason: "ada saw it")
            try await stage.settle()
            let before = try await stage.history()
            #expect(before.map(\.new?.revision) == [first, second, first])
            try stage.pull(into: clone)
            #expect(try await stage.history() == before)
            // A clone that is newer, and a merge of another name.
            try stage.pull(into: first, title: "up to date")
            #expect(try await stage.history() == before)
        }
    }

    @Test(arguments: [true, false])
    func `what was rejected does not come back after a pull that merges and a loss`(ofRecords: Bool) async throws {
        try await withStage([.dev, .staging, .production]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let clone = try stage.tip()
            let second = try stage.push(score: 0.9)
            try stage.answer("production", "\(second) fail answers nonsense\n")
            try await stage.settle()
            #expect(try stage.pin("production") == first)
            #expect(try stage.pin("staging") == second)
            try stage.pull(into: clone)
            try await stage.settle()
            try stage.remove("answers/production")
            if ofRecords {
                try git("update-ref", "-d", "refs/martlet/status", in: stage.repository.origin)
                stage.restart()
            } else {
                try stage.pull()
                try stage.repository.git("commit", "--quiet", "--amend", "--no-edit", "--reset-author")
                try stage.repository.git("push", "--quiet", "--force", "origin", "HEAD:main")
                stage.restart { $0.acceptsRewrite = true }
            }
            try await stage.settle()
            #expect(try stage.pin("production") == first)
            #expect(await stage.status("production")?.rejected.map(\.revision) == [second])
        }
    }

    @Test func `what a merged side says of holds is not believed, nor after a loss of records`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            _ = try await stage.controller.rollBackByHand(unit, reason: "ada saw it")
            try await stage.settle()
            try stage.pull()
            try stage.repository.git("checkout", "--quiet", "-b", "topic")
            let lift = "Lift\n\nMartlet-Action: lift\nMartlet-Environment: dev\nMartlet-Lifts: tumor@\(second)"
            for message in [lift, "more"] { try stage.repository.commit([:], message: message, push: false) }
            try stage.repository.git("checkout", "--quiet", "main")
            try stage.commit(["README.md": "text"])
            try stage.repository.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
            try stage.repository.git("push", "--quiet", "origin", "HEAD")
            try await stage.settle()
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [second])
            try git("update-ref", "-d", "refs/martlet/status", in: stage.repository.origin)
            stage.restart()
            try await stage.settle()
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [second])
        }
    }

    @Test func `where only people moved it, git's title of the merge tells which side was the branch`() async throws {
        try await withStage([.dev.with("promotion: {mode: manual}")]) { stage in
            let clone = try stage.tip()
            let first = try stage.push(score: 0.8)
            let second = try stage.push(score: 0.9)
            for version in [first, second] {
                try stage.commit([
                    "environments/dev/tumor.yaml": stage.deployment("tumor", pin: "  revision: \(version)")
                ])
            }
            try stage.repository.git("revert", "--no-edit", "HEAD")
            try stage.repository.git("push", "--quiet", "origin", "HEAD")
            let before = try await stage.history()
            #expect(before.map(\.kind) == [.rollback, .promotion, .promotion])
            try stage.pull(into: clone)
            #expect(try await stage.history() == before)
        }
    }

    @Test func `what a branch brings, the merge did`() async throws {
        try await withStage([.dev.with("promotion: {mode: manual}")]) { stage in
            let version = try stage.push(score: 0.8)
            try stage.mergeTopic(pinning: version)
            #expect(try await stage.history().map(\.commit) == [stage.tip()])
            try await stage.settle()
            #expect(try await stage.status("dev")?.commit == stage.tip())
        }
    }

    @Test func `a merge that names what neither side named did that`() async throws {
        try await withStage([.dev.with("promotion: {mode: manual}")]) { stage in
            let clone = try stage.tip()
            let first = try stage.push(score: 0.8)
            let second = try stage.push(score: 0.9)
            let path = "environments/dev/tumor.yaml"
            try stage.commit([path: stage.deployment("tumor", pin: "  revision: \(second)")])
            try await stage.settle()
            try stage.pull(into: clone, changing: [path: stage.deployment("tumor", pin: "  revision: \(first)")])
            let entry = try #require(try await stage.history().first)
            #expect(try entry.commit == stage.tip() && entry.old?.revision == second && entry.kind == .rollback)
            try await stage.settle()
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [second])
            #expect(stage.running("dev") == first)
        }
    }

    @Test func `a rollback after a pull that merges reverts the promotion`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let clone = try stage.tip()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.pull(into: clone)
            try await stage.settle()
            #expect(try await stage.controller.rollBackByHand(unit, reason: "ada saw it")?.revision == first)
            #expect(try stage.log().first == "Revert \"Promote tumor \(second.short) to dev\"")
        }
    }

    @Test func `every version of the branch enters in turn after a pull that merges`() async throws {
        try await withStage([.dev.with("promotion: {order: every}")]) { stage in
            let first = try stage.push(score: 0.6)
            let clone = try stage.tip()
            try await stage.settle()
            let versions = try [0.7, 0.8, 0.9].map { try stage.push(score: $0) }
            try stage.pull(into: clone)
            try await stage.settle()
            let promoted = try stage.log().filter { $0.hasPrefix("Promote") }
            #expect(
                Array(promoted.reversed().prefix(3))
                    == ([first] + versions.prefix(2)).map { "Promote tumor \($0.short) to dev" })
            #expect(promoted.count == 4)
        }
    }

    @Test func `a file that broke before the merge counts as the branch had it`() async throws {
        try await withStage([.dev]) { stage in
            let clone = try stage.tip()
            let path = "environments/dev/environment.yaml"
            try stage.set(.dev.with("freeze: {reason: audit}"))
            try stage.commit([path: "kind: Environment\nspec: [\n"])
            try stage.pull(into: clone)
            stage.restart()
            try stage.push(score: 0.8)
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
        }
    }

    @Test func `the advice after a failure reverts no merge that brought other things, too`() async throws {
        try await withStage([.dev.with("promotion: {mode: manual}")]) { stage in
            let version = try stage.push(score: 0.8)
            try stage.mergeTopic(pinning: version)
            try stage.answer("dev", "* fail ill\n")
            try await stage.settle()
            let advice = try await stage.why("dev").tending?.unblockedBy
            #expect(advice?.hasSuffix("or: a commit that takes the version out of environments/dev/tumor.yaml") == true)
        }
    }

    @Test func `what failed goes by hand where it was before, after a pull that merges, too`() async throws {
        try await withStage([.dev]) { stage in
            let clone = try stage.tip()
            try stage.answer("dev", "* fail ill\n")
            for score in [0.8, 0.9] {
                try stage.push(score: score)
                try await stage.settle()
            }
            try stage.pull(into: clone)
            try await stage.settle()
            let way = try await stage.why("dev").tending?.unblockedBy
            #expect(way?.hasSuffix("or: martlet rollback tumor dev") == true, "\(way ?? "")")
        }
    }

    @Test func `one promotion is taken back as one after a pull that merges`() async throws {
        try await withStage([.dev.with("promotion: {order: batch}")], models: ["a", "b"]) { stage in
            let clone = try stage.tip()
            for model in ["a", "b"] { try stage.push(model, score: 0.8) }
            try await stage.settle()
            try stage.pull(into: clone)
            let unpinned = ["a", "b"].map { ("environments/dev/\($0).yaml", stage.deployment($0)) }
            try stage.commit(Dictionary(uniqueKeysWithValues: unpinned))
            try await stage.settle()
            for model in ["a", "b"] { #expect(stage.running("dev", model) == nil) }
        }
    }

    @Test func `a version is compared with the one that the branch named before, not with a clone's`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.7)
            try await stage.settle()
            let clone = try stage.tip()
            let second = try stage.push(score: 0.8)
            try await stage.settle()
            let third = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.pull(into: clone)
            let context = try await CheckContext(stage.surroundings, branch: "main")
            let known = try await context.version(of: "tumor", at: third)
            #expect(try await context.replaced(by: known, in: "dev")?.version.revision == second)
        }
    }

    @Test func `a version is the commit that brought it to the branch: not a pull that merges, but a branch's merge`()
        async throws
    {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let clone = try stage.tip()
            let second = try stage.push(score: 0.9)
            try stage.pull(into: clone)
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
            try stage.pull()
            try stage.repository.git("checkout", "--quiet", "-b", "topic")
            try stage.repository.commit(["models/tumor/score.txt": "0.95\n"], push: false)
            try stage.repository.git("checkout", "--quiet", "main")
            try stage.repository.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
            try stage.repository.git("push", "--quiet", "origin", "HEAD")
            let merge = try stage.tip()
            try await stage.settle()
            #expect(try stage.pin("dev") == merge)
        }
    }

    @Test func `checks are told what the branch was before a merge`() async throws {
        try await withStage([.dev]) { stage in
            let clone = try stage.tip()
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            let before = try stage.tip()
            try stage.pull(into: clone)
            let context = try await CheckContext(stage.surroundings, branch: "main"), tip = try stage.tip()
            let subject = Evaluator(stage.surroundings).subject(
                try await context.version(of: "tumor", at: version), environment: nil, deployed: nil, tip: tip,
                of: "main")
            let found = try await stage.store.read { try subject.tools.branchBefore($0.commit(tip), $0) }
            #expect(found == before)
        }
    }

    @Test func `a push whose history would be misread is kept out, a pull that merges is not`() async throws {
        try await withStage([.dev.with("promotion: {mode: manual}")]) { stage in
            let clone = try stage.tip()
            let version = try stage.push(score: 0.8)
            try stage.commit(["environments/dev/tumor.yaml": stage.deployment("tumor", pin: "  revision: \(version)")])
            let old = try stage.tip()
            try stage.pull(into: clone)
            #expect(try await stage.objections(stage.tip(), from: old) == [])
            try stage.repository.git("reset", "--quiet", "--hard", "\(old)")
            try stage.repository.git("push", "--quiet", "--force", "origin", "HEAD:main")
            try stage.pull(into: clone, title: "all new")
            let words = try await stage.objections(stage.tip(), from: old)
            #expect(words.count == 1 && words.first?.contains("git pull --rebase") == true, "\(words)")
            // What claims to be Martlet's, and was made elsewhere.
            try stage.pull()
            let base = try stage.tip()
            try stage.repository.git("checkout", "--quiet", "-b", "liar", "\(base)")
            let claim = "Promote\n\nMartlet-Action: promote\nMartlet-Environment: dev\nMartlet-Evidence: 1"
            try stage.repository.commit(
                ["environments/dev/tumor.yaml": stage.deployment("tumor")], message: claim, push: false)
            try stage.repository.git("checkout", "--quiet", "main")
            try stage.repository.git("merge", "--quiet", "--no-ff", "--no-edit", "liar")
            try stage.repository.git("push", "--quiet", "origin", "HEAD:main")
            let lie = try await stage.objections(stage.tip(), from: base)
            #expect(lie.count == 1 && lie.first?.contains("leave that commit out") == true, "\(lie)")
            try stage.repository.git("reset", "--quiet", "--hard", "\(base)")
            try stage.repository.git("push", "--quiet", "--force", "origin", "HEAD:main")
            // Where nothing was moved meanwhile nothing can be misread.
            let next = try stage.tip()
            try stage.commit(["README.md": "text"])
            let tip = try stage.tip()
            try stage.pull(into: next, title: "all new")
            #expect(try await stage.objections(stage.tip(), from: tip) == [])
        }
    }
}

extension Stage {
    /// What somebody does whose clone is as old as `commit`: commits, pulls with a merge, and pushes.
    ///
    /// - Parameter files: What the merge itself changes.
    func pull(into commit: ObjectID, title: String? = nil, changing files: [String: String] = [:]) throws {
        try repository.git("checkout", "--quiet", "main")
        try repository.git("reset", "--quiet", "--hard", "\(commit)")
        try repository.commit(["notes/\(UUID()).md": "work"], message: "Work in an older clone", push: false)
        try repository.git("pull", "--quiet", "--no-rebase", "--no-edit", "origin", "main")
        if let title { try repository.git("commit", "--quiet", "--amend", "-m", title) }
        for (path, text) in files { try repository.write(text, to: path) }
        if !files.isEmpty { try repository.git("commit", "--quiet", "--amend", "--no-edit", "--all") }
        try repository.git("push", "--quiet", "origin", "HEAD:main")
    }

    fileprivate func history() async throws -> [DeploymentHistory.Entry] {
        try await DeploymentHistory.read(store, surroundings.language, branch: "main")
    }

    /// Why the server's hook would not let the branch go there.
    fileprivate func objections(_ new: ObjectID, from old: ObjectID) async throws -> [String] {
        let validation = Validation(
            language: YAMLManifests(), checks: surroundings.checks, targets: surroundings.targets,
            probes: surroundings.probes, references: { _, _ in [] })
        let pushGuard = PushGuard(language: YAMLManifests(), validation: validation, branch: "main")
        return try await store.read {
            try pushGuard.objections(to: [ReferenceUpdate("refs/heads/main", from: old, to: new)], $0)
        }
    }
}

extension Stage {
    /// Pushes a merge of a branch that pins a version in dev.
    fileprivate func mergeTopic(pinning version: ObjectID) throws {
        try repository.git("checkout", "--quiet", "-b", "topic")
        try repository.commit(
            ["environments/dev/tumor.yaml": deployment("tumor", pin: "  revision: \(version)")], push: false)
        try repository.git("checkout", "--quiet", "main")
        try repository.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
        try repository.git("push", "--quiet", "origin", "HEAD")
    }
}
