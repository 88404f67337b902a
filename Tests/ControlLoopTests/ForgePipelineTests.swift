import ControlLoop
import Domain
import TestSupport
import Testing

/// Statuses on GitLab, which belong into pipelines that come and go.
struct ForgePipelineTests {
    private func statuses(_ scene: ForgeScene, in pipeline: Int) async throws -> Set<String> {
        let all = try await scene.control("state")["statuses"]?.array ?? []
        return Set(all.filter { $0["pipeline"]?.int == pipeline }.compactMap { $0["context"]?.string })
    }

    @Test(arguments: ["head", "merge"]) func `a pipeline that begins later has the statuses at the next look`(
        kind: String
    ) async throws {
        try await withForgeScene("gitlab") { scene in
            try scene.stage.push(score: 0.9)
            try await scene.go()
            for number in [900, 910] {
                try await scene.control("pipelines", ["id": .int(number), "kind": .string(kind)])
                #expect(try await statuses(scene, in: number) == [])
                await scene.lookAgain()
                #expect(try await statuses(scene, in: number) == ["martlet", "martlet/production"])
            }
            let before = try await scene.writes()
            for _ in 0..<3 { await scene.lookAgain() }
            #expect(try await scene.writes() == before, "what is shown is not written again")
        }
    }

    @Test func `the pipeline of a pull request that is no request has the status, too`() async throws {
        try await withForgeScene("gitlab") { scene in
            let stage = scene.stage
            try await scene.go()
            _ = try stage.propose(["NOTES.md": "hello"], as: "notes")
            try await scene.control(
                "requests", ["branch": "notes", "base": "main", "title": "Notes", "author": "ada"])
            try await scene.control("pipelines", ["id": 900, "kind": "merge"])
            try await scene.go()
            #expect(try await statuses(scene, in: 900) == ["martlet"])
        }
    }
}
