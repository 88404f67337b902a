import Domain
import Engines
import Foundation
import TestSupport
import Testing

@testable import Checks

/// The memory of servers as ``ComputePerformance`` asks Prometheus for it.
@Suite struct MemoryMetricTests {
    private func specimen(_ answer: @escaping @Sendable (String) -> JSON, status: Int = 200) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        specimen.files["metrics.json"] = nil
        specimen.send = { call in Tools.Reply(status: status, body: Array(answer(call.url).text().utf8)) }
        return specimen
    }

    private func settings(_ more: [(String, JSON)] = []) -> JSON {
        ["prometheus": .object([("url", "http://127.0.0.1:9090/")] + more)]
    }

    private static func series(_ server: String, _ version: String?, _ sizes: [(minute: Int, size: String)]) -> JSON {
        let labels: [(String, JSON)] =
            [("instance", .string(server))] + (version.map { [("version", .string($0))] } ?? [])
        return [
            "metric": .object(labels),
            "values": .array(sizes.map { [.int(1_780_000_000 + 60 * $0.minute), .string($0.size)] }),
        ]
    }

    private static func matrix(_ series: [JSON]) -> JSON {
        ["status": "success", "data": ["resultType": "matrix", "result": .array(series)]]
    }

    /// Grows by so much an hour.
    private static func sizes(_ minutes: Range<Int>, growing share: Double = 0) -> [(minute: Int, size: String)] {
        minutes.map {
            ($0, "\(1e9 * (1 + share * Double($0 - minutes.lowerBound) / 60) * (0.9 + 0.1 * TrendTests.noise[$0]))")
        }
    }

    @Test func `a day of each server's memory is asked for, and a leak fails`() async throws {
        let specimen = try specimen { url in
            #expect(
                url == "http://127.0.0.1:9090/api/v1/query_range?query="
                    + "process_resident_memory_bytes%7Bmodel%3D%22tumor%22%7D&start=1795176000&end=1795262400&step=60")
            return Self.matrix([
                Self.series("a:80", nil, Self.sizes(0..<300)),
                Self.series("b:80", nil, Self.sizes(0..<300, growing: 0.05)),
            ])
        }
        let outcome = try await specimen.run(ComputePerformance.self, settings())
        #expect(outcome.verdict == .fail && outcome.findings.count == 1, "\(outcome.words)")
        #expect(outcome.summary.hasPrefix("Prometheus: rss_bytes of b:80 grows by 4."), "\(outcome.words)")
        #expect(outcome.findings.first?.file == nil)
    }

    @Test func `servers of another version are left out`() async throws {
        func outcome(_ version: String) async throws -> Outcome {
            try await specimen { _ in
                Self.matrix([
                    Self.series("a", "v1", Self.sizes(0..<200)),
                    Self.series("b", version, Self.sizes(0..<200, growing: 0.1)),
                ])
            }.run(ComputePerformance.self, settings())
        }
        #expect(try await outcome("v1").verdict == .fail)
        let other = try await outcome("v2")
        #expect(other.verdict == .pass && other.summary.hasPrefix("rss_bytes grows by "), "\(other.words)")
        let none = try await specimen { _ in Self.matrix([Self.series("a", "v9", Self.sizes(0..<200))]) }.run(
            ComputePerformance.self, settings())
        #expect(none.verdict == .inconclusive && none.summary.contains("no series of tumor v1"), "\(none.words)")
    }

    @Test func `a gap or a fall by half is a start anew`() async throws {
        // A leak that a restart each two hours hides: over all, nothing grows.
        let falling = (0..<5).flatMap { Self.sizes($0 * 120..<($0 + 1) * 120, growing: 0.9) }
        let gaps = (0..<5).flatMap { Self.sizes($0 * 130..<$0 * 130 + 120, growing: 0.05) }
        for sizes in [falling, gaps] {
            let outcome = try await specimen { _ in Self.matrix([Self.series("a", nil, sizes)]) }.run(
                ComputePerformance.self, settings())
            #expect(outcome.verdict == .fail && outcome.findings.count == 5, "\(outcome.words)")
        }
        let steady = Self.sizes(0..<300).map { ($0.minute, $0.minute % 50 == 0 ? "NaN" : $0.size) }
        let missing = try await specimen { _ in Self.matrix([Self.series("a", nil, steady)]) }.run(
            ComputePerformance.self, settings())
        #expect(missing.verdict == .pass, "\(missing.words)")
    }

    @Test(
        arguments: [
            (
                ["status": "success", "data": ["resultType": "vector", "result": []]], 200, "gives no numbers over time"
            ),
            (["status": "error", "error": "parse error"], 400, "Prometheus refused 'process_resident_memory_bytes"),
            (matrix([]), 200, "Prometheus has no series of tumor v1"),
            (matrix([["metric": [:], "values": [[1, 2]]]]), 200, "gives what is no number at a time"),
            (matrix([["metric": [:], "values": [[2, "1"], [1, "1"]]]]), 200, "gives what is no number at a time"),
            (
                matrix([["metric": [:], "values": [[1e300, "1"], ["x", "1"]]]]), 200,
                "gives what is no number at a time"
            ),
            (matrix([["metric": [:], "values": []]]), 200, "by more than 0 rows over 0 hours"),
            (
                matrix(Array(repeating: ["metric": [:], "values": []], count: 101)), 200,
                "gives 101 servers, 100 are looked at"
            ),
        ] as [(JSON, Int, String)])
    func `what tells nothing is inconclusive`(answer: JSON, status: Int, words: String) async throws {
        let outcome = try await specimen({ _ in answer }, status: status).run(ComputePerformance.self, settings())
        #expect(outcome.verdict == .inconclusive && outcome.summary.contains(words), "\(outcome.words)")
    }

    @Test func `a Prometheus that is down is asked again, and a short window is refused`() async throws {
        let outcome = try await Specimen.version("v1").run(ComputePerformance.self, settings())
        #expect(
            outcome.verdict == .error && outcome.summary.contains("how much memory servers take"), "\(outcome.words)")
        for more in [("window", "59m"), ("url", "prometheus:9090")] as [(String, JSON)] {
            let settings: JSON = [
                "prometheus": .object([("url", "http://p"), more].suffix(more.0 == "url" ? 1 : 2).map { $0 })
            ]
            #expect(throws: FieldErrors.self) { try ComputePerformance(node: ManifestTree(settings)) }
        }
    }

    @Test func `Prometheus itself tells which server's memory leaks`() async throws {
        let end = Int(Date().timeIntervalSince1970) / 60 * 60
        func samples(_ server: String, _ model: String, _ sizes: [(minute: Int, size: String)]) -> [String] {
            sizes.map { sample in
                "process_resident_memory_bytes{instance=\"\(server)\",model=\"\(model)\"} \(sample.size) "
                    + "\(end - 60 * (sizes.count - 1 - sample.minute))"
            }
        }
        let lines =
            samples("a:80", "tumor", Self.sizes(0..<300)) + samples("b:80", "tumor", Self.sizes(0..<300, growing: 0.05))
            + samples("c:80", "other", Self.sizes(0..<300, growing: 0.2))
        let history = (["# TYPE process_resident_memory_bytes gauge"] + lines + ["# EOF\n"]).joined(separator: "\n")
        let prometheus = try Prometheus(history: history)
        var specimen = try Specimen.version("v1")
        specimen.files["metrics.json"] = nil
        specimen.now = Timestamp(seconds: Int64(end))
        let curl = Curl(environment: ProcessInfo.processInfo.environment)
        specimen.send = { try await curl.send($0) }
        let settings: JSON = ["prometheus": ["url": .string(prometheus.url)]]
        var outcome = try await specimen.run(ComputePerformance.self, settings)
        for _ in 0..<300 where outcome.verdict == .error || outcome.verdict == .inconclusive {
            try await Task.sleep(for: .milliseconds(100))
            outcome = try await specimen.run(ComputePerformance.self, settings)
        }
        #expect(outcome.verdict == .fail && outcome.findings.count == 1, "\(outcome.words)")
        #expect(outcome.summary.hasPrefix("Prometheus: rss_bytes of b:80 grows by 4."), "\(outcome.words)")
        let wrong: JSON = ["prometheus": ["url": .string(prometheus.url), "query": "sum("]]
        let refused = try await specimen.run(ComputePerformance.self, wrong)
        #expect(refused.verdict == .inconclusive && refused.words.contains("parse error"), "\(refused.words)")
    }
}
