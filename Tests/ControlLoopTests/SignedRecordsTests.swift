import ControlLoop
import Domain
import Git
import Synchronization
import TestSupport
import Testing

/// With a key, what Martlet writes beside its branches is signed, too.
struct SignedRecordsTests {
    private static let tags = "  stageTags: true\n  versionTags: true\n"

    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `each record and each tag is signed, and git knows it`(_ way: Stage.Way) async throws {
        try await withRecordStage([.dev, .staging.with("promotion: {mode: pull-request}")], way: way) { scene in
            let stage = scene.stage
            // Nobody asks for it: whoever asks later finds it so.
            try scene.setUp(signers: [], Self.tags)
            let version = try stage.push(score: 0.8)
            try stage.repository.git(
                "tag", "-a", "-m", "v", "tumor@v1.0.0", "\(version)", environment: ["GIT_COMMITTER_NAME": "Ada"])
            try stage.repository.git("push", "--quiet", "origin", "tumor@v1.0.0")
            try await stage.settle()
            #expect(try stage.pin("staging") == version)
            let records = try scene.records
            #expect(
                records == [
                    "refs/martlet/evidence", "refs/martlet/requests", "refs/martlet/status", "refs/notes/martlet",
                ])
            for record in records {
                for commit in try stage.log(subjectsOnly: false, of: record) {
                    #expect(try scene.isSigned(String(commit.prefix(40))), "\(record) \(commit)")
                }
            }
            for tag in ["tumor#dev#1", "tumor#staging#2"] {
                #expect(try scene.isSigned(tag, isTag: true), "\(tag)")
                #expect(try !scene.isSigned(tag, by: "eve", isTag: true))
            }
            try git("fsck", "--strict", in: stage.repository.origin)
            // A new process finds all of it as it should be.
            let before = try git("for-each-ref", in: stage.repository.origin)
            stage.restart()
            try await stage.settle()
            #expect(try git("for-each-ref", in: stage.repository.origin) == before)
        }
    }

    @Test func `a version tag that Martlet writes is signed`() async throws {
        try await withRecordStage([.dev]) { scene in
            let stage = scene.stage
            try scene.setUp(signers: [], Self.tags)
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            let text = try stage.file("environments/dev/tumor.yaml")
            #expect(text.contains("  revision: "))
            try stage.commit([
                "environments/dev/tumor.yaml": text.replacing("  revision: ", with: "  version: v1.4.0\n  revision: ")
            ])
            try await stage.settle()
            #expect(try git("rev-parse", "tumor@v1.4.0^{commit}", in: stage.repository.origin) == "\(version)")
            #expect(try scene.isSigned("tumor@v1.4.0", isTag: true))
        }
    }

    @Test func `a record is signed once, however much it says, and verified once, by others`() async throws {
        let started = Started()
        try await withRecordStage([.dev], hooks: { $0.count(started) }) { scene in
            let stage = scene.stage
            try scene.setUp()
            try stage.push(score: 0.8)
            try await stage.settle()
            try stage.push(score: 0.9)
            started.forget()
            let before = try commits(stage)
            try await stage.settle()
            // The promotion, its evidence and its status, one signature for each commit; what this process writes it need not verify.
            let new = try commits(stage) - before
            #expect((3...5).contains(new) && started.signatures == new, "\(new): \(started.all)")
            #expect(started.verifications == 0)
            started.forget()
            for _ in 0..<3 { #expect(try await !stage.controller.pass().changedSomething) }
            #expect(started.all.isEmpty)
            // A fresh start verifies the tip of each record.
            stage.restart()
            try await stage.settle()
            #expect(started.signatures == 0 && started.verifications == 2, "\(started.all)")
            // What another moved is verified, and nothing else.
            started.forget()
            let other = try scene.controller(signingWith: "martlet")
            try stage.push(score: 0.95)
            #expect(try await other.settle(limit: 50))
            started.forget()
            try await stage.settle()
            #expect(started.signatures == 0 && started.verifications == 2, "\(started.all)")
        }
    }

    /// How many commits are Martlet's own.
    private func commits(_ stage: Stage) throws -> Int {
        try stage.log(of: "refs/martlet/status").count + stage.log(of: "refs/martlet/evidence").count
            + stage.log().count { $0.hasPrefix("Promote ") }
    }

    @Test func `where nobody asks for signatures, none is verified`() async throws {
        let started = Started()
        try await withRecordStage([.dev], hooks: { $0.count(started) }) { scene in
            let stage = scene.stage
            try scene.setUp(signers: [])
            try stage.push(score: 0.8)
            try await stage.settle()
            stage.restart()
            try await stage.settle()
            _ = try await StatusReport.read(
                stage.store, stage.surroundings.language, branch: "main", verify: stage.surroundings.verify)
            #expect(started.verifications == 0)
        }
    }
}

/// What signing and verifying was asked for.
final class Started: Sendable {
    private let words = Mutex<[String]>([])

    var all: [String] { words.withLock { $0 } }
    var signatures: Int { all.count { $0 == "sign" } }
    var verifications: Int { all.count { $0 == "verify" } }

    func note(_ word: String) { words.withLock { $0.append(word) } }
    func forget() { words.withLock { $0 = [] } }
}

extension Surroundings {
    /// Notes each signature that is made, and each verification.
    fileprivate mutating func count(_ started: Started) {
        guard let store = store as? GitStore else { return }
        let (sign, verify) = (sign, verify)
        self.sign = { head, base in
            let new = try await sign(head, base)
            for _ in 0..<(try await Self.length(from: base, to: new, store)) { started.note("sign") }
            return new
        }
        self.verify = { object, signers in
            started.note("verify")
            return try await verify(object, signers)
        }
    }

    private static func length(from base: ObjectID?, to head: ObjectID, _ store: GitStore) async throws -> Int {
        try await store.read { reader in
            var count = 0
            try reader.firstParents(from: head) { commit in
                if commit.id == base { return false }
                count += 1
                return true
            }
            return count
        }
    }
}
