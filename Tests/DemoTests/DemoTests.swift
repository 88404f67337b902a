import Foundation
import TestSupport
import Testing

/// The binary's own demonstration: the main job, end to end, with the real git and a real controller.
struct DemoTests {
    /// The binary lies beside the tests.
    private static let martlet = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "martlet").path()

    @Test func `tells its whole story, cleans up behind itself and ends with 0`() async throws {
        try await withTemporaryFolder { folder in
            let ended = try spawn(
                [Self.martlet, "demo"], environment: environment(folder), timeout: .seconds(240))
            let text = String(decoding: ended.output, as: UTF8.self)
            let complaints = String(decoding: ended.errors, as: UTF8.self)
            #expect(ended.code == 0, "\(text)\n\(complaints)")
            for check in ["model.slices", "infra.quality-gate", "monitor.numerical-stability", "data.schema"] {
                #expect(text.contains("blocked by check \(check): "), "\(check)")
            }
            #expect(text.contains("roll back production/tumor"))
            #expect(text.contains("three polls later production still runs"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()) == [])
        }
    }

    @Test func `says what is missing and ends with 3 where there is no git`() async throws {
        try await withTemporaryFolder { folder in
            let ended = try spawn(
                [Self.martlet, "demo"], environment: environment(folder, path: folder.path()), timeout: .seconds(60))
            #expect(ended.code == 3)
            #expect(String(decoding: ended.errors, as: UTF8.self).contains("'git --version'"))
        }
    }

    private func environment(_ folder: URL, path: String? = nil) -> [String: String] {
        let here = ProcessInfo.processInfo.environment
        var environment = ["PATH": path ?? here["PATH"] ?? "/usr/bin:/bin", "TMPDIR": folder.path()]
        environment["LD_LIBRARY_PATH"] = here["LD_LIBRARY_PATH"]
        return environment
    }
}
