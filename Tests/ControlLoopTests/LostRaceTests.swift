import ControlLoop
import Domain
import Foundation
import Git
import TestSupport
import Testing

/// A push that comes too late is not forced and not merged: everything is decided again on the new tip.
struct LostRaceTests {
    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `a freeze that comes in the last moment holds the promotion back`(_ way: Stage.Way) async throws {
        try await withMeddling(way) { stage, remote in
            let version = try stage.push(score: 0.9)
            let frozen = stage.text(.dev.with("freeze: {reason: audit}"))
            let repository = stage.repository
            remote.before {
                try repository.git("pull", "--quiet", "origin", "main")
                try repository.commit(["environments/dev/environment.yaml": frozen], message: "Freeze dev")
            }
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            #expect(try stage.log()[0] == "Freeze dev")
            #expect(stage.runs == 1)
            try stage.set(.dev)
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
            try git("fsck", "--strict", in: stage.repository.origin)
        }
    }

    @Test func `an unrelated commit in the last moment only delays`() async throws {
        try await withMeddling(.sameStore) { stage, remote in
            let version = try stage.push(score: 0.9)
            let repository = stage.repository
            remote.before {
                try repository.git("pull", "--quiet", "origin", "main")
                try repository.commit(["README.md": "text"], message: "Unrelated")
            }
            try await stage.settle()
            #expect(try stage.log().prefix(2) == ["Promote tumor \(version.short) to dev", "Unrelated"])
            #expect(stage.runs == 1)
        }
    }

    @Test func `a person's revert that comes before a rollback is not reverted`() async throws {
        try await withMeddling(.sameStore) { stage, remote in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.answer("dev", "\(second) fail ill\n")
            try stage.pull()
            let repository = stage.repository
            remote.before {
                try repository.git("revert", "--no-edit", "HEAD")
                try repository.git("push", "--quiet", "origin", "HEAD")
            }
            try await stage.wait(.seconds(31), step: .seconds(31))
            #expect(try stage.pin("dev") == first)
            #expect(try stage.log().filter { $0.hasPrefix("Revert") }.count == 1)
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [second])
        }
    }

    @Test func `a status that another controller wrote in the last moment is not lost`() async throws {
        try await withMeddling(.sameStore) { stage, remote in
            try stage.push(score: 0.9)
            let origin = stage.repository.origin
            remote.before {
                let tree = try git("mktree", in: origin, input: "")
                let commit = try git("commit-tree", tree, "-m", "another controller", in: origin)
                try git("update-ref", "refs/martlet/status", commit, in: origin)
            }
            try await stage.settle()
            #expect(try stage.log(of: "refs/martlet/status").last == "another controller")
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test func `a repair does not bring back what another controller has just replaced`() async throws {
        try await withMeddling(.sameStore) { stage, remote in
            try stage.push(score: 0.8)
            try await stage.settle()
            var plain = stage.surroundings
            plain.remote = SameStore(stage.store)
            let other = Controller(plain, branch: "main")
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            let third = try stage.push(score: 0.95)
            try git("update-ref", "refs/heads/main", "\(try stage.tip())~1", in: stage.repository.origin)
            stage.clock.advance(.seconds(31))
            let origin = stage.repository.origin
            remote.after(look: {
                try git("update-ref", "refs/heads/main", third.description, in: origin)
                try await other.settle()
            })
            _ = try await stage.controller.pass()
            #expect(stage.lines("targets/dev/applied.log").suffix(2) == [second, third].map { "tumor \($0)" })
            #expect(!stage.told.contains { $0.contains("changed by somebody else") })
            try await stage.wait(.seconds(2))
            #expect(stage.running("dev") == third)
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `a commit that comes and goes during a look is not taken for the one that is there`(_ way: Stage.Way)
        async throws
    {
        try await withMeddling(way) { stage, remote in
            try await stage.settle()
            let present = try stage.commit(["README.md": "one"])
            let repository = stage.repository
            remote.around(
                fetch: { try repository.commit(["README.md": "two"]) },
                {
                    try repository.git("push", "--quiet", "--force", "origin", "HEAD~1:main")
                })
            try await stage.settle()
            try await stage.settle()
            #expect(await stage.controller.currentSnapshot?.revision == present)
        }
    }

    private func withMeddling(_ way: Stage.Way, _ body: (Stage, MeddlingRemote) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            var remote: MeddlingRemote?
            let stage = try Stage(in: folder, [.dev], way: way) {
                let meddling = MeddlingRemote($0.remote)
                remote = meddling
                $0.remote = meddling
            }
            try await body(stage, #require(remote))
        }
    }
}
