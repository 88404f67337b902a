import ControlLoop
import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

/// Gates that ask for a score, and evidence by hand, on real commits.
struct ScoreGateTests {
    /// Checks of the rubric's ids, each running where the version has a file of its name and saying what stands there.
    private static func registry() -> CheckRegistry {
        CheckRegistry([
            ScoreCheck.self, WaitingCheck.self, BetterCheck.self, DataTest.self, ModelTest.self, InfraTest.self,
            MonitorTest.self,
        ])
    }

    private func withScoredStage(
        _ environments: [EnvironmentText] = [.dev], gate: String = "  score: {least: 1}",
        signer: @escaping @Sendable (ObjectID, [UInt8]) -> String? = { _, _ in nil },
        _ body: (Stage) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, environments, gate: gate) { surroundings in
                surroundings.checks = Self.registry()
                surroundings.verify = { commit, signers in
                    signer(commit, signers.allowed).map(SignatureVerdict.good) ?? .unsigned
                }
            }
            try await body(stage)
        }
    }

    private static let tests = ["data.txt", "model.txt", "infra.txt", "monitor.txt"]

    private func push(_ stage: Stage, _ verdicts: [String]) throws -> ObjectID {
        try stage.push(score: 0.9)
        let files = Dictionary(
            uniqueKeysWithValues: zip(Self.tests, verdicts).map { ("models/tumor/\($0)", "\($1)\n") })
        return try stage.commit(files, message: "verdicts \(verdicts)")
    }

    @Test func `a gate that asks for a score runs the rubric once and says what would raise it`() async throws {
        try await withScoredStage { stage in
            _ = try push(stage, ["pass", "pass", "fail", "skipped"])
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            let plan = try await stage.why("dev")
            #expect(plan.blockers.map(\.kind) == [.score])
            #expect(plan.blockers.first?.unblockedBy.contains("infra.quality-gate") == true)
            #expect(plan.scorecard?.sections.map(\.score) == [1, 1, 1, 0])
            #expect(plan.scorecard?.sections.map(\.passing) == [1, 1, 0, 0])
            let files = try git("ls-tree", "-r", "--name-only", "refs/martlet/evidence", in: stage.repository.origin)
            #expect(files.contains("data.schema") && files.contains("test.score"))
            let runs = stage.told.count { $0.contains("model.slices pass") }
            #expect(runs == 1)
            stage.restart()
            try stage.commit(["notes.txt": "nothing of the model"])
            try await stage.settle()
            #expect(stage.told.count { $0.contains("model.slices pass") } == runs, "evidence is never computed twice")
            let good = try push(stage, ["pass", "pass", "pass", "warn"])
            try await stage.settle()
            #expect(try stage.pin("dev") == good)
        }
    }

    @Test func `settings come from the nearest gate on the way that names the check`() async throws {
        try await withScoredStage([.dev, .staging], gate: "") { stage in
            try stage.commit([
                "gates/g.yaml": stage.gate().replacing(
                    "checks: [", with: "checks: [{check: data.schema, file: other.txt}, "),
                "gates/s.yaml": stage.gate("  score: {least: 1}").replacing("name: g", with: "name: s"),
                "environments/staging/environment.yaml": stage.text(.staging).replacing("gate: g", with: "gate: s"),
                "models/tumor/other.txt": "pass\n",
            ])
            _ = try push(stage, ["fail", "pass", "pass", "pass"])
            try await stage.settle()
            #expect(try stage.pin("staging") == stage.pin("dev"))
            #expect(try stage.pin("dev") != nil)
        }
    }

    private static func evidence(_ check: String = "monitor.staleness", more: String = "") -> String {
        """
        apiVersion: martlet.dev/v1
        kind: Evidence
        metadata: {name: watch}
        spec:
          check: \(check)
          model: tumor
          author: ada@example.com
          date: 2026-01-05
          text: Looked at the age by hand.
          distributedTo: [team]
        \(more)

        """
    }

    @Test func `evidence by hand counts half where the commit that brought it is signed`() async throws {
        let good = Mutex<Set<ObjectID>>([])
        try await withScoredStage(
            gate: "  score: {least: 0.5}",
            signer: { commit, list in
                good.withLock { $0.contains(commit) } && list == Array("grace\n".utf8) ? "ada@example.com" : nil
            }
        ) { stage in
            _ = try push(stage, ["pass", "pass", "pass", "skipped"])
            try stage.commit(["allowed_signers": "grace\n", "evidence/watch.yaml": Self.evidence()], message: "by eve")
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            let row = try await stage.why("dev").scorecard?.sections[3].rows[3]
            #expect(row?.remedy?.contains("not signed by anyone in allowed_signers") == true)
            let signed = try stage.commit(
                ["evidence/watch.yaml": Self.evidence(more: "  result: pass")], message: "signed")
            good.withLock { _ = $0.insert(signed) }
            try stage.commit(["notes.txt": "something else, unsigned"])
            try await stage.settle()
            #expect(try stage.pin("dev") != nil)
        }
    }

    @Test func `what was taken away and brought back by a stranger does not count`() async throws {
        let good = Mutex<Set<ObjectID>>([])
        try await withScoredStage(signer: { commit, _ in good.withLock { $0.contains(commit) } ? "ada@example.com" : nil
        }) {
            stage in
            _ = try push(stage, ["pass", "pass", "pass", "skipped"])
            let signed = try stage.commit(
                ["allowed_signers": "grace\n", "evidence/watch.yaml": Self.evidence()], message: "signed")
            good.withLock { _ = $0.insert(signed) }
            try await stage.settle()
            func points() async throws -> Double? {
                try await stage.why("dev").scorecard?.sections[3].rows[3].points
            }
            #expect(try await points() == 0.5)
            try stage.commit([:], removing: ["evidence/watch.yaml"])
            try await stage.settle()
            #expect(try await points() == 0)
            // A merge of the old signed commit that brings the file back.
            try stage.pull()
            let tree = try stage.repository.git("rev-parse", "\(signed)^{tree}")
            let merge = try stage.repository.git(
                "commit-tree", tree, "-p", "HEAD", "-p", signed.description, "-m", "bring back")
            try stage.repository.git("reset", "--quiet", "--hard", merge)
            try stage.repository.git("push", "--quiet", "origin", "HEAD")
            try await stage.settle()
            #expect(try await points() == 0)
        }
    }

    @Test func `a merge counts by the signature of the commit that it brings`() async throws {
        let good = Mutex<Set<ObjectID>>([])
        try await withScoredStage(signer: { commit, _ in good.withLock { $0.contains(commit) } ? "ada@example.com" : nil
        }) {
            stage in
            _ = try push(stage, ["pass", "pass", "pass", "skipped"])
            try stage.commit(["allowed_signers": "grace\n"])
            try stage.pull()
            try stage.repository.git("checkout", "--quiet", "-b", "side")
            try FileManager.default.createDirectory(
                atPath: stage.repository.work + "/evidence", withIntermediateDirectories: true)
            try Data(Self.evidence().utf8).write(to: URL(filePath: stage.repository.work + "/evidence/watch.yaml"))
            try stage.repository.git("add", "--all")
            try stage.repository.git("commit", "--quiet", "-m", "signed")
            let signed = try id(stage.repository.git("rev-parse", "HEAD"))
            try stage.repository.git("checkout", "--quiet", "main")
            try stage.repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "side")
            try stage.repository.git("push", "--quiet", "origin", "HEAD")
            try await stage.settle()
            let before = try await stage.why("dev").scorecard?.sections[3].score
            #expect(before == 0)
            good.withLock { _ = $0.insert(signed) }
            let after = try await stage.why("dev").scorecard?.sections[3].score
            #expect(after == 0.5)
        }
    }

    @Test func `evidence about another version or with a changed link does not count`() async throws {
        try await withScoredStage(signer: { _, _ in "ada@example.com" }) { stage in
            let version = try push(stage, ["pass", "pass", "pass", "skipped"])
            try await stage.settle()
            func row(_ more: String) async throws -> Scorecard.Row? {
                try stage.commit([
                    "allowed_signers": "grace\n", "evidence/watch.yaml": Self.evidence(more: more),
                    "report.md": "all well\n",
                ])
                return try await stage.why("dev").scorecard?.sections[3].rows[3]
            }
            let digest = SHA256.digest(of: Array("all well\n".utf8))
            #expect(try await row("  revision: \(version)")?.points == 0.5)
            #expect(try await row("  links: [{path: report.md, sha256: \(digest)}]")?.points == 0.5)
            let wrong = try await row("  links: [{path: model.txt, sha256: \(digest)}]")
            #expect(wrong?.points == 0)
            #expect(wrong?.remedy?.contains("model.txt") == true)
            let gone = try await row("  revision: \(String(repeating: "0", count: 40))")
            #expect(
                gone?.points == 0 && gone?.remedy?.contains("its revision 0000000") == true, "\(gone?.remedy ?? "")")
            _ = try push(stage, ["pass", "pass", "warn", "skipped"])
            try await stage.settle()
            #expect(try await row("  revision: \(version)")?.points == 0)
        }
    }
}

