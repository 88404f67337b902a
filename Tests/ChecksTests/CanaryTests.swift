import Data
import Domain
import Testing

@testable import Checks

@Suite struct CanaryTests {
    private func specimen(_ rows: String) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        let header = "share,requests,errors,baseline_requests,baseline_errors,p95_ms,baseline_p95_ms"
        specimen.files["canary.csv"] = Array(
            ([header + ",minutes"] + rows.split(separator: "\n").map { "\($0),15" }).joined(separator: "\n").utf8)
        return specimen
    }

    /// Two steps without fault, and further columns of the second.
    private func outcome(_ columns: String, _ cells: String, _ settings: JSON = .empty) async throws -> Outcome {
        var specimen = try Specimen.version("v1")
        let names = "share,requests,errors,baseline_requests,baseline_errors,p95_ms,baseline_p95_ms"
        let row = "2000000,4000,2000000,4000,40,40", commas = columns.map { $0 == "," ? "," : "" }.joined()
        let rows =
            columns.contains("minutes")
            ? ["\(names),\(columns)", "0.05,\(row),\(commas)", "0.5,\(row),\(cells)"]
            : ["\(names),minutes,\(columns)", "0.05,\(row),15,\(commas)", "0.5,\(row),15,\(cells)"]
        specimen.files["canary.csv"] = Array(rows.joined(separator: "\n").utf8)
        return try await specimen.run(Canary.self, settings)
    }

    @Test func `steps without more errors pass`() async throws {
        let outcome = try await specimen("0.05,200000,400,3800000,7600,40,40\n0.5,2000000,4000,2000000,4000,41,40\n")
            .run(Canary.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `a record that lay with another artifact is none of this version's`() async throws {
        let rows = "0.05,200000,400,3800000,7600,40,40\n0.5,2000000,4000,2000000,4000,41,40\n"
        var running = try specimen(rows), next = try specimen(rows)
        (running.label, next.label) = ("v0.9", "v1")
        next.files["model.onnx"] = [1, 2, 3]
        running.store = next.store
        _ = try running.subject()
        next.deployed = try running.subject()
        let copied = try await next.run(Canary.self)
        #expect(copied.verdict == .inconclusive && copied.words.contains("byte for byte that of"), "\(copied.words)")
        // Of the same artifact it may be.
        next.files["model.onnx"] = running.files["model.onnx"]
        #expect(try await next.run(Canary.self).verdict == .pass)
    }

    @Test func `more errors, slower answers, and all traffic at once fail`() async throws {
        let errors = try await specimen("0.05,20000,1000,380000,760,40,40\n").run(Canary.self)
        #expect(errors.verdict == .fail && errors.summary.contains("error rate 5 % against 0.2 %"), "\(errors.words)")
        let slow = try await specimen("0.05,200000,400,3800000,7600,50,40\n").run(Canary.self)
        #expect(slow.summary.contains("25 % slower"), "\(slow.words)")
        #expect(try await specimen("1,200000,400,3800000,7600,40,40\n").run(Canary.self).verdict == .fail)
    }

    @Test func `few requests are inconclusive`() async throws {
        #expect(try await specimen("0.05,100,0,1900,4,40,40\n").run(Canary.self).verdict == .inconclusive)
        #expect(try await specimen("0.05,1000,20,19000,380,40,40\n").run(Canary.self).verdict == .inconclusive)
        #expect(try await specimen("0.05,-1,0,0,0,1,1\n").run(Canary.self).verdict == .inconclusive)
        #expect(try await specimen("").run(Canary.self).verdict == .inconclusive)
        #expect(try await Specimen.version("v1").run(Canary.self).verdict == .skipped)
    }

    @Test func `shares are percentages where any is above 1`() async throws {
        let rows = [1, 5, 25, 50, 100].map { "\($0),2000000,4000,2000000,4000,40,40\n" }.joined()
        let outcome = try await specimen(rows).run(Canary.self)
        #expect(outcome.verdict == .pass && outcome.summary.contains("up to 100 % of the traffic"), "\(outcome.words)")
        #expect(try await specimen("150,2000000,4000,2000000,4000,40,40\n").run(Canary.self).verdict == .inconclusive)
    }

    @Test func `the error rate of a small arm is the less certain`() async throws {
        // n = 2/(1/1000 + 1/19000) = 1900, V = 1900·(0.02·0.98/1000 + 0.001·0.999/19000) = 0.0373, not 0.0206; τ = 0.005.
        let step = CanaryStep(
            share: 0.05, requests: 1000, errors: 20, baselineRequests: 19_000, baselineErrors: 19, latencyIncrease: 0)
        let (low, high) = step.errorIncrease(alpha: 0.05, scale: 0.005)
        #expect(abs(low - 0.0035365740095647975) < 1e-9 && abs(high - 0.0344634259904352) < 1e-9, "\(low), \(high)")
        let equal = CanaryStep(
            share: 0.5, requests: 1000, errors: 20, baselineRequests: 1000, baselineErrors: 19, latencyIncrease: 0)
        let (from, to) = equal.errorIncrease(alpha: 0.05, scale: 0.005)
        #expect(abs((from + to) / 2 - 0.001) < 1e-12)
    }

    @Test func `a share that falls fails, and one that has not grown is inconclusive`() async throws {
        let row = { (share: String) in "\(share),2000000,4000,2000000,4000,40,40\n" }
        let falling = try await specimen(["0.5", "0.2", "0.05"].map(row).joined()).run(Canary.self)
        #expect(falling.verdict == .fail && falling.summary.contains("falls from 50 % to 20 %"), "\(falling.words)")
        let one = try await specimen(row("0.05")).run(Canary.self)
        #expect(one.verdict == .inconclusive && one.summary.contains("yet to grow"), "\(one.words)")
        #expect(try await specimen(["0.05", "0.05"].map(row).joined()).run(Canary.self).verdict == .inconclusive)
        #expect(try await specimen(["0.05", "0.05", "0.5"].map(row).joined()).run(Canary.self).verdict == .pass)
    }

    @Test(arguments: ["nan,40", "40,", "40,0", ",40", "inf,40"])
    func `answers of unknown speed are inconclusive`(latencies: String) async throws {
        let outcome = try await specimen(
            "0.05,2000000,4000,2000000,4000,40,40\n0.5,2000000,4000,2000000,4000,\(latencies)\n"
        ).run(Canary.self)
        #expect(outcome.verdict == .inconclusive && outcome.summary.contains("how fast"), "\(outcome.words)")
    }

    @Test func `few requests beside it are inconclusive`() async throws {
        let rows = "0.5,2000000,4000,99,0,40,40\n0.6,2000000,4000,2000000,4000,40,40\n"
        #expect(try await specimen(rows).run(Canary.self).verdict == .inconclusive)
    }

    @Test func `beside all of the traffic there is none, and it must last and have requests all the same`() async throws
    {
        let before = "0.5,2000000,4000,2000000,4000,40,40\n"
        let whole = try await specimen(before + "1,2000000,4000,0,0,,\n").run(Canary.self)
        #expect(whole.verdict == .pass && whole.summary.contains("up to 100 % of the traffic"), "\(whole.words)")
        #expect(try await specimen(before + "1,999,4,0,0,,\n").run(Canary.self).verdict == .inconclusive)
        #expect(try await specimen(before + "0.9,2000000,4000,0,0,,\n").run(Canary.self).verdict == .inconclusive)
        #expect(try await specimen("1,2000000,4000,0,0,,\n").run(Canary.self).verdict == .fail)
    }

    @Test func `a record that names another version or artifact is inconclusive`() async throws {
        var specimen = try specimen("")
        let digest = SHA256.digest(of: specimen.files["model.onnx"] ?? [])
        func outcome(_ version: String, _ artifact: String) async throws -> Outcome {
            let header =
                "share,requests,errors,baseline_requests,baseline_errors,p95_ms,baseline_p95_ms,minutes,version,artifact_digest\n"
            let rows = ["0.05", "0.5"].map { "\($0),2000000,4000,2000000,4000,40,40,15,\(version),\(artifact)\n" }
            specimen.files["canary.csv"] = Array((header + rows.joined()).utf8)
            return try await specimen.run(Canary.self)
        }
        #expect(try await outcome("v1", digest.description).verdict == .pass)
        #expect(try await outcome("1", digest.digits).verdict == .pass)
        #expect(try await outcome("", "").verdict == .pass)
        let version = try await outcome("v0", digest.digits)
        #expect(version.verdict == .inconclusive && version.summary.contains("about v0, not about tumor v1"))
        let artifact = try await outcome("v1", String(repeating: "0", count: 64))
        #expect(artifact.verdict == .inconclusive && artifact.summary.contains("about the artifact 0000"))
    }

    @Test func `a step that was short, or does not say how long it lasted, is inconclusive`() async throws {
        let short = try await outcome("minutes", "14.5")
        #expect(short.verdict == .inconclusive && short.findings.count == 2, "\(short.words)")
        #expect(short.words.contains("step at 50 % lasted 14.5 minutes, expected 15m"), "\(short.words)")
        #expect(short.words.contains("step at 5 % has no minutes"), "\(short.words)")
        #expect(try await outcome("minutes", "14.5", ["minTime": "0s"]).verdict == .pass)
        // Of several looks at one step the longest counts.
        let header = "share,requests,errors,baseline_requests,baseline_errors,p95_ms,baseline_p95_ms,minutes\n"
        let rows = ["0.05,15", "0.5,14", "0.5,15"].map { $0.split(separator: ",") }.map {
            "\($0[0]),2000000,4000,2000000,4000,40,40,\($0[1])\n"
        }
        var looks = try specimen("")
        for (count, verdict) in [(2, Verdict.inconclusive), (3, .pass)] {
            looks.files["canary.csv"] = Array((header + rows.prefix(count).joined()).utf8)
            let looked = try await looks.run(Canary.self)
            #expect(looked.verdict == verdict, "\(looked.words)")
        }
    }

    @Test func `slow answers are counted, at all looks`() async throws {
        // Of 2,000,000 requests 5 % are 100,000.
        let fast = try await outcome("slow", "98000")
        #expect(fast.verdict == .pass, "\(fast.words)")
        let open = try await outcome("slow", "100100")
        #expect(open.verdict == .inconclusive && open.summary.contains("not shown to be at most 5 %"), "\(open.words)")
        let slow = try await outcome("slow", "103000")
        #expect(slow.verdict == .fail, "\(slow.words)")
        #expect(slow.summary.contains("of the requests take over 10 % longer than the 95th percentile beside it"))
        #expect(
            try await outcome("slow", "2000001").summary.contains(
                "canary.csv:3: slow is 2000001.0, expected 0 to 2000000"))
    }

    @Test func `requests that are not dealt out as told make the step invalid`() async throws {
        #expect(try await outcome("all_requests", "4001000").verdict == .pass)
        let skewed = try await outcome("all_requests", "4100000")
        #expect(skewed.verdict == .inconclusive && skewed.summary.contains("not dealt out as told"), "\(skewed.words)")
    }

    @Test func `scores that moved and requests that bring less fail`() async throws {
        #expect(try await outcome("score_psi", "0.1").verdict == .pass)
        let moved = try await outcome("score_psi", "0.11")
        #expect(moved.verdict == .fail && moved.summary.contains("differs by PSI 0.11, expected at most 0.1"))
        let columns = "value_mean,value_sd,baseline_value_mean,baseline_value_sd"
        #expect(try await outcome(columns, "9.9,20,10,20").verdict == .pass)
        let open = try await outcome(columns, "9.8,20,10,20")
        #expect(open.verdict == .inconclusive && open.summary.contains("not shown to be at most 2 % less"))
        let less = try await outcome(columns, "9.7,20,10,20")
        #expect(
            less.verdict == .fail && less.summary.contains("a request brings 9.7 against 10 beside it"), "\(less.words)"
        )
        #expect(try await outcome(columns, "9.7,20,10,20", ["maxValueDrop": 0.05]).verdict == .pass)
    }

    @Test func `the difference of what requests bring has the reach of its sequence`() throws {
        var step = CanaryStep(
            share: 0.5, requests: 1000, errors: 0, baselineRequests: 4000, baselineErrors: 0, latencyIncrease: nil)
        step.value = .init(mean: 9, deviation: 2, baselineMean: 10, baselineDeviation: 4)
        let interval = try #require(step.valueIncrease(ConfidenceSequence(alpha: 0.05, firstLook: 100)))
        // √(4/1000 + 16/4000) · 3.241723145405438, the reach at 1,000 rows (ConfidenceSequenceTests).
        #expect(
            abs(interval.lower - (-1 - 0.28994853269444)) < 1e-9 && abs(interval.upper - (-1 + 0.28994853269444)) < 1e-9
        )
    }

    @Test func `the steps share the chance of a false alarm, however many they are`() {
        let chances = (0..<100_000).map { CanaryStep.alpha(ofStep: $0, of: 0.05) }
        #expect(chances[0] == 0.01 && chances[3] == 0.01 && abs(chances[4] - 0.005) < 1e-12)
        #expect(chances.reduce(0, +) <= 0.05 + 1e-12)
    }

    @Test func `all of the traffic is held against what was beside the last step that had some`() async throws {
        let before = "0.5,2000000,4000,2000000,4000,40,40\n"
        let errors = try await specimen(before + "1,2000000,200000,0,0,,\n").run(Canary.self)
        #expect(errors.verdict == .fail, "\(errors.words)")
        #expect(
            errors.summary.contains(
                "step at 100 %, with the last step's baseline: error rate 10 % against 0.2 % beside it"),
            "\(errors.words)")
        let slow = try await specimen(before + "1,2000000,4000,0,0,60,\n").run(Canary.self)
        #expect(slow.verdict == .fail && slow.summary.contains("50 % slower"), "\(slow.words)")
        #expect(try await specimen(before + "1,2000000,4000,0,0,40,\n").run(Canary.self).verdict == .pass)
    }

    @Test func `what all of the traffic brings is held against the last step's, too`() async throws {
        func verdict(_ mean: Int) async throws -> Verdict {
            var specimen = try specimen("")
            let names = "share,requests,errors,baseline_requests,baseline_errors,p95_ms,baseline_p95_ms,minutes"
            specimen.files["canary.csv"] = Array(
                """
                \(names),value_mean,value_sd,baseline_value_mean,baseline_value_sd
                0.5,2000000,4000,2000000,4000,40,40,15,10,1,10,1
                1,2000000,4000,0,0,,,15,\(mean),1,,
                """.utf8)
            return try await specimen.run(Canary.self).verdict
        }
        #expect(try await verdict(10) == .pass)
        #expect(try await verdict(5) == .fail)
    }

    @Test
    func `of several looks at one step the last may tell what the first left open, and no look takes back a fault`()
        async throws
    {
        let rest = "0.05,2000000,4000,2000000,4000,40,40\n0.5,2000000,4000,2000000,4000,40,40\n"
        let open = try await specimen("0.05,1000,2,19000,38,40,40\n" + rest).run(Canary.self)
        #expect(open.verdict == .pass, "\(open.words)")
        let bad = try await specimen("0.05,20000,1000,380000,760,40,40\n" + rest).run(Canary.self)
        #expect(bad.verdict == .fail, "\(bad.words)")
        let late = try await specimen(rest + "0.5,1000,2,1000,2,40,40\n").run(Canary.self)
        #expect(late.verdict == .inconclusive, "\(late.words)")
    }
}
