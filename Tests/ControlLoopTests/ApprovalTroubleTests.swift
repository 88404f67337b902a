import ControlLoop
import Domain
import Foundation
import Git
import Synchronization
import TestSupport
import Testing

/// Tags that are damaged, too many, too early or costly: they are trouble for themselves alone.
struct ApprovalTroubleTests {
    private struct Broken: Failure {
        var remedy: Remedy { .retry }
        var description: String { "cannot verify the signature: the machine is tired" }
    }

    private let unit = Unit(environment: "dev", model: "tumor")

    /// Puts a tag with this text in place of a signed one.
    private func plant(_ scene: SigningStage, on commit: ObjectID, as who: String, _ text: String) throws {
        let body = """
            object \(commit)
            type commit
            tag approve/dev/tumor/\(who)
            tagger eve <eve@example.com> \(scene.stage.clock.now.seconds) +0000

            \(text)
            -----BEGIN SSH SIGNATURE-----
            U1NIU0lHAAAAAQ==
            -----END SSH SIGNATURE-----

            """
        try plant(scene, as: who, body)
    }

    private func plant(_ scene: SigningStage, as who: String, _ body: String) throws {
        let origin = scene.stage.repository.origin
        let id = try git(["hash-object", "-t", "tag", "-w", "--stdin", "--literally"], in: origin, input: body)
        // Git itself gives no name to what is no tag; another program may.
        try FileManager.default.createDirectory(
            atPath: "\(origin)/refs/tags/approve/dev/tumor", withIntermediateDirectories: true)
        try Data("\(id)\n".utf8).write(to: URL(filePath: "\(origin)/refs/tags/approve/dev/tumor/\(who)"))
    }

    /// A reader whose verifier counts what it is asked, and fails for some.
    private func reader(
        _ scene: SigningStage, failing: Set<ObjectID> = [], asked: @escaping @Sendable (ObjectID) -> Void = { _ in }
    ) -> ApprovalReader {
        var surroundings = scene.stage.surroundings
        let verify = surroundings.verify
        surroundings.verify = { object, signers in
            asked(object)
            if failing.contains(object) { throw Broken() }
            return try await verify(object, signers)
        }
        return ApprovalReader(surroundings)
    }

    private func tag(_ scene: SigningStage, _ who: String) throws -> ObjectID {
        try id(git("rev-parse", "refs/tags/approve/dev/tumor/\(who)", in: scene.stage.repository.origin))
    }

