import Domain
import TestSupport
import Testing

@testable import Monitors

/// Asks a real server.
struct HTTPProbeTests {
    private static let shared = Result {
        try LoopbackServer(
            """
            def answer(self, body):
                if self.path == "/v2/models/lending%2Fcredit-risk/versions/1795000000/ready": return 200, {}, b"{}"
                if self.path == "/status":
                    return 200, {}, b'{"model_version_status": [{"version": "1795000000", "state": "AVAILABLE"}]}'
                if self.path == "/echo": return 200, {}, body
                if self.path == "/slow": time.sleep(3)
                return 503, {}, b"model is\\nloading\\x07"
            """)
    }
    private let server: LoopbackServer

    init() throws { server = try Self.shared.get() }

    private func look(_ path: String, _ more: [(String, JSON)] = []) async throws -> ProbeResult {
        let probe = try HTTPProbe(settings: .object([("url", .string(server.url + path))] + more))
        return await probe.look(at: release, using: realTools)
    }

    @Test func `a right answer is a pass`() async throws {
        #expect(try await look("/v2/models/{model}/versions/{number}/ready").verdict == .pass)
        #expect(try await look("/nothing", [("status", [200, 503])]).verdict == .pass)
        #expect(try await look("/status", [("contains", "\"{number}\"")]).verdict == .pass)
        #expect(
            try await look("/status", [("path", "model_version_status.0.state"), ("equals", "AVAILABLE")]).verdict
                == .pass)
        #expect(
            try await look("/echo", [("method", "POST"), ("body", "{model}"), ("contains", "lending/")]).verdict
                == .pass)
    }

    @Test func `a wrong answer is a fail, with the server's words`() async throws {
        let down = try await look("/nothing")
        #expect(down.verdict == .fail && down.value == 503)
        #expect(down.message == "\(server.url)/nothing answered 503, not 200: model is loading")
        #expect(try await look("/status", [("contains", "END")]).verdict == .fail)
        let state = try await look("/status", [("path", "model_version_status.1.state"), ("equals", "AVAILABLE")])
        #expect(state.verdict == .fail)
        #expect(state.message.hasSuffix("model_version_status.1.state is missing, not AVAILABLE"))
        let text = try await look("/nothing", [("status", [503]), ("path", "a"), ("equals", "b")])
        #expect(text.verdict == .fail && text.message.contains("is no JSON"))
    }

    @Test func `no answer is a fail, a question that cannot be asked an error`() async throws {
        #expect(try await look("/slow", [("timeout", "200ms")]).verdict == .fail)
        let nobody = try HTTPProbe(settings: ["url": "http://127.0.0.1:1/"])
        #expect(await nobody.look(at: release, using: realTools).verdict == .fail)
        #expect(try await look("/ x").verdict == .error)
    }

    @Test func `settings are checked`() {
        for json in [
            [:], ["url": "ftp://x"], ["url": "http://x", "path": "a"], ["url": "http://x", "equals": "a"],
            ["url": "http://x", "path": "a..b", "equals": "c"], ["url": "http://x", "timeout": "0"],
        ] as [JSON] { #expect(throws: FieldErrors.self) { try HTTPProbe(settings: json) } }
        #expect(HTTPProbe.schema["required"] == ["url"])
    }
}
