import Domain
import Engines
import Foundation
import TestSupport
import Testing

@testable import Checks

@Suite struct CallerMetricTests {
    private func specimen(_ answer: @escaping @Sendable (String) -> JSON, status: Int = 200) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        specimen.files["requirements.txt"] = Array("numpy==2.4.1\n".utf8)
        specimen.send = { call in
            Tools.Reply(status: status, body: Array(answer(call.url).text().utf8))
        }
        return specimen
    }

    private static func vector(_ counts: [(String?, String)]) -> JSON {
        let series = counts.map { client, count -> JSON in
            ["metric": client.map { ["client": .string($0)] } ?? .empty, "value": [1.5, .string(count)]]
        }
        return ["status": "success", "data": ["resultType": "vector", "result": .array(series)]]
    }

    private func settings(_ more: [(String, JSON)] = []) -> JSON {
        .object([("prometheus", ["url": "http://127.0.0.1:9090/"])] + more)
    }

    /// The window that a query asks about.
    private static func isWeek(_ url: String) -> Bool { url.contains("%5B7d%5D") }

    @Test func `callers are counted by Prometheus, and who sent nothing is none`() async throws {
        let specimen = try specimen { url in
            #expect(
                url == "http://127.0.0.1:9090/api/v1/query?query="
                    + "sum%20by%20%28client%29%20%28increase%28requests_total%7Bmodel%3D%22tumor%22%7D%5B7d%5D%29%29")
            return Self.vector([("app", "12.3"), ("batch", "0.4"), ("old", "0")])
        }
        let outcome = try await specimen.run(Dependencies.self, settings())
        #expect(outcome.verdict == .pass && outcome.measurements["callers"]?.int == 2, "\(outcome.words)")
        let strict = try await specimen.run(Dependencies.self, settings([("consumers", ["app"])]))
        #expect(strict.verdict == .warn, "\(strict.words)")
        #expect(strict.summary == "callers that consumers does not declare: batch (1 requests)", "\(strict.words)")
    }

    @Test func `declared consumers need series that name who calls`() async throws {
        let specimen = try specimen { _ in Self.vector([(nil, "7"), ("app", "3")]) }
        let outcome = try await specimen.run(Dependencies.self, settings([("consumers", ["app"])]))
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
        #expect(outcome.summary.hasPrefix("Prometheus: 7 of 10 requests name no client"), "\(outcome.words)")
        let nameless = try await self.specimen { _ in Self.vector([(nil, "7")]) }.run(Dependencies.self, settings())
        #expect(nameless.verdict == .pass && nameless.measurements["callers"] == nil, "\(nameless.words)")
    }

    @Test func `no request for long is an abandoned model, no series is no answer`() async throws {
        let quiet = try await specimen { Self.vector(Self.isWeek($0) ? [] : [("app", "0")]) }.run(
            Dependencies.self, settings())
        #expect(quiet.verdict == .warn, "\(quiet.words)")
        #expect(quiet.summary.hasPrefix("abandoned model: Prometheus counts no request of the last 30d"))
        let holiday = try await specimen { Self.vector(Self.isWeek($0) ? [("app", "0")] : [("app", "9")]) }.run(
            Dependencies.self, settings())
        #expect(holiday.verdict == .pass && holiday.measurements["callers"]?.int == 0, "\(holiday.words)")
        let none = try await specimen { _ in Self.vector([]) }.run(Dependencies.self, settings())
        #expect(none.verdict == .inconclusive && none.summary.contains("has no series"), "\(none.words)")
    }

    @Test func `what cannot be asked or read never passes`() async throws {
        let unreachable = try await Specimen.version("v1").run(Dependencies.self, settings())
        #expect(
            unreachable.verdict == .error && unreachable.summary.contains("cannot be asked"), "\(unreachable.words)")
        for (answer, status, words) in [
            (["status": "error", "error": "parse error"], 400, "Prometheus refused"),
            ("page not found", 404, "Prometheus refused"),
            (
                ["status": "success", "data": ["resultType": "matrix", "result": []]], 200,
                "gives no number for each client"
            ),
            (Self.vector([("app", "NaN")]), 200, "is no count"), (Self.vector([("app", "-1")]), 200, "is no count"),
            (Self.vector([("app", "1e400")]), 200, "is no count"),
        ] as [(JSON, Int, String)] {
            let outcome = try await specimen({ _ in answer }, status: status).run(Dependencies.self, settings())
            #expect(outcome.verdict == .inconclusive && outcome.summary.contains(words), "\(outcome.words)")
        }
        let many = try await specimen { _ in Self.vector([("a", "1e300"), ("b", "1e18"), ("c", "9e18")]) }.run(
            Dependencies.self, settings())
        #expect(many.verdict.admits || many.verdict == .inconclusive, "\(many.words)")
    }

    @Test func `settings that could not work are refused`() {
        for metric: JSON in [[:], ["url": "prometheus:9090"], ["url": "http://p", "query": "up"]] {
            #expect(throws: FieldErrors.self) { try Dependencies(node: ManifestTree(["prometheus": metric])) }
        }
    }

    @Test func `Prometheus itself tells who calls`() async throws {
        let model = try LoopbackServer(
            #"""
            SCRAPES = []
            def answer(self, body):
                SCRAPES.append(1)
                lines = ['# TYPE requests_total counter', 'requests_total{model="tumor",client="app"} %d' % (50 * len(SCRAPES)),
                         'requests_total{model="tumor",client="old"} 7', 'requests_total{model="other",client="spy"} %d' % len(SCRAPES)]
                return 200, {"content-type": "text/plain; version=0.0.4"}, ("\n".join(lines) + "\n").encode()
            """#)
        let prometheus = try Prometheus(scraping: model.url)
        var specimen = try Specimen.version("v1")
        let curl = Curl(environment: ProcessInfo.processInfo.environment)
        specimen.send = { try await curl.send($0) }
        let settings: JSON = ["prometheus": ["url": .string(prometheus.url)], "consumers": ["batch"]]
        var outcome = try await specimen.run(Dependencies.self, settings)
        // Two scrapes are up to some seconds away.
        for _ in 0..<600 where !outcome.words.contains("declare: app") {
            try await Task.sleep(for: .milliseconds(100))
            outcome = try await specimen.run(Dependencies.self, settings)
        }
        #expect(outcome.verdict == .warn && outcome.measurements["callers"]?.int == 1, "\(outcome.words)")
        #expect(outcome.summary.hasPrefix("callers that consumers does not declare: app ("), "\(outcome.words)")
    }
}
