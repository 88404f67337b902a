import ControlLoop
import Domain
import TestSupport
import Testing

/// What people agree to is the head of a request, and nothing else.
struct RequestApprovalTests {
    @Test func `a request waits for an approval of its head by somebody who has not written the version`() async throws
    {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let stage = scene.stage
            try stage.set(.dev.with("promotion: {mode: pull-request}"))
            let version = try scene.version(by: "ada")
            try await stage.settle()
            let head = try #require(stage.head("dev"))
            #expect(try stage.request("dev").blockers.map(\.kind) == [.approval])
            try stage.repository.git("fetch", "--quiet", "origin", "promote/dev/tumor")

            try scene.approve(version, by: "grace")
            try scene.approve(head, by: "ada")
            try scene.approve(head, by: "eve")
            try await stage.settle()
            #expect(try stage.pin("dev") == nil)
            #expect(try stage.request("dev").state == .open)
            #expect(try await stage.why("dev").blockers.map(\.kind) == [.approval, .mode])

            try scene.approve(head, by: "hedy")
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
            #expect(try stage.request("dev").state == .merged)
        }
    }

    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `whoever proposes cannot agree to it, and an agreement does not outlive a push`(_ way: Stage.Way) async throws
    {
        try await withSigningStage(gate: "  approvals: {count: 1}", way: way) { scene in
            let stage = scene.stage
            let version = try await manual(scene)
            let file = "environments/dev/tumor.yaml"
            let first = try scene.propose([file: stage.pinned(version)], by: "grace")
            try scene.approve(first, by: "grace")
            #expect(try await waits(stage).contains("grace@example.com has a part in what is approved"))
            #expect(try stage.request("dev").head == first)

            // Between the agreement and the controller's look comes another push.
            try scene.approve(first, by: "hedy")
            let second = try scene.propose([file: stage.pinned(version) + "# once more\n"], by: "grace")
            #expect(try await waits(stage).contains("it approves \(first.short), not \(second.short): approve again"))
            #expect(try stage.request("dev").head == second)
            #expect(try stage.pin("dev") == nil)
            try scene.approve(second, by: "hedy")
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
            #expect(try stage.parents()[1] == second)
        }
    }

    @Test func `the commit that merges a request names those who agreed to its head, and nobody of another request`()
        async throws
    {
        try await withSigningStage(models: ["other", "tumor"], gate: "  approvals: {count: 2}") { scene in
            let stage = scene.stage
            let tumor = try await manual(scene), other = try stage.push("other", score: 0.9)
            let pin = ["environments/dev/tumor.yaml": stage.pinned(tumor)]
            let pins = pin.merging(["environments/dev/other.yaml": stage.pinned(other, "other")]) { $1 }
            let both = try scene.propose(pins, by: "eve", on: "dev/other")
            let one = try scene.propose(pin, by: "eve")
            try await stage.settle()
            try scene.approve(one, by: "hedy")
            for who in ["grace", "hedy"] { try scene.approve(both, by: who, of: "dev/other") }
            try await stage.settle()
            #expect(try stage.pin("dev", "other") == other)
            let tags = try ["grace", "hedy"].map { who in
                "\(who)@example.com \(try git("rev-parse", "refs/tags/approve/dev/other/\(who)", in: stage.repository.origin))"
            }
            #expect(try Trailer.approved.values(in: stage.message()).sorted() == tags)
        }
    }

    @Test func `a request that lets its own author sign is refused, and what they sign does not count`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let stage = scene.stage
            let version = try await manual(scene)
            let pin = ["environments/dev/tumor.yaml": stage.pinned(version)]
            let signers = try ["allowed_signers": scene.signers(scene.keys.line("eve", as: "eve@example.com"))]
            try scene.approve(scene.propose(pin.merging(signers) { $1 }, by: "grace"), by: "eve")
            try await stage.settle()
            #expect(try stage.request("dev").state == .refused)
            #expect(try stage.request("dev").reason.contains("it changes allowed_signers"))
            try scene.approve(scene.propose(pin, by: "grace"), by: "eve")
            #expect(try await waits(stage).contains("its signature does not hold: no key of allowed_signers"))
            #expect(try stage.pin("dev") == nil)
        }
    }

    /// A version of Ada's, for which somebody must make a request.
    private func manual(_ scene: SigningStage) async throws -> ObjectID {
        try scene.stage.set(.dev.with("promotion: {mode: manual}"))
        let version = try scene.version(by: "ada")
        try await scene.stage.settle()
        return version
    }

    /// What the open request says of approvals.
    private func waits(_ stage: Stage) async throws -> String {
        try await stage.settle()
        let status = try stage.request("dev")
        #expect(status.state == .open, "\(status)")
        return status.blockers.first { $0.kind == .approval }?.reason ?? "nothing"
    }
}
