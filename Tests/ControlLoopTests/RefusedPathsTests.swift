import Domain
import Foundation
import Git
import Synchronization
import TestSupport
import Testing

@testable import ControlLoop

/// The remote does not take what Martlet commits to some folder, as rules for paths and owners of files do: all else goes on.
struct RefusedPathsTests {
    private static let production = Unit(environment: "production", model: "tumor")

    @Test func `a folder that the remote protects stops no other environment`() async throws {
        try await withStage(way: .mirror) { stage in
            try stage.protect("environments/production")
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(try stage.pin("staging") == first)
            #expect(try stage.pin("production") == nil)
            let hindrance = try #require(await stage.status("production")?.hindrance)
            #expect(hindrance.needsPerson && hindrance.revision == first)
            #expect(
                hindrance.reason.hasPrefix("the remote refuses the promotion of tumor \(first.short) to production: ")
                    && hindrance.reason.contains("ask its owners"), "\(hindrance.reason)")
            #expect(try stage.recorded("production").hindrance == hindrance)
            #expect(!(try git("ls-tree", "-r", "refs/martlet/evidence", in: stage.repository.origin)).isEmpty)
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("staging") == second)
            try stage.answer("staging", "\(second) fail ill\n")
            try await stage.wait(.seconds(31), step: .seconds(31))
            #expect(try stage.pin("staging") == first)
            #expect(stage.running("staging") == first)
            // Each once, whatever was refused beside it.
            for place in ["dev", "staging"] {
                for version in [first, second] {
                    let title = "Promote tumor \(version.short) to \(place)"
                    #expect(try stage.log().filter { $0 == title }.count == 1)
                }
            }
            try git("fsck", "--strict", in: stage.repository.origin)
        }
    }

    @Test func `what is refused does not hold back what is decided in the same pass, nor comes twice`() async throws {
        try await withStage(models: ["a", "b"], way: .mirror) { stage in
            try stage.protect("environments/production/a")
            try stage.push("a", score: 0.8)
            try await stage.settle()
            let asked = stage.lines("asked").count
            try await stage.wait(.seconds(50), step: .seconds(10))
            #expect(stage.lines("asked").count == asked)
            // The next try of the one and the first of the other are one push, which is refused.
            let other = try stage.push("b", score: 0.7)
            stage.clock.advance(.seconds(11))
            try await stage.settle()
            #expect(try stage.pin("production", "b") == other)
            #expect(try stage.pin("production", "a") == nil)
            #expect(await stage.status("production", "b")?.hindrance == nil)
            try stage.unprotect()
            try await stage.wait(.seconds(7200), step: .seconds(600))
            #expect(try stage.pin("production", "a") != nil)
            #expect(await stage.state("production", "a") == .verified)
            #expect(await stage.status("production", "a")?.hindrance == nil)
            let titles = try stage.log().filter { $0.hasPrefix("Promote") }
            #expect(titles.count == 6 && Set(titles).count == 6)
        }
    }

    @Test func `of several models of one environment those go on that the remote takes`() async throws {
        let models = ["a", "b", "c", "d", "e", "f"]
        try await withStage([.dev], models: models, way: .mirror) { stage in
            try stage.protect("environments/dev/c")
            for model in models { try stage.push(model, score: 0.8) }
            try await stage.settle()
            for model in models { #expect((try stage.pin("dev", model) == nil) == (model == "c")) }
        }
    }

    @Test func `a branch that is protected as a whole keeps evidence and status all the same`() async throws {
        try await withStage(way: .mirror) { stage in
            try stage.protect("")
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            #expect(try stage.recorded("dev").hindrance?.revision == version)
            let runs = stage.runs
            let status = try stage.tip("refs/martlet/status")
            stage.restart()
            try await stage.settle()
            #expect(stage.runs == runs)
            #expect(try stage.tip("refs/martlet/status") == status)
            let plan = try await stage.why("dev")
            #expect(plan.state == .blocked)
            #expect(plan.blockers.contains { $0.kind == .person && $0.reason.contains("ask its owners") })
            let plans = try await stage.controller.currentPlans
            let plan2 = try #require(plans.first { $0.unit.environment == "dev" })
            #expect(plan2.failure?.contains("ask its owners") == true)
            #expect(plan2.blockers.map(\.kind) == [.person])
            let report = try await StatusReport.read(stage.store, stage.surroundings.language, branch: "main")
            let line = try #require(report.lines.first { $0.unit.environment == "dev" })
            #expect(line.reason.contains("ask its owners"), "\(line.reason)")
        }
    }

    @Test(arguments: [
        (
            "error: GH006: Protected branch update failed for refs/heads/main.\nerror: Required status check \"martlet\" is expected.",
            "bypass list"
        ),
        ("error: GH013: Repository rule violations found for refs/heads/main.", "bypass list"),
        ("GitLab: You are not allowed to push code to protected branches on this project.", "allowed to push"),
        ("Gitea: Not allowed to push to protected branch main", "push whitelist"),
        ("we are closed", ""),
    ])
    func `of a forge's rule that Martlet's own commits cannot keep it says what to change`(
        _ words: String, _ hint: String
    ) async throws {
        try await withStage([.dev], way: .mirror) { stage in
            try stage.protect("", saying: words)
            try stage.push(score: 0.8)
            try await stage.settle()
            let reason = try #require(try stage.recorded("dev").hindrance?.reason)
            #expect(reason.contains(try #require(words.split(separator: "\n").last)), "\(reason)")
            #expect(
                reason.contains("Martlet pushes by itself: put its user") == !hint.isEmpty
                    && (hint.isEmpty || reason.contains(hint)), "\(reason)")
            #expect(stage.told.contains { $0.contains(hint.isEmpty ? "we are closed" : hint) })
        }
    }

    @Test func `a rollback that the remote refuses calls a person, and the others go back`() async throws {
        try await withStage([.dev, EnvironmentText(name: "free"), .production.from("dev")], way: .mirror) { stage in
            let good = try stage.push(score: 0.8)
            try await stage.settle()
            let bad = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("production") == bad)
            try stage.protect("environments/production")
            for place in ["production", "free"] { try stage.answer(place, "\(bad) fail ill\n") }
            try await stage.wait(.seconds(31), step: .seconds(31))
            #expect(try stage.pin("free") == good)
            #expect(try stage.pin("production") == bad)
            let status = try stage.recorded("production")
            #expect(status.state == .failed && status.hindrance?.revision == bad)
            let plan = try await stage.why("production")
            #expect(plan.tending?.kind == .person)
            #expect(plan.tending?.reason.contains("the remote refuses the rollback of production/tumor to") == true)
            #expect(plan.tending?.unblockedBy.contains("has the remote take") == true)
            try stage.unprotect()
            try await stage.wait(.seconds(61), step: .seconds(61))
            #expect(try stage.pin("production") == good)
            #expect(await stage.status("production")?.hindrance == nil)
            #expect(try stage.log().filter { $0.hasPrefix("Revert") }.count == 2)
        }
    }

    @Test func `whoever promotes by hand is told what the remote says`() async throws {
        try await withStage([.dev.with("promotion: {mode: manual}")], way: .mirror) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            try stage.protect("environments/dev")
            let unit = Unit(environment: "dev", model: "tumor")
            await #expect(throws: LoopError.self) { _ = try await stage.another().promoteByHand(unit) }
            #expect(try stage.pin("dev") == nil)
        }
    }

    @Test func `who is faster between the parts of a push loses nothing, and nothing comes twice`() async throws {
        let moves = Turns()
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, models: ["a", "b"], way: .mirror) { surroundings in
                let origin = folder.path(percentEncoded: false) + "/origin.git"
                surroundings.step = { step in
                    guard step == "before-push", moves.next() % 2 == 1, moves.value < 40 else { return }
                    guard let tip = try? git("rev-parse", "main", in: origin),
                        let new = try? git(
                            "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit-tree", "-p", tip, "-m",
                            "note \(moves.value)", "\(tip)^{tree}", in: origin)
                    else { return }
                    _ = try? git("update-ref", "refs/heads/main", new, tip, in: origin)
                }
            }
            try stage.protect("environments/production/a")
            for model in ["a", "b"] { try stage.push(model, score: 0.8) }
            try await stage.settle()
            try await stage.wait(.seconds(61), step: .seconds(61))
            let titles = try stage.log().filter { $0.hasPrefix("Promote") }
            #expect(titles.count == 5 && Set(titles).count == 5, "\(titles)")
            #expect(try stage.log().contains { $0.hasPrefix("note ") })
            #expect(try stage.pin("production", "b") != nil)
        }
    }
}

