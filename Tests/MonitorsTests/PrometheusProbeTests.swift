import Domain
import TestSupport
import Testing

@testable import Monitors

/// Asks a server that answers in the form of the documentation of Prometheus, "HTTP API".
struct PrometheusProbeTests {
    private static let shared = Result {
        try LoopbackServer(
            """
            import urllib.parse
            def answer(self, body):
                query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query).get("query", [""])[0]
                def sample(kind, result): return 200, {}, json.dumps(
                    {"status": "success", "data": {"resultType": kind, "result": result}}).encode()
                one = lambda value: sample("vector", [{"metric": {"model": "m"}, "value": [1795233592.1, value]}])
                if query == 'error_rate{model="lending/credit-risk"}': return one("0.5")
                if query in ("NaN", "+Inf"): return one(query)
                if query == "none": return sample("vector", [])
                if query == "two": return sample("vector", [{"metric": {}, "value": [1, "1"]}] * 2)
                if query == "scalar": return sample("scalar", [1795233592.1, "0.25"])
                if query == "range": return sample("matrix", [])
                if query == "html": return 200, {}, b"<html>"
                return 400, {}, b'{"status":"error","errorType":"bad_data","error":"parse error: unexpected end"}'
            """)
    }
    private let server: LoopbackServer

    init() throws { server = try Self.shared.get() }

    private func look(_ query: String, _ limits: [(String, JSON)] = [("above", 0.4)]) async throws -> ProbeResult {
        let settings: [(String, JSON)] = [("url", .string(server.url + "/")), ("query", .string(query))]
        let probe = try PrometheusProbe(settings: .object(settings + limits))
        return await probe.look(at: release, using: realTools)
    }

    @Test func `compares the number with the threshold`() async throws {
        let query = #"error_rate{model="{model}"}"#
        let ill = try await look(query)
        #expect(ill.verdict == .fail && ill.value == 0.5 && ill.threshold == 0.4)
        #expect(ill.message == #"'error_rate{model="lending/credit-risk"}' is 0.5, above 0.4"#)
        #expect(try await look(query, [("above", 0.5)]).verdict == .pass)
        #expect(try await look(query, [("below", 0.6)]).verdict == .fail)
        #expect(try await look("scalar", [("below", 0.2), ("above", 0.3)]).verdict == .pass)
        #expect(try await look("+Inf").verdict == .fail)
    }

    @Test(arguments: ["none", "NaN", "two"])
    func `what is no single number tells nothing`(query: String) async throws {
        #expect(try await look(query).verdict == .inconclusive)
    }

    @Test(arguments: [("sum(", "parse error"), ("html", "no JSON"), ("range", "matrix")])
    func `what cannot be asked is an error`(query: String, words: String) async throws {
        let result = try await look(query)
        #expect(result.verdict == .error && result.message.contains(words), "\(result.message)")
    }

    @Test func `what it says is without passwords`() async throws {
        let url = server.url.replacing("://", with: "://ada:pass-word@")
        for query in ["html", "sum("] {
            let probe = try PrometheusProbe(settings: ["url": .string(url), "query": .string(query), "above": 1])
            let result = await probe.look(at: release, using: realTools)
            #expect(result.verdict == .error)
            #expect(!result.message.contains("pass-word") && !result.message.contains("ada"), "\(result.message)")
        }
    }

    @Test func `a Prometheus that is down is an error, not a failure of the model`() async throws {
        let probe = try PrometheusProbe(settings: ["url": "http://127.0.0.1:1", "query": "x", "above": 1])
        #expect(await probe.look(at: release, using: realTools).verdict == .error)
    }

    @Test func `settings are checked`() {
        for json in [
            ["url": "http://x"], ["url": "http://x", "query": "y"], ["url": "x", "query": "y", "above": 1],
            ["url": "http://x", "query": "y", "above": 1, "below": 2],
        ] as [JSON] { #expect(throws: FieldErrors.self) { try PrometheusProbe(settings: json) } }
    }
}
