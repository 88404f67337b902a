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
                if self.path == "/moved": return 302, {"location": "/echo"}, b""
                if self.path == "/round": return 302, {"location": "/round"}, b""
                if self.path.startswith("/told"):
                    told = self.path + " " + self.headers.get("Authorization", "")
                    return 500, {}, json.dumps({"told": told}).encode()
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

    @Test func `what lies between is an error, not a failure of the deployment`() async throws {
        #expect(try await look("/round").verdict == .error)
        let untrusted = try HTTPProbe(settings: ["url": .string(server.url.replacing("http:", with: "https:") + "/")])
        #expect(await untrusted.look(at: release, using: realTools).verdict == .error)
    }

    @Test func `redirects are followed, unless they are asked for or could carry a header away`() async throws {
        #expect(try await look("/moved").verdict == .pass)
        #expect(try await look("/moved", [("status", [302])]).verdict == .pass)
        #expect(try await look("/moved", [("headers", ["X-Token": "s"])]).value == 302)
    }

    @Test func `what it says is without passwords and tokens`() async throws {
        let address =
            server.url.replacing("://", with: "://ada:pass-word@") + "/told?deep=1&api_key=tok-en-1&raw-tok-en-2"
        let settings: [(String, JSON)] = [
            ("url", .string(address)), ("headers", ["Authorization": "Bearer tok-en-3"]),
        ]
        for more in [
            [], [("status", [500]), ("contains", "x")], [("status", [500]), ("path", "told"), ("equals", "x")],
        ]
            as [[(String, JSON)]]
        {
            let result = await (try HTTPProbe(settings: .object(settings + more))).look(at: release, using: realTools)
            #expect(result.verdict == .fail)
            #expect(result.message.hasPrefix(server.url + "/told?deep=…&api_key=…&…"), "\(result.message)")
            #expect(result.message.contains("/told?deep=1&api_key=…&…"), "\(result.message)")
            for secret in ["ada", "pass-word", "tok-en"] { #expect(!result.message.contains(secret), "\(secret)") }
        }
        let nobody = try HTTPProbe(settings: ["url": "https://ada:pass-word@127.0.0.1:1/?token=tok-en-1"])
        let down = await nobody.look(at: release, using: realTools)
        #expect(down.verdict == .fail && !down.message.contains("pass-word") && !down.message.contains("tok-en"))
    }

    @Test func `settings are checked`() {
        for json in [
            [:], ["url": "ftp://x"], ["url": "http://x", "path": "a"], ["url": "http://x", "equals": "a"],
            ["url": "http://x", "path": "a..b", "equals": "c"], ["url": "http://x", "timeout": "0"],
        ] as [JSON] { #expect(throws: FieldErrors.self) { try HTTPProbe(settings: json) } }
        #expect(HTTPProbe.schema["required"] == ["url"])
    }
}
