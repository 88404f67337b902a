import Domain
import Testing

@testable import Checks

/// What ``ComputePerformance`` reads from a table of what servers use.
@Suite struct ServerUsageTests {
    /// A row a minute from midnight on.
    private func table(_ columns: String, _ minutes: Int, _ row: (Int) -> String) throws -> [UInt8] {
        let start = try #require(Timestamp("2026-11-21T00:00:00Z"))
        return Array(
            ("ts,\(columns)\n" + (0..<minutes).map { "\(start + .seconds(60 * $0)),\(row($0))\n" }.joined()).utf8)
    }

    private func specimen(_ usage: [UInt8]?, version: String = "v2", over before: [UInt8]? = nil) throws -> Specimen {
        var specimen = try Specimen.version(version)
        specimen.files["usage.csv"] = usage
        specimen.files["metrics.json"] = nil
        if let before { specimen.deployed = try self.specimen(before, version: "v1").subject() }
        return specimen
    }

    private func run(_ usage: [UInt8]?, over before: [UInt8]? = nil, _ settings: JSON = .empty) async throws -> Outcome
    {
        try await specimen(usage, over: before).run(ComputePerformance.self, settings)
    }

    /// A gibibyte that grows so much an hour.
    private func memory(_ minutes: Int, growing share: Double) throws -> [UInt8] {
        try table("rss_bytes", minutes) {
            "\(1_073_741_824 * (1 + share * Double($0) / 60) * (0.9 + 0.1 * TrendTests.noise[$0]))"
        }
    }

    // MARK: Leaks

    @Test func `memory that grows while a server runs fails, and what stays within a limit passes`() async throws {
        let leak = try await run(try memory(480, growing: 0.03))
        #expect(leak.verdict == .fail, "\(leak.words)")
        #expect(leak.summary.hasPrefix("usage.csv: rss_bytes grows by 2."), "\(leak.words)")
        #expect(leak.summary.hasSuffix("expected at most 1 %: a leak"), "\(leak.words)")
        let steady = try await run(try memory(480, growing: 0))
        #expect(steady.verdict == .pass && steady.summary.contains("rss_bytes grows by "), "\(steady.words)")
        let allowed = try await run(try memory(480, growing: 0.03), ["maxHourlyGrowth": 0.05])
        #expect(allowed.verdict == .pass, "\(allowed.words)")
        let growth = leak.measurements["usage"]?["hourly_growth"]?.double ?? 0
        // 3 % of the first hour's, as a share of the median four hours later.
        #expect(abs(growth - 0.03 / 1.12) < 0.003, "\(growth)")
    }

    @Test func `a wave that chance explains is a warning`() async throws {
        let wave = TrendTests.wave(60, rise: 0, keeping: 0.9, seed: 48)
        let outcome = try await run(try table("rss_bytes", 60) { "\(wave[$0])" }, ["warmUp": "0s"])
        #expect(outcome.verdict == .warn && outcome.summary.hasSuffix("chance could explain it"), "\(outcome.words)")
    }

    @Test func `a start anew hides no leak, and each server has its own`() async throws {
        // Two servers, of which b starts anew every two hours: over the whole day neither has grown.
        let usage = try table("instance,uptime_seconds,rss_bytes", 1440) { minute in
            let isLeaking = minute.isMultiple(of: 2), uptime = isLeaking ? minute % 240 * 60 : minute * 60
            let size = 100 * (isLeaking ? 1 + 0.05 * Double(uptime) / 3600 : 1) * (0.9 + 0.1 * TrendTests.noise[minute])
            return "\(isLeaking ? "b" : "a"),\(uptime),\(size)"
        }
        let outcome = try await run(usage)
        #expect(outcome.verdict == .fail && outcome.findings.count == 6, "\(outcome.words)")
        #expect(outcome.findings.allSatisfy { $0.message.contains("rss_bytes of b grows") }, "\(outcome.words)")
        let plain = String(decoding: usage, as: UTF8.self).split(separator: "\n").map { line in
            line.split(separator: ",").enumerated().filter { $0.offset != 2 }.map(\.element).joined(separator: ",")
        }
        let unseen = try await run(Array(plain.joined(separator: "\n").utf8))
        #expect(unseen.verdict == .pass, "\(unseen.words)")
    }

