import Domain
import Foundation
import TestSupport
import Testing

@testable import Monitors

/// Prometheus itself (Debian's package), which scrapes a page of the test's.
struct RealPrometheusTests {
    @Test func `numbers, no data, several series and wrong queries are told apart`() async throws {
        let model = try LoopbackServer(
            #"""
            def answer(self, body):
                lines = ['# TYPE error_rate gauge', 'error_rate{model="lending/credit-risk"} 0.5', 'error_rate{model="b"} NaN',
                         '# TYPE requests_total counter', 'requests_total{model="lending/credit-risk"} 1200']
                return 200, {"content-type": "text/plain; version=0.0.4"}, ("\n".join(lines) + "\n").encode()
            """#)
        let prometheus = try Prometheus(scraping: model.url)
        func look(_ query: String) async throws -> ProbeResult {
            let probe = try PrometheusProbe(
                settings: ["url": .string(prometheus.url), "query": .string(query), "above": 0.4])
            return await probe.look(at: release, using: realTools)
        }
        // The first scrape is up to a second away.
        var ill = try await look(#"error_rate{model="{model}"}"#)
        for _ in 0..<600 where ill.verdict != .fail {
            try await Task.sleep(for: .milliseconds(100))
            ill = try await look(#"error_rate{model="{model}"}"#)
        }
        #expect(ill.verdict == .fail && ill.value == 0.5, "\(ill)")
        #expect(try await look(#"error_rate{model="{model}"} / 2"#).verdict == .pass)
        #expect(try await look("scalar(vector(0.25))").verdict == .pass)
        #expect(try await look("+Inf").verdict == .fail)
        #expect(try await look(#"error_rate{model="b"}"#).verdict == .inconclusive)
        #expect(try await look(#"error_rate{model="none"}"#).verdict == .inconclusive)
        #expect(try await look("error_rate").verdict == .inconclusive)
        let wrong = try await look("sum(")
        #expect(wrong.verdict == .error && "\(wrong)".contains("parse error"), "\(wrong)")
        #expect(try await look("requests_total[5m]").verdict == .error)
    }
}
