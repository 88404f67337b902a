import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

/// What strangers write into a repository harms at most what is theirs.
struct UntrustedTests {
    @Test(arguments: ["..", ".git", "dev/../..", "a\u{1B}[2J", "", "dev/x"])
    func `a hold on what is no deployment is not believed`(_ environment: String) async throws {
        try await withStage([.dev]) { stage in
            let nowhere = String(repeating: "12345678", count: 5)
            let trailers = "Martlet-Action: hold\nMartlet-Environment: \(environment)\nMartlet-Rejects: ../x@\(nowhere)"
            try stage.commit(["README.md": "x"], message: "Hold it\n\n\(trailers)\nMartlet-Rejects: y@\(nowhere)")
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
        }
    }

    @Test func `a damaged object stops only what needs it`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            try stage.push("a", score: 0.8)
            let other = try stage.push("b", score: 0.9)
            let blob = try git("rev-parse", "main:models/a/score.txt", in: stage.repository.origin)
            let path = "\(stage.repository.origin)/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
            try #require(FileManager.default.fileExists(atPath: path))
            try FileManager.default.removeItem(atPath: path)
            try Data("no object".utf8).write(to: URL(filePath: path))
            try await stage.settle()
            #expect(try stage.pin("dev", "b") == other)
            #expect(stage.running("dev", "b") == other)
            #expect(try stage.pin("dev", "a") == nil)
            #expect(stage.told.contains { $0.contains("test.score error") })
        }
    }

    @Test func `a merge that breaks a deployment changes nothing of what runs, whichever parent comes first`()
        async throws
    {
        try await withStage([.dev]) { stage in
            let path = "environments/dev/tumor.yaml"
            try stage.push(score: 0.8)
            try await stage.settle()
            let old = try stage.tip()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.repository.git("fetch", "--quiet", "origin")
            try stage.repository.git("checkout", "--quiet", "-b", "side", old.description)
            try stage.repository.write(stage.file(path, at: old.description) + "# edited\n", to: path)
            try stage.repository.git("commit", "--quiet", "--all", "-m", "Edit")
            _ = try? stage.repository.git("merge", "--quiet", "--no-commit", "origin/main")
            try stage.repository.write("<<<<<<< HEAD\n", to: path)
            try stage.repository.git("add", "--all")
            try stage.repository.git("commit", "--quiet", "-m", "Merge")
            try stage.repository.git("push", "--quiet", "origin", "side:main")
            try await stage.settle()
            #expect(stage.running("dev") == second)
            #expect(try await stage.why("dev").current?.revision == second)
            stage.restart()
            try await stage.settle()
            #expect(stage.running("dev") == second)
            #expect(try await stage.why("dev").current?.revision == second)
        }
    }

    @Test func `a manifest whose object is damaged freezes what depends on it`() async throws {
        try await withStage([.dev], models: ["a", "b"]) { stage in
            let first = try stage.push("a", score: 0.8)
            try await stage.settle()
            try stage.commit(["environments/dev/a.yaml": stage.file("environments/dev/a.yaml") + "# edited\n"])
            let blob = try git("rev-parse", "main:environments/dev/a.yaml", in: stage.repository.origin)
            let path = "\(stage.repository.origin)/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
            try FileManager.default.removeItem(atPath: path)
            let other = try stage.push("b", score: 0.9)
            try await stage.settle()
            stage.restart()
            try await stage.settle()
            #expect(stage.running("dev", "b") == other)
            #expect(stage.running("dev", "a") == first)
        }
    }

    @Test func `a promotion by hand with untrue trailers is taken for what it does`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            let pinned = try stage.file("environments/dev/tumor.yaml").replacing(
                second.description, with: first.description)
            let claim = "Martlet-Action: promote\nMartlet-Environment: dev\nMartlet-Model: tumor@\(second)"
            try stage.commit(
                [
                    "environments/dev/tumor.yaml": pinned.split(separator: "\n").filter { !$0.contains("digest") }
                        .joined(separator: "\n") + "\n"
                ], message: "Promote tumor to dev\n\n\(claim)")
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            #expect(stage.running("dev") == first)
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [second])
        }
    }
}