    @Test func `damaged tags stop neither the plan nor a good approval`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let version = try scene.version(by: "hedy")
            try plant(scene, on: version, as: "ada", String(repeating: "x", count: 300_000))
            try plant(scene, as: "hedy", "no tag at all\n")
            try plant(scene, on: version, as: "eve", String(repeating: "x", count: 2 << 20))
            let words = try await scene.words()
            #expect(words.contains("approve/dev/tumor/eve does not count: cannot read tag"), "\(words)")
            #expect(words.contains("bytes, 1048576 are allowed"), "\(words)")
            #expect(words.contains("approve/dev/tumor/ada does not count: its signature does not hold"), "\(words)")
            #expect(words.contains("approve/dev/tumor/hedy does not count: cannot read tag"), "\(words)")
            #expect(!scene.stage.told.contains { $0.contains("cannot be planned") }, "\(scene.stage.told)")
            // A repository with such a name takes no push, which is for its owner to mend.
            try scene.stage.remove("origin.git/refs/tags/approve/dev/tumor/hedy")
            try scene.approve(version, by: "grace")
            try await scene.stage.settle()
            #expect(try scene.stage.pin("dev") == version)
        }
    }

    @Test func `a signature that cannot be verified now is its tag's trouble, and is looked at again`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 2}") { scene in
            let version = try scene.version(by: "hedy")
            try scene.approve(version, by: "ada")
            try scene.approve(version, by: "grace")
            try await scene.stage.settle()
            let snapshot = try #require(await scene.stage.controller.currentSnapshot)
            func approvals(failing: ObjectID) async throws -> Approvals {
                try await reader(scene, failing: [failing]).approvals(
                    of: unit, at: version, since: nil, policy: snapshot)
            }
            let one = try await approvals(failing: tag(scene, "ada"))
            #expect(one.counted.map(\.person) == ["grace@example.com"])
            #expect(one.refused.map(\.tag) == ["approve/dev/tumor/ada"])
            #expect(one.refused.first?.reason.contains("the machine is tired") == true)
            #expect(one.nextLook == scene.stage.clock.now + .seconds(60))
            // Who signed what is approved may be the one who approves it.
            let none = try await approvals(failing: version)
            #expect(none.counted.isEmpty && none.refused.count == 2)
            #expect(none.refused.first?.reason.contains("who signed what is approved could not be found out") == true)
        }
    }

    @Test func `commits are looked at for somebody who may approve alone, and once`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            _ = try scene.version(by: "hedy")
            try await scene.stage.settle()
            let snapshot = try #require(await scene.stage.controller.currentSnapshot)
            let base = snapshot.revision
            try scene.stage.repository.git("checkout", "--quiet", "-b", "promote/dev/tumor")
            var commits: Set<ObjectID> = []
            for number in 0..<5 {
                commits.insert(try scene.commit(["note\(number)": "x"], by: "eve", key: "eve"))
            }
            let head = try id(scene.stage.repository.git("rev-parse", "HEAD"))
            let asked = Mutex<[ObjectID]>([])
            let reader = reader(scene) { id in asked.withLock { $0.append(id) } }
            func look() async throws -> (Approvals, [ObjectID]) {
                asked.withLock { $0 = [] }
                let approvals = try await reader.approvals(of: unit, at: head, since: base, policy: snapshot)
                return (approvals, asked.withLock { $0 })
            }
            try scene.stage.repository.git(
                "tag", "-a", "-m", "x", "approve/dev/tumor/nobody", "\(head)")
            try scene.stage.repository.git("push", "--quiet", "origin", "refs/tags/approve/dev/tumor/nobody")
            try scene.approve(head, by: "eve")
            try scene.approve(base, by: "grace")
            let (refused, first) = try await look()
            #expect(refused.refused.count == 3)
            #expect(first.filter(commits.contains).isEmpty)
            try scene.approve(head, by: "ada")
            let (counted, second) = try await look()
            #expect(counted.counted.map(\.person) == ["ada@example.com"])
            #expect(Set(second).isSuperset(of: commits))
        }
    }

    @Test func `of a stranger's many tags some are looked at, and none crowds out one that may count`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let version = try scene.version(by: "hedy")
            let names = (0..<60).map { "Ada\($0)" }
            for name in names { try plant(scene, on: version, as: name, "") }
            try scene.approve(version, by: "grace", as: "grace@example.com")
            try await scene.stage.settle()
            #expect(try scene.stage.pin("dev") == version)
            let snapshot = try #require(await scene.stage.controller.currentSnapshot)
            let count = Mutex(0)
            let approvals = try await reader(scene) { _ in count.withLock { $0 += 1 } }.approvals(
                of: unit, at: version, since: nil, policy: snapshot)
            #expect(approvals.counted.map(\.person) == ["grace@example.com"])
            // 32 of them, Grace's, and the commit that she approves.
            #expect(count.withLock { $0 } == 34)
            #expect(
                approvals.refused.last?.description.hasPrefix("each of 28 more tags approve/dev/tumor/* does not")
                    == true)
        }
    }

    @Test func `one commit of a machine whose clock is wrong blocks no later approval`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let first = try scene.version(by: "hedy", score: 0.5)
            try scene.approve(first, by: "ada")
            try await scene.stage.settle()
            #expect(try scene.stage.pin("dev") == first)
            try scene.stage.pull()
            try scene.stage.repository.write("weights of 2090\n", to: "models/tumor/model.bin")
            try scene.stage.repository.git("add", "--all")
            let date = ["GIT_COMMITTER_DATE": "2090-01-01T00:00:00Z"]
            try git(
                ["commit", "--quiet", "-m", "from 2090"], in: scene.stage.repository.work,
                environment: scene.identity("hedy").merging(date) { $1 })
            try scene.stage.repository.git("push", "--quiet", "origin", "HEAD")
            let second = try id(scene.stage.repository.git("rev-parse", "HEAD"))
            try scene.approve(second, by: "ada")
            #expect(try await scene.words() == "open")
            #expect(try scene.stage.pin("dev") == second)
            // Still nothing counts that was signed before what has a believable time.
            let third = try scene.version(by: "hedy", "third")
            try scene.approve(third, by: "ada", at: scene.stage.clock.now + .seconds(-3600))
            #expect(try await scene.words().contains("before what it approves"))
            try scene.approve(third, by: "ada")
            #expect(try await scene.words() == "open")
        }
    }

    @Test(arguments: ["automatic", "pull-request"])
    func `an approval that is still to come is looked at when it has come`(mode: String) async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let stage = scene.stage
            try stage.set(.dev.with("promotion: {mode: \(mode)}"))
            let version = try scene.version(by: "hedy")
            try await stage.settle()
            let commit = stage.head("dev") ?? version
            try stage.repository.git("fetch", "--quiet", "origin", "refs/heads/*:refs/remotes/origin/*")
            let time = stage.clock.now + .seconds(325)
            try scene.approve(commit, by: "ada", at: time)
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            let blocker = try #require(try await stage.why("dev").blockers.first { $0.kind == .approval })
            #expect(blocker.reason.contains("which is still to come"))
            #expect(blocker.nextLook == time + .seconds(-300))
            stage.clock.advance(.seconds(24))
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            stage.clock.advance(.seconds(1))
            try await stage.controller.settle()
            #expect(try stage.pin("dev") == version)
        }
    }

    @Test func `where nobody may sign, that is what is said`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            try scene.commit(["allowed_signers": "# ada@example.com ssh-ed25519 AAAA\n"], by: "hedy")
            _ = try scene.version(by: "hedy")
            #expect(try await scene.words() == "1 must agree, nobody can sign: allowed_signers names nobody")
        }
    }
}
