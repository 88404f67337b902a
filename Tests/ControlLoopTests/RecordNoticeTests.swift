import Domain
import Foundation
import TestSupport
import Testing

@testable import ControlLoop

/// People hear of records that are not believed, and of nothing that stands in them.
struct RecordNoticeTests {
    private func withSigned(_ body: (NoticeStage, RecordStage) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await withSigningKeys(in: folder) { keys in
                try keys.makeSSH("martlet")
                try await withNoticeSender([.dev], hooks: { try? $0.sign(with: keys.path("martlet")) }) { scene in
                    let settings = try scene.stage.file("martlet.yaml")
                    try scene.stage.commit([
                        "allowed_signers": keys.line("martlet", as: RecordStage.martlet),
                        "martlet.yaml": settings + "  recordSigners: [\(RecordStage.martlet)]\n",
                    ])
                    try await body(scene, RecordStage(stage: scene.stage, keys: keys))
                }
            }
        }
    }

    @Test func `a forged record calls a person, once, also over a restart, and is not told when it is accepted`()
        async throws
    {
        try await withSigned { scene, records in
            try scene.stage.push(score: 0.8)
            try await scene.settle()
            #expect(try scene.inbox.events() == ["promoted dev", "verified dev"])
            #expect(try records.isSigned("refs/martlet/notices"))
            try records.forge("status", "dev/") { $0.replacing("\"verified\"", with: "\"failed\"") }
            for _ in 1...3 {
                try await scene.settle()
                scene.restart()
            }
            #expect(try scene.inbox.events() == ["promoted dev", "verified dev", "needs-person"])
            let words = try scene.inbox.taken().last?["headline"]?.string ?? ""
            #expect(words.contains("refs/martlet/status is not believed"), "\(words)")
            #expect(words.contains("martlet reconcile --accept-records"), "\(words)")
            try await records.accept()
            try await scene.settle()
            #expect(try scene.inbox.events().filter { $0 != "verified dev" && $0 != "recovered dev" }.count == 2)
        }
    }

    @Test func `forged notices open no gate and stop no telling`() async throws {
        try await withSigned { scene, records in
            let stage = scene.stage
            try stage.push(score: 0.8)
            try await scene.settle()
            try records.forge("notices", "notifiers/") { $0 }
            try records.forge("notices", "watched") { $0.replacing("branch", with: "twig") }
            scene.restart()
            try stage.push(score: 0.9)
            try await scene.settle()
            #expect(try scene.inbox.events().contains("needs-person"))
            #expect(await stage.controller.areRecordsHindered)
            #expect(try !records.isSigned("refs/martlet/notices"))
            #expect(try await records.calls().count == 1)
        }
    }
}
