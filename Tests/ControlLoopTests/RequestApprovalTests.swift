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
}
