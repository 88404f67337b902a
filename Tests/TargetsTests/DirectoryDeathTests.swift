import Domain
import Foundation
import TestSupport
import Testing

@testable import Targets

/// Readers beside a writer, and writers that are killed.
@Suite(.serialized) struct DirectoryDeathTests {
    @Test(arguments: Directory.Layout.allCases)
    func `a reader never sees half a model`(layout: Directory.Layout) async throws {
        let scratch = try ScratchFolder()
        let releases = try Releases(in: scratch, size: 150_000)
        let target = try target(layout, scratch.path + "/served")
        try await target.apply(releases.first, using: localTools)
        let reader = Task.detached { () -> (reads: Int, strange: Int) in
            var reads = 0, strange = 0
            while !Task.isCancelled {
                // A server that finds a version gone looks again.
                guard let path = ServedFile.path(layout, in: scratch.path + "/served"),
                    let bytes = try? Array(Data(contentsOf: URL(filePath: path)))
                else { continue }
                reads += 1
                if bytes != releases.firstBytes, bytes != releases.secondBytes { strange += 1 }
            }
            return (reads, strange)
        }
        let thrifty = try self.target(layout, scratch.path + "/served", keep: 1)
        for round in 0..<24 {
            let release = round.isMultiple(of: 2) ? releases.second : releases.first
            try await (round < 12 ? target : thrifty).apply(release, using: localTools)
        }
        reader.cancel()
        let seen = await reader.value
        #expect(seen.strange == 0)
        #expect(seen.reads > 20)
    }

    @Test(arguments: Directory.Layout.allCases)
    func `two writers at once leave one whole version`(layout: Directory.Layout) async throws {
        let scratch = try ScratchFolder()
        let releases = try Releases(in: scratch)
        let target = try target(layout, scratch.path + "/served")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<16 {
                let release = round.isMultiple(of: 2) ? releases.first : releases.second
                group.addTask { try await target.apply(release, using: localTools) }
            }
            try await group.waitForAll()
        }
        let first = try await target.observe(releases.first, using: localTools)
        let second = try await target.observe(releases.second, using: localTools)
        #expect((first == .asWanted) != (second == .asWanted))
    }

    @Test(arguments: Directory.Layout.allCases)
    func `a model that is being copied keeps no other waiting`(layout: Directory.Layout) async throws {
        let scratch = try ScratchFolder()
        let releases = try Releases(in: scratch)
        let target = try target(layout, scratch.path + "/served")
        // As slow as a large file on a slow disk: it comes when it is written below.
        let pipe = scratch.path + "/artifacts/pipe"
        mkfifo(pipe, 0o600)
        let artifact = Artifact(path: pipe, isFolder: false, size: 3, digest: SHA256.digest(of: [1, 2, 3]))
        let slow = Release(
            environment: "production", model: "lending/large", pin: releases.first.pin, artifact: artifact,
            digest: artifact.digest, format: .onnx, number: 5)
        let copying = Task { try await target.apply(slow, using: localTools) }
        let limit = ContinuousClock.now + .seconds(20)
        let versions = scratch.path + "/served/" + (layout == .plain ? "lending/large/.versions" : "lending__large")
        while !isBeingWritten(versions), ContinuousClock.now < limit {
            try await Task.sleep(for: .milliseconds(2))
        }
        let start = ContinuousClock.now
        for release in [releases.first, releases.second, releases.first, releases.nothing, releases.second] {
            try await target.apply(release, using: localTools)
        }
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(isBeingWritten(versions))
        try Data([1, 2, 3]).write(to: URL(filePath: pipe))
        try await copying.value
        #expect(try await target.observe(slow, using: localTools) == .asWanted)
        #expect(try await target.observe(releases.second, using: localTools) == .asWanted)
    }

    private func isBeingWritten(_ versions: String) -> Bool {
        FileTree.names(in: versions).contains { $0.hasPrefix(".martlet-new-") }
    }

    @Test func `models beside each other come and go at once`() async throws {
        let scratch = try ScratchFolder()
        let names = ["lending", "lending/credit-risk", "lending/risk/a", "lending/risk/b"]
        let target = try target(.plain, scratch.path + "/served")
        let all = try names.map { try Releases(in: scratch, model: $0, size: 50) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for releases in all {
                group.addTask {
                    for _ in 0..<25 {
                        try await target.apply(releases.first, using: localTools)
                        try await target.apply(releases.nothing, using: localTools)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(FileTree.names(in: scratch.path + "/served") == [".martlet.lock"])
    }

    /// Starts this test program again as a writer (below), kills it at a random moment, and looks at what it left.
    @Test(arguments: Directory.Layout.allCases)
    func `dying at any moment leaves nothing that the next run does not put right`(layout: Directory.Layout)
        async throws
    {
        let scratch = try ScratchFolder()
        let root = scratch.path + "/served"
        let releases = try Releases(in: scratch)
        let target = try target(layout, root)
        for round in 0..<20 {
            try await runWriter(layout, scratch, killedAfter: .microseconds(Int.random(in: 0...30_000)))
            if let path = ServedFile.path(layout, in: root) {
                let bytes = try Array(Data(contentsOf: URL(filePath: path)))
                #expect(bytes == releases.firstBytes || bytes == releases.secondBytes, "a reader sees a whole version")
            }
            guard round % 4 == 3 else { continue }
            let release = round % 8 == 3 ? releases.first : releases.second
            try await target.apply(release, using: localTools)
            #expect(try await target.observe(release, using: localTools) == .asWanted)
            #expect(FileTree.walk(root).files.allSatisfy { !$0.path.contains(".martlet-new-") })
        }
        try await target.apply(releases.nothing, using: localTools)
        #expect(FileTree.names(in: root).filter { $0 != ".martlet.lock" }.isEmpty)
    }

    /// Not a test by itself: applies and removes without end, in the program that the test above kills.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["MARTLET_TEST_WRITER"] != nil))
    func `writes until it is killed`() async throws {
        let words = (ProcessInfo.processInfo.environment["MARTLET_TEST_WRITER"] ?? "").split(separator: "\n").map(
            String.init)
        let layout = try #require(words.first.flatMap { Directory.Layout(rawValue: $0) })
        let folder = words[1]
        let target = try target(layout, folder + "/served")
        let releases = try Releases(in: folder)
        try Data().write(to: URL(filePath: folder + "/started"))
        while true {
            for release in [releases.first, releases.second, releases.first, releases.nothing] {
                try await target.apply(release, using: localTools)
            }
        }
    }

    private func target(_ layout: Directory.Layout, _ path: String, keep: Int = 3) throws -> Directory {
        try Directory(
            node: ManifestTree(["path": .string(path), "layout": .string(layout.rawValue), "keep": .int(keep)]))
    }

    private func runWriter(_ layout: Directory.Layout, _ scratch: ScratchFolder, killedAfter wait: Duration)
        async throws
    {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--testing-library", "swift-testing", "--filter", "writes until it is killed"]
        process.environment = ["MARTLET_TEST_WRITER": "\(layout.rawValue)\n\(scratch.path)"]
        process.environment?["LD_LIBRARY_PATH"] = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        unlink(scratch.path + "/started")
        try process.run()
        let limit = ContinuousClock.now + .seconds(20)
        while access(scratch.path + "/started", F_OK) != 0, process.isRunning, ContinuousClock.now < limit {
            try await Task.sleep(for: .milliseconds(1))
        }
        try #require(process.isRunning, "the writer did not start")
        try await Task.sleep(for: wait)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal, "it was still writing")
    }
}
