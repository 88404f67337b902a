import Domain
import Foundation
import Git
import Synchronization
import TestSupport
import Testing

@testable import martlet

/// The evaluation commands of models, as checks have them run.
struct PredictionRunsTests {
    @Test func `files that come slowly hold up nothing else`() async throws {
        try await withTemporaryRepository(files: ["models/a/model.bin": "x"]) { repository in
            let store = try GitStore(opening: repository.origin)
            let (revision, tree) = try await store.read { reader in
                let revision = try #require(try reader.resolve("refs/heads/main"))
                let folder = try reader.entry(at: "models/a", in: reader.commit(revision).tree)
                return (revision, try #require(folder).id)
            }
            let deadline = ContinuousClock.now + .seconds(10)
            let isReleased = Mutex(false)
            // As a disk that is slow, it blocks the thread.
            let tools = Subject.Tools(
                file: { _, _ in
                    while !isReleased.withLock({ $0 }), ContinuousClock.now < deadline { usleep(5000) }
                    return .bytes([1])
                },
                artifact: { _, _ in throw CancellationError() }, data: { _, _ in throw CancellationError() },
                predictions: { _ in throw CancellationError() }, store: store)
            let manifest = try Model(
                node: ManifestTree([
                    "task": "regression", "artifact": ["path": "model.bin"],
                    "evaluation": ["command": ["/bin/sh", "-c", "echo y > {output}"]],
                ]))
            let evaluation = try #require(manifest.evaluation)
            let workspace = Workspace(
                store: store, remote: SameStore(store), branch: "main", cache: repository.folder.path, origin: nil)
            let runs = PredictionRuns(runsProposed: true)
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Content.self) { group in
                for number in 0...ProcessInfo.processInfo.activeProcessorCount {
                    let version = ModelVersion(
                        model: "a", revision: revision, tree: tree,
                        data: ["data/\(number).yaml": ObjectID(high: UInt64(number), middle: 0, low: 1)])
                    let subject = Subject(
                        version: version, manifest: manifest, schema: nil, datasets: [:], environment: nil,
                        deployed: nil, tip: revision, now: Timestamp(seconds: 0), tools: tools)
                    group.addTask { try await runs.predictions(of: subject, evaluation, tools, workspace) }
                }
                // Whoever goes on here is on the pool.
                try await Task.sleep(for: .milliseconds(300))
                #expect(ContinuousClock.now - start < .seconds(5))
                isReleased.withLock { $0 = true }
                for try await content in group { #expect(content == .bytes(Array("y\n".utf8))) }
            }
        }
    }

    @Test func `a command that met a limit is told of with the limit, and what sets it`() throws {
        let evaluation = try #require(
            try Model(
                node: ManifestTree([
                    "task": "regression", "artifact": ["path": "model.bin"],
                    "evaluation": ["command": ["a"], "timeout": "90s", "memoryLimit": "3GiB"],
                ])
            ).evaluation)
        let cases: [(CommandResult.Ending, String)] = [
            (.timedOut, "took longer than 1m30s and was stopped (evaluation.timeout sets that limit)"),
            (.signalled(25), "wrote a file of more than 1GiB"), (.exited(153), "wrote a file of more than 1GiB"),
            (.exited(1), "may use 3GiB of memory, which evaluation.memoryLimit sets"), (.signalled(9), "3GiB"),
            (.notStarted("no a"), "could not be started: no a"),
        ]
        for (ending, words) in cases {
            let story = CommandResult(ending: ending, errors: Array("last words".utf8)).story(within: evaluation)
            #expect(story.contains(words) && story.contains("last words"), "\(story)")
        }
    }
}