/// Counts.
private final class Turns: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }

    var value: Int { count.withLock { $0 } }
}

extension EnvironmentText {
    fileprivate func from(_ names: String...) -> EnvironmentText {
        var copy = self
        copy.from = names
        return copy
    }
}

extension Stage {
    /// Has the remote take from Martlet nothing on the branch that changes files whose path begins so; each refusal leaves a line in `asked`.
    func protect(_ path: String, saying words: String? = nil) throws {
        let hooks = repository.origin + "/hooks"
        try FileManager.default.createDirectory(atPath: hooks, withIntermediateDirectories: true)
        let script = """
            #!/bin/sh
            while read old new name; do
              case $name in refs/heads/main) ;; *) continue;; esac
              for commit in $(git rev-list --author=Martlet "$old..$new"); do
                if git diff-tree --no-commit-id --name-only -r "$commit" | grep -q '^\(path)'; then
                  echo x >> \(folder)/asked
                  echo '\(words ?? "\(path) is protected: ask its owners")' >&2
                  exit 1
                fi
              done
            done
            """
        try script.write(toFile: hooks + "/pre-receive", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hooks + "/pre-receive")
    }

    func unprotect() throws { try FileManager.default.removeItem(atPath: repository.origin + "/hooks/pre-receive") }

    /// What the record says of a deployment.
    func recorded(_ environment: String, _ model: String = "tumor") throws -> DeploymentStatus {
        let text = try git("show", "refs/martlet/status:\(environment)/\(model).json", in: repository.origin)
        return try #require(DeploymentStatus(json: JSON(parsing: Array(text.utf8))))
    }
}
