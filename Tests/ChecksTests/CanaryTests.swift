import Domain
import Testing

@testable import Checks

@Suite struct CanaryTests {
    private func specimen(_ rows: String) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        let header = "share,requests,errors,baseline_requests,baseline_errors,p95_ms,baseline_p95_ms\n"
        specimen.files["canary.csv"] = Array((header + rows).utf8)
        return specimen
    }

    @Test func `steps without more errors pass`() async throws {
        let outcome = try await specimen("0.05,200000,400,3800000,7600,40,40\n0.5,2000000,4000,2000000,4000,41,40\n")
            .run(Canary.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
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

    @Test func `a record that names another version or artifact is inconclusive`() async throws {
        var specimen = try specimen("")
        let digest = SHA256.digest(of: specimen.files["model.onnx"] ?? [])
        func outcome(_ version: String, _ artifact: String) async throws -> Outcome {
            let header =
                "share,requests,errors,baseline_requests,baseline_errors,p95_ms,baseline_p95_ms,version,artifact_digest\n"
            let rows = ["0.05", "0.5"].map { "\($0),2000000,4000,2000000,4000,40,40,\(version),\(artifact)\n" }
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
}
