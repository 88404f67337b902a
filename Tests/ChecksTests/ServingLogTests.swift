import Domain
import Testing

@testable import Checks

@Suite struct ServingLogTests {
    private let lines = Array("{\"score\": 0.5}\n\n  \r\n{\"score\": 1}\r\n{\"score\": 2}".utf8)

    @Test func `each line that is not empty is a request, under its number`() throws {
        let log = try ServingLog(lines, path: "log.jsonl", of: nil)
        #expect(log.entries.map(\.line) == [1, 4, 5] && log.entries.map(\.score) == [0.5, 1, 2])
        let broken = #expect(throws: MissingEvidence.self) {
            try ServingLog(lines + Array("\n\n{".utf8), path: "log.jsonl", of: nil)
        }
        #expect(broken?.message.hasPrefix("serving log: log.jsonl:7: ") == true, "\(broken?.message ?? "")")
    }

    @Test func `of several names none is a version's that has no label`() throws {
        func log(_ names: [String], label: String?) throws -> ServingLog {
            let text = names.map { "{\"score\": 0.5, \"version\": \"\($0)\"}\n" }.joined()
            let id = ObjectID(String(repeating: "a", count: 40))!
            return try ServingLog(
                Array(text.utf8), path: "log.jsonl",
                of: ModelVersion(model: "m", revision: id, tree: id, label: label))
        }
        #expect(try log(["v0.9.0", "v0.9.0"], label: nil).entries.count == 2)
        #expect(try log(["aaaaaaa", String(repeating: "a", count: 40)], label: nil).entries.count == 2)
        #expect(try log(["v0.9.0", "v1.0.0"], label: "v1.0.0").entries.count == 1)
        let unclear = #expect(throws: MissingEvidence.self) { try log(["v0.9.0", "v1.0.0"], label: nil) }
        #expect(unclear?.message.contains("give the version a tag") == true, "\(unclear?.message ?? "")")
    }

    @Test func `it is not read to its end when nobody waits for that any more`() async throws {
        // Were it read, what is wrong at its end would be told.
        let bytes = Array(String(repeating: "{\"score\": 0.5}\n", count: 10_000).utf8) + [0x7B]
        let reading = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try ServingLog(bytes, path: "log.jsonl", of: nil).entries.count
        }
        let stopped = await #expect(throws: MissingEvidence.self) { try await reading.value }
        #expect(stopped?.message.hasSuffix("log.jsonl was not read to its end: that was stopped") == true)
    }
}
