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
