import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

struct SyncTests {
    @Test func `a target that somebody changed is repaired`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            try stage.write("something else\n", to: "targets/dev/tumor.running")
            try await stage.wait(.seconds(40), step: .seconds(10))
            #expect(stage.running("dev") == version)
            #expect(await stage.state("dev") == .verified)
            try stage.remove("targets/dev/tumor.running")
            try await stage.wait(.seconds(40), step: .seconds(10))
            #expect(stage.running("dev") == version)
        }
    }

    @Test func `a target that fails is tried again, ever more slowly, and recovers`() async throws {
        try await withStage([.dev]) { stage in
            try stage.write("disk full", to: "targets/dev/refuses")
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(await stage.state("dev") == .stalled)
            #expect(await stage.status("dev")?.reason == "disk full")
            try await stage.wait(.seconds(600), step: .seconds(1))
            #expect(try stage.pin("dev") == version)
            #expect(try stage.log(of: "refs/martlet/status").count <= 3)
            try stage.remove("targets/dev/refuses")
            try await stage.wait(.seconds(600), step: .seconds(20))
            #expect(stage.running("dev") == version)
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test func `an artifact that a target finds to be wrong is forgotten, and had anew`() async throws {
        try await withStage([.dev]) { stage in
            try stage.write("", to: "targets/dev/blames")
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(await stage.status("dev")?.reason == "wrong bytes")
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(stage.folder)/artifacts") == [])
            try stage.remove("targets/dev/blames")
            try await stage.wait(.seconds(600), step: .seconds(20))
            #expect(stage.running("dev") == version)
        }
    }

    @Test func `an error that is worded differently each time does not make the loop spin`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.8)
            try stage.write("error 0", to: "targets/dev/refuses")
            try await stage.settle()
            for second in 1...60 {
                try stage.write("error \(second)", to: "targets/dev/refuses")
                try await stage.wait(.seconds(1))
            }
            #expect(try stage.log(of: "refs/martlet/status").count <= 10)
        }
    }

    @Test func `a digest that the artifact does not have is never deployed`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            let text = try stage.file("environments/dev/tumor.yaml")
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("  digest: ") })
            let wrong = "  digest: sha256:" + String(repeating: "ab", count: 32)
            try stage.commit(["environments/dev/tumor.yaml": text.replacing(line, with: wrong)])
            try await stage.settle()
            #expect(await stage.state("dev") == .stalled)
            #expect(try #require(await stage.status("dev")).reason.contains("promises sha256:abab"))
            #expect(stage.running("dev") == version)
        }
    }
}