    @Test func `what a server takes as it warms up is no leak`() async throws {
        // 40 % more within an hour, then nothing.
        let usage = try table("rss_bytes", 130) {
            "\(100 * (1 + min(0.4, Double($0) / 150)) * (0.9 + 0.1 * TrendTests.noise[$0]))"
        }
        let early = try await run(usage)
        #expect(early.verdict != .pass && early.summary.contains("rss_bytes grows by"), "\(early.words)")
        #expect(try await run(usage, ["warmUp": "1h"]).verdict == .pass)
        let short = try await run(usage, ["warmUp": "90m"])
        #expect(short.verdict == .inconclusive, "\(short.words)")
        #expect(
            short.summary.contains("by more than 40 rows over 0.65 hours; 60 rows over 0.75 hours"), "\(short.words)")
    }

    @Test func `many rows within minutes tell nothing of an hour`() async throws {
        let start = try #require(Timestamp("2026-11-21T00:00:00Z"))
        let rows = (0..<2400).map { "\(start + .seconds($0)),\(100 + $0)\n" }.joined()
        let outcome = try await run(Array("ts,rss_bytes\n\(rows)".utf8), ["warmUp": "0s"])
        #expect(
            outcome.verdict == .inconclusive && outcome.summary.contains("2400 rows over 0.6664 hours"),
            "\(outcome.words)")
    }

    // MARK: Against the version that runs

    /// CPU time follows the requests; each costs 10 ms more or less, times a factor.
    private func load(_ requests: Int, _ factor: Double, _ columns: String = "requests,cpu_seconds,latency_ms") throws
        -> [UInt8]
    {
        try table(columns, 90) { minute in
            let noise = 0.9 + 0.1 * TrendTests.noise[minute + requests], count = requests + minute % 7
            let cells = ["\(count)", "\(0.01 * Double(count) * factor * noise)", "\(20 * factor * noise)"]
            return columns.hasPrefix("requests") ? cells.joined(separator: ",") : cells[1]
        }
    }

    @Test func `more traffic is no slower model, and less of it hides none`() async throws {
        let before = try load(500, 1)
        let busy = try await run(try load(1000, 1), over: before)
        #expect(busy.verdict == .pass, "\(busy.words)")
        let idle = try await run(try load(250, 1.3), over: before)
        #expect(idle.verdict == .fail, "\(idle.words)")
        #expect(idle.words.contains("usage.csv: median of cpu_seconds/requests is 1.3"), "\(idle.words)")
        #expect(idle.words.contains("usage.csv: p95 of latency_ms is 1."), "\(idle.words)")
        let low = idle.measurements["usage"]?["latency_ms"]?["median"]?["low"]?.double ?? 0
        #expect(low > 1.1 && low < 1.3, "\(idle.measurements)")
        #expect(try await run(try load(250, 1.3), over: before, ["maxStep": 0.5]).verdict == .pass)
    }

    @Test func `what chance explains is a warning`() async throws {
        func latencies(_ factor: Double, from first: Int) throws -> [UInt8] {
            try table("latency_ms", 90) { "\(20 * factor * (5 * TrendTests.noise[first + $0] - 4))" }
        }
        let outcome = try await run(try latencies(1.105, from: 0), over: try latencies(1, from: 700))
        #expect(outcome.verdict == .warn && outcome.words.contains("chance could explain it"), "\(outcome.words)")
        let sure = try await run(try latencies(1.5, from: 0), over: try latencies(1, from: 700))
        #expect(sure.verdict == .fail && sure.words.contains("median of latency_ms is 1."), "\(sure.words)")
    }

    @Test func `CPU time without requests, and a table that is gone, are said`() async throws {
        let before = try load(500, 1, "cpu_seconds")
        let outcome = try await run(before, over: before)
        #expect(
            outcome.verdict == .warn
                && outcome.summary.contains("usage.csv has no requests, without which more traffic"))
        let gone = try await run(nil, over: before)
        #expect(gone.verdict == .warn && gone.summary == "usage.csv is not there, which tumor v1 has", "\(gone.words)")
        let few = try await run(
            try table("latency_ms", 30) { _ in "1" }, over: try table("latency_ms", 90) { _ in "1" })
        #expect(few.verdict == .inconclusive && few.summary.contains("has 30 rows and 90 of tumor v1"), "\(few.words)")
    }

    @Test func `a table of another version says nothing of this one`() async throws {
        let other = try table("version,rss_bytes", 120) { _ in "v7,1" }
        let outcome = try await run(other)
        #expect(outcome.verdict == .inconclusive && outcome.summary.contains("is about v7"), "\(outcome.words)")
    }

    @Test(arguments: [
        ("2026-11-21T00:00:00Z,x", "usage.csv:2: rss_bytes is 'x', which is no number"),
        ("2026-11-21T00:00:00Z,nan", "usage.csv:2: rss_bytes is nan, expected a number of at least 0"),
        ("2026-11-21T00:00:00Z,-1", "usage.csv:2: rss_bytes is -1.0, expected a number of at least 0"),
        ("yesterday,1", "usage.csv:2: ts is 'yesterday', expected a time such as"),
    ])
    func `what cannot be read is told by its line`(row: String, words: String) async throws {
        let outcome = try await run(Array("ts,rss_bytes\n\(row)\n".utf8))
        #expect(outcome.verdict == .inconclusive && outcome.summary.contains(words), "\(outcome.words)")
        #expect(outcome.findings.first?.line == 2)
    }

    @Test func `times and numbers of any size are read without harm`() async throws {
        let rows = ["0001-01-01T00:00:00Z,1e308,1e300", "9999-12-31T23:59:59Z,1e308,0", "2026-11-21T00:00:00Z,0,1e15"]
        let text = "ts,rss_bytes,uptime_seconds\n" + rows.joined(separator: "\n") + "\n"
        #expect(try await run(Array(text.utf8), ["minRows": 10]).verdict == .inconclusive)
        #expect(try await run(Array("ts,rss_bytes\n".utf8)).verdict == .inconclusive)
    }

    // MARK: Measurements

    @Test func `one member divided by another is a measure, too`() async throws {
        func outcome(_ now: String, _ before: String) async throws -> Outcome {
            var new = try Specimen.version("v2"), old = try Specimen.version("v1")
            new.files["metrics.json"] = Array(now.utf8)
            old.files["metrics.json"] = Array(before.utf8)
            new.deployed = try old.subject()
            return try await new.run(ComputePerformance.self)
        }
        let slower = try await outcome(
            #"{"cpu_seconds": 30, "requests": 100}"#, #"{"cpu_seconds": 20, "requests": 100}"#)
        #expect(
            slower.verdict == .fail && slower.summary.hasPrefix("cpu_seconds/requests is 0.3, 50 % more"),
            "\(slower.words)")
        let busier = try await outcome(
            #"{"cpu_seconds": 30, "requests": 150}"#, #"{"cpu_seconds": 20, "requests": 100}"#)
        #expect(
            busier.verdict == .pass && busier.measurements["cpu_seconds/requests"]?.double == 0.2, "\(busier.words)")
        let idle = try await outcome(#"{"cpu_seconds": 30, "requests": 0}"#, #"{"cpu_seconds": 20, "requests": 100}"#)
        #expect(idle.verdict == .inconclusive, "\(idle.words)")
    }

    @Test
    func `a table of nothing that is asked for is inconclusive, and what only the version that runs tells is said`()
        async throws
    {
        let none = try await run(try table("visitors", 90) { "\($0)" })
        #expect(none.verdict == .inconclusive, "\(none.words)")
        #expect(
            none.summary.contains("usage.csv has no numbers of latency_ms, rss_bytes, cpu_seconds/requests"),
            "\(none.words)")
        let less = try table("latency_ms", 90) { "\(20 * (0.9 + 0.1 * TrendTests.noise[$0]))" }
        let alone = try await run(less)
        #expect(alone.verdict == .pass && alone.summary == "usage.csv tells latency_ms", "\(alone.words)")
        let gone = try await run(less, over: try load(500, 1))
        #expect(gone.verdict == .warn, "\(gone.words)")
        #expect(gone.words.contains("usage.csv lacks cpu_seconds/requests, which"), "\(gone.words)")
    }
}
