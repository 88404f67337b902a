import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

struct RecoveryTests {
    @Test func `a lost status reference is rebuilt from the branch's history`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.revertByHand("Promote tumor \(second.short) to dev")
            try await stage.settle()
            try git("update-ref", "-d", "refs/martlet/status", in: stage.repository.origin)
            stage.restart()
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [second])
            #expect(await stage.state("dev") == .verified)
            #expect(
                try git("ls-tree", "-r", "--name-only", "refs/martlet/status", in: stage.repository.origin)
                    == "dev/tumor.json")
        }
    }

    @Test func `a status reference that is lost while the controller runs is written again, whole`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            try stage.push("a", score: 0.8)
            try stage.push("b", score: 0.8)
            try await stage.settle()
            let before = try git("rev-parse", "refs/martlet/status^{tree}", in: stage.repository.origin)
            try git("update-ref", "-d", "refs/martlet/status", in: stage.repository.origin)
            try await stage.settle()
            #expect(try git("rev-parse", "refs/martlet/status^{tree}", in: stage.repository.origin) == before)
        }
    }

    @Test func `a status file that is lost or damaged is rebuilt`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            let one = try stage.push("a", score: 0.8)
            try stage.push("b", score: 0.8)
            try await stage.settle()
            let blob = try git("hash-object", "-w", "--stdin", in: stage.repository.origin, input: "no json")
            let old = try git("show", "refs/martlet/status:dev/b.json", in: stage.repository.origin)
            let kept = try git("hash-object", "-w", "--stdin", in: stage.repository.origin, input: old + "\n")
            let folder = try git(
                "mktree", in: stage.repository.origin,
                input: "100644 blob \(blob)\ta.json\n100644 blob \(kept)\tb.json\n")
            let tree = try git("mktree", in: stage.repository.origin, input: "040000 tree \(folder)\tdev\n")
            let message = try stage.message("refs/martlet/status")
            let commit = try git(
                "commit-tree", tree, "-p", "refs/martlet/status", in: stage.repository.origin, input: message)
            try git("update-ref", "refs/martlet/status", commit, in: stage.repository.origin)
            stage.restart()
            try await stage.settle()
            #expect(await stage.status("dev", "a")?.pin?.revision == one)
            #expect(await stage.state("dev", "a") == .verified)
            let next = try stage.push("a", score: 0.9)
            try await stage.settle()
            #expect(stage.running("dev", "a") == next)
        }
    }

    @Test func `lost evidence is made anew`() async throws {
        try await withStage([.dev, .staging], gate: "  soakFor: 1h") { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            try git("update-ref", "-d", "refs/martlet/evidence", in: stage.repository.origin)
            stage.restart()
            try await stage.settle()
            try await stage.wait(.seconds(3601), step: .seconds(300))
            #expect(try stage.pin("staging") == version)
            #expect(stage.runs == 2)
        }
    }

    @Test func `a lost cache gives the same state`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, way: .mirror)
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            let before = try git("for-each-ref", in: stage.repository.origin)
            try stage.remove("mirror.git")
            let fresh = try Stage(reopening: stage, way: .mirror)
            try await fresh.settle()
            #expect(try git("for-each-ref", in: stage.repository.origin) == before)
            #expect(await fresh.state("production") == .verified)
            #expect(fresh.running("production") == version)
        }
    }

    @Test func `a push that fails is decided and tried again`() async throws {
        let failing = FailingRemote.Switch()
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev]) {
                $0.remote = FailingRemote(remote: $0.remote, isFailing: failing)
            }
            let version = try stage.push(score: 0.8)
            failing.set(true)
            await #expect(throws: LoopError.self) { try await stage.settle() }
            failing.set(false)
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
            let bad = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.answer("dev", "\(bad) fail ill\n")
            failing.set(true)
            await #expect(throws: LoopError.self) { try await stage.wait(.seconds(31), step: .seconds(31)) }
            failing.set(false)
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
        }
    }

    @Test func `two controllers do not take each other's word for a step back`() async throws {
        try await withStage([.dev, .staging]) { stage in
            let other = stage.another()
            try await other.settle()
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            let before = try git("for-each-ref", in: stage.repository.origin)
            try await other.settle()
            #expect(try git("for-each-ref", in: stage.repository.origin) == before)
            #expect(await other.currentLedger[Unit(environment: "staging", model: "tumor")]?.state == .verified)
            #expect(try stage.pin("staging") == version)
        }
    }
}
