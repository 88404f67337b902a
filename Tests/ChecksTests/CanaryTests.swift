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
}
