import Domain
import TestSupport
import Testing

@testable import Targets

struct DeploymentRecordTests {
    private func record() throws -> DeploymentRecord {
        let digest = SHA256.digest(of: "abc".utf8)
        let file = StoredVersion.File(path: "a \"b\"/é", digest: digest, size: 3, changed: 1_795_000_000_123_456_789)
        var record = DeploymentRecord(model: "lending/credit-risk")
        record.versions = [StoredVersion(number: 7, revision: "9f3c", label: "v1", digest: digest, files: [file])]
        return record
    }

    @Test func `what is written is read again`() throws {
        let scratch = try ScratchFolder()
        let record = try record()
        try scratch.write(record.bytes, to: DeploymentRecord.name)
        #expect(DeploymentRecord(in: scratch.path) == record)
    }

    @Test func `damaged records are none, or lack versions, and never more`() throws {
        let scratch = try ScratchFolder()
        let record = try record()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var bytes = record.bytes
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            try scratch.write(
                bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)), to: DeploymentRecord.name)
            #expect((DeploymentRecord(in: scratch.path)?.versions.count ?? 0) <= 1)
        }
        #expect(DeploymentRecord(in: scratch.path + "/none") == nil)
    }
}
