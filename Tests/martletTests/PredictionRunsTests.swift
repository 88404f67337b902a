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

    /// A model behind an address, or one that DVC keeps, is at hand as one in Git is.
    @Test(arguments: [false, true])
    func `a command finds the artifact wherever its bytes come from`(isKeptByDVC: Bool) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let weights = "weights from elsewhere\n"
            // In the model's folder lies another file of that name.
            let file = house.folder + "/model.bin"
            try Data(weights.utf8).write(to: URL(filePath: file))
            let digest = SHA256.digest(of: Array(weights.utf8)).digits
            let md5 = "c0b0cc0c6059802ad224a5ff633182b6"
            let pointer =
                isKeptByDVC
                ? "{path: far.bin, format: other}" : "{uri: \"file://\(file)\", sha256: \(digest), format: other}"
            let command = "grep -q elsewhere {artifact} && cp predictions.csv {output}"
            let manifest = House.model("tumor", evaluation: "{command: [sh, -c, \"\(command)\"]}").replacing(
                "{path: model.bin, format: other}", with: pointer)
            try house.commit([
                "models/tumor/model.yaml": manifest,
                "models/tumor/far.bin.dvc": "outs:\n- md5: \(md5)\n  size: \(weights.utf8.count)\n  path: far.bin\n",
                ".dvc/config": "[core]\n    remote = here\n['remote \"here\"']\n    url = \(house.folder)/remote\n",
            ])
            let object = URL(filePath: "\(house.folder)/remote/files/md5/\(md5.prefix(2))/\(md5.dropFirst(2))")
            try FileManager.default.createDirectory(
                at: object.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(weights.utf8).write(to: object)
            let run = try house.martlet(["check", "tumor"])
            #expect(run.code == 0, "\(run)")
        }
    }

    @Test func `predictions that lie there already are not those of a command that writes none`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.commit([
                "models/tumor/model.yaml": House.model("tumor", evaluation: "{command: [\"true\", \"{output}\"]}")
            ])
            let run = try house.martlet(["check", "tumor"])
            #expect(run.code == 1 && run.output.contains("ended well but wrote no {output}"), "\(run)")
        }
    }

    @Test func `a command that fails is not started anew for each check`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let command = "echo x >> \(house.folder)/runs; exit 1"
            try house.commit([
                "models/tumor/model.yaml": House.model("tumor", evaluation: "{command: [sh, -c, \"\(command)\"]}"),
                "gates/g.yaml": House.gate() + "    - model.slices\n    - monitor.numerical-stability\n",
            ])
            let run = try house.martlet(["check", "tumor"])
            #expect(run.code == 1, "\(run)")
            #expect(try String(contentsOfFile: house.folder + "/runs", encoding: .utf8) == "x\n")
        }
    }

    @Test func `a command that failed for what this machine lacked runs again once it is there`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let command = "test -e \(house.folder)/module && cp predictions.csv {output}"
            let version = try house.commit([
                "models/tumor/model.yaml": House.model("tumor", evaluation: "{command: [sh, -c, \"\(command)\"]}")
            ])
            try house.reconcile()
            #expect(try house.pin("dev") == nil)
            let why = try house.martlet(["why", "-C", house.origin, "tumor", "dev"])
            #expect(why.output.contains("Martlet looks again by itself"), "\(why)")
            try Data().write(to: URL(filePath: house.folder + "/module"))
            try house.reconcile()
            #expect(try house.pin("dev") == version)
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
