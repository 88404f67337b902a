import Domain
import Git
import TestSupport
import Testing

@testable import ControlLoop

struct CheckRecordsTests {
    @Test(arguments: ["allowed_signers", "allowed_signers.d/revoked", "martlet.yaml"])
    func `evidence on reviews is asked for anew where it changes who people are`(path: String) async throws {
        try await withTemporaryRepository(files: ["README.md": "x\n"]) { repository in
            let first = try repository.git("rev-parse", "HEAD^{tree}")
            try repository.commit([path: "ada@example.com\n"])
            let second = try repository.git("rev-parse", "HEAD^{tree}")
            let store = try GitStore(opening: repository.work)
            let records = try await store.read { reader in
                try [first, second].map { tree in
                    try CheckRecords(
                        CheckRecords(), tree: #require(ObjectID(tree)),
                        NoticeStore(reference: "refs/martlet/notices"), reader)
                }
            }
            #expect(records[0].signers != records[1].signers)
            #expect(records[1].models(changedSince: records[0]) == nil)
        }
    }
}
