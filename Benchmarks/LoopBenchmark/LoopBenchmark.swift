import Checks
import ControlLoop
import Domain
import Gates
import Git
import Glibc
import Manifests
import Synchronization

/// Drives one controller through the steps whose cost is promised.
struct LoopBenchmark {
    private static let rounds = 15

    private let store: GitStore
    private let controller: Controller
    private let watch: Stopwatch

    init(repository: String) async throws {
        let store = try GitStore(opening: repository)
        let watch = SickProbe.watch
        let tools = Tools(
            run: { _ in CommandResult(ending: .notStarted("no programs here")) },
            send: { _ in throw LoopError.notFound("no network here") }, now: Self.now)
        let materials = Subject.Tools(
            file: { version, path in
                try await store.read { reader in
                    let root = try reader.commit(version.revision).tree
                    guard let entry = try reader.entry(at: "models/\(version.model)/\(path)", in: root) else {
                        return nil
                    }
                    return .bytes(try reader.blob(entry.id, atMost: 1 << 30))
                }
            },
            artifact: { _, _ in throw LoopError.notFound("no artifacts here") },
            data: { _, _ in throw LoopError.notFound("no data here") },
            predictions: { subject in
                guard let path = subject.manifest.evaluation?.predictions,
                    let content = try await subject.tools.file(subject.version, path)
                else { throw ArtifactFailure(.missing, "no predictions") }
                return content
            }, store: store)
        let judge = GateJudge { _ in nil }
        let checks = CheckRegistry([QualityGate.self])
        let targets = Registry([]), probes = Registry([SickProbe.self])
        let validation = Validation(
            language: YAMLManifests(), checks: checks, targets: targets, probes: probes, references: { _, _ in [] })
        controller = Controller(
            Surroundings(
                store: store, remote: SameStore(store), language: YAMLManifests(), checks: checks, targets: targets,
                probes: probes, judge: { judge.blockers($0) }, tools: tools, materials: materials,
                validation: validation, step: { watch.mark($0) }),
            branch: "main")
        self.store = store
        self.watch = watch
    }

    func run() async throws -> JSON {
        let start = processSeconds()
        try await controller.settle()
        let cold = processSeconds() - start
        let idle = try await idlePass()
        var promotions: [Double] = [], rollbacks: [Double] = []
        for round in 0..<Self.rounds {
            let model = Self.model(round)
            promotions.append(try await promotion(of: model, round))
            rollbacks.append(try await rollback(of: model))
        }
        return [
            "cold_start_cpu_s": .double(cold), "idle_pass_cpu_ms": .double(idle * 1000),
            "commit_to_promotion_cpu_ms": .double(Self.median(promotions) * 1000),
            "verdict_to_revert_cpu_ms": .double(Self.median(rollbacks) * 1000), "rounds": .int(Self.rounds),
        ]
    }

    /// One pass in which nothing has moved.
    private func idlePass() async throws -> Double {
        let count = 2000
        let start = processSeconds()
        for _ in 0..<count { _ = try await controller.pass() }
        return (processSeconds() - start) / Double(count)
    }

    /// From a commit that is there to the promotion commit in the object database: 10,000 predictions are read, judged, and
    /// compared with as many of the version that runs.
    private func promotion(of model: String, _ round: Int) async throws -> Double {
        try await commit(Self.predictions(seed: round + 500), as: "models/\(model)/predictions.csv")
        try await controller.settle()
        try await commit(Self.predictions(seed: round), as: "models/\(model)/predictions.csv")
        watch.clear()
        let start = processSeconds()
        _ = try await controller.pass()
        guard let end = watch.time(of: "after-promotion-commit") else {
            throw LoopError.notFound("\(model) was not promoted")
        }
        try await controller.settle()
        return end - start
    }

    /// From the verdict that a deployment is ill to the revert commit in the object database.
    private func rollback(of model: String) async throws -> Double {
        try await commit(Self.predictions(seed: 1000), as: "models/\(model)/predictions.csv")
        SickProbe.patient.withLock { $0 = model }
        watch.clear()
        try await controller.settle()
        SickProbe.patient.withLock { $0 = nil }
        guard let verdict = watch.time(of: "verdict"), let end = watch.time(of: "after-rollback-commit") else {
            throw LoopError.notFound("\(model) was not rolled back")
        }
        return end - verdict
    }

    private func commit(_ bytes: [UInt8], as path: String) async throws {
        try await store.write { writer in
            guard let tip = try writer.resolve("refs/heads/main") else { return }
            let tree = try writer.write(
                tree: writer.commit(tip).tree, edits: [TreeEdit(set: path, to: writer.write(blob: bytes))])
            let person = Person(name: "Ada", email: "ada@example.com", time: Self.now())
            let commit = try writer.write(
                CommitDraft(tree: tree, parents: [tip], author: person, message: "Change \(path)\n"))
            _ = try writer.move("refs/heads/main", from: tip, to: commit, reason: "benchmark")
        }
    }

    private static func model(_ round: Int) -> String {
        "team-000/model-" + String(repeating: "0", count: 4) + (round < 10 ? "0" : "") + String(round)
    }

    /// 10,000 rows, about nine of ten right: the same for all seeds, but for one in two hundred.
    private static func predictions(seed: Int) -> [UInt8] {
        var (rows, changes) = (XorShift(seed: 1), XorShift(seed: seed + 2))
        var text = "row,label,prediction,score,region\n"
        for row in 0..<10_000 {
            let label = rows.next() % 2, isWrong = (rows.next() % 10 == 0) != (changes.next() % 200 == 0)
            let prediction = isWrong ? 1 - label : label
            let score = prediction == 1 ? 5000 + rows.next() % 5000 : rows.next() % 5000
            let digits = String(10_000 + score).dropFirst()
            text += "r\(row),\(label),\(prediction),0.\(digits),region-\(rows.next() % 5)\n"
        }
        return Array(text.utf8)
    }

    private struct XorShift {
        private var state: UInt64

        init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 }

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    @Sendable private static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
