import Foundation
import TestSupport
import Testing

/// The binary's own demonstration: the main job, end to end, with the real git and a real controller.
struct DemoTests {
    @Test func `tells its whole story, cleans up behind itself and ends with 0`() async throws {
        try await withTemporaryFolder { folder in
            let ended = try Binary(folder: folder)("demo", timeout: .seconds(300))
            let text = String(decoding: ended.output, as: UTF8.self)
            let complaints = String(decoding: ended.errors, as: UTF8.self)
            #expect(ended.code == 0, "\(text)\n\(complaints)")
            for check in ["model.slices", "infra.quality-gate", "monitor.numerical-stability", "data.schema"] {
                #expect(text.contains("blocked by check \(check): "), "\(check)")
            }
            #expect(text.contains("roll back production/tumor"))
            #expect(text.contains("three polls later production still runs"))
            #expect(try lines(text).contains(readMeExcerpt), "README shows another output than this")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()) == [])
        }
    }

    /// What README shows of it.
    private var readMeExcerpt: [String] {
        get throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
            let text = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
            let start = try #require(text.firstRange(of: "An excerpt:\n\n```\n")).upperBound
            let end = try #require(text[start...].firstRange(of: "\n```")).lowerBound
            return lines(String(text[start..<end]))
        }
    }

    /// Without commit ids and times, which are others in each run.
    private func lines(_ text: String) -> [String] {
        text.replacing(#/\b[0-9a-f]{7}\b/#, with: "#").replacing(#/\([0-9.]+ s\)/#, with: "").components(
            separatedBy: "\n")
    }

    @Test func `says what is missing and ends with 3 where there is no git`() async throws {
        try await withTemporaryFolder { folder in
            let ended = try Binary(folder: folder)("demo", path: folder.path())
            #expect(ended.code == 3)
            #expect(String(decoding: ended.errors, as: UTF8.self).contains("'git --version'"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()) == [])
        }
    }
}