/// A test of the rubric that says what a file of the version says.
private protocol FileTest: Check {
    static var standard: String { get }
    var file: String { get }
}

extension FileTest {
    static var summary: String { "says what a file says" }

    func run(on subject: Subject) async throws -> Outcome {
        guard case .bytes(let bytes)? = try await subject.tools.file(subject.version, file) else {
            return Outcome(.skipped, "there is no \(file)")
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return Outcome(Verdict(rawValue: text) ?? .error, "it says \(text)", measurements: ["n": 1])
    }
}

private struct DataTest: FileTest {
    static let id = "data.schema"
    static let standard = "data.txt"
    let file: String
    init(_ fields: Fields) throws(FieldErrors) { file = fields.value("file", default: Self.standard, "the file") }
}

private struct ModelTest: FileTest {
    static let id = "model.slices"
    static let standard = "model.txt"
    let file: String
    init(_ fields: Fields) throws(FieldErrors) { file = fields.value("file", default: Self.standard, "the file") }
}

private struct InfraTest: FileTest {
    static let id = "infra.quality-gate"
    static let standard = "infra.txt"
    let file: String
    init(_ fields: Fields) throws(FieldErrors) { file = fields.value("file", default: Self.standard, "the file") }
}

private struct MonitorTest: FileTest {
    static let id = "monitor.staleness"
    static let standard = "monitor.txt"
    let file: String
    init(_ fields: Fields) throws(FieldErrors) { file = fields.value("file", default: Self.standard, "the file") }
}
