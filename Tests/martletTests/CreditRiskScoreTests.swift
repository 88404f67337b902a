import Foundation
import TestSupport
import Testing

/// The scorecards of the five credit-risk sample versions, against those that a person counts by hand from the rubric.
///
/// The samples are GPL data and no part of the project: `MARTLET_SAMPLES` says where they are.
struct CreditRiskScoreTests {
    /// Counted by hand, each from what the samples' own README, metrics, reports and tables say. They are of 2025: too old for O4, and
    /// for a curve of staleness (M4) to tell anything of today. No file of theirs pins an environment (O1).
    private static let byHand = """
        D1 1/pass 1/pass 1/pass 1/fail 1/pass
        D2 1/pass 1/fail 1/fail 1/fail 0/inconclusive
        D3 0/skipped 0/skipped 0/skipped 0/skipped 0/skipped
        D4 1/pass 1/pass 1/fail 1/pass 1/pass
        D5 1/pass 1/pass 1/pass 1/pass 1/pass
        D6 0/inconclusive 0/inconclusive 0/inconclusive 0/inconclusive 0/inconclusive
        D7 1/pass 1/pass 1/pass 1/fail 1/fail
        data 5/5 5/4 5/3 5/2 4/3
        M1 1/pass 1/pass 1/pass 1/pass 1/pass
        M2 0/skipped 0/skipped 0/skipped 0/skipped 0/skipped
        M3 1/fail 1/fail 1/fail 1/fail 1/fail
        M4 0/inconclusive 0/inconclusive 1/inconclusive 1/inconclusive 1/inconclusive
        M5 1/pass 1/pass 1/pass 1/pass 1/fail
        M6 1/inconclusive 1/warn 1/inconclusive 1/warn 1/fail
        M7 1/warn 1/fail 1/fail 1/fail 1/inconclusive
        model 5/3 5/3 6/2 6/3 6/1
        I1 0/skipped 1/pass 0/skipped 0/skipped 0/skipped
        I2 1/fail 1/warn 1/warn 1/fail 1/fail
        I3 0/skipped 0/skipped 0/skipped 0/skipped 0/skipped
        I4 1/fail 1/pass 1/pass 1/fail 1/inconclusive
        I5 0/skipped 0/skipped 0/skipped 0/skipped 0/skipped
        I6 0/skipped 0/skipped 0/skipped 0/skipped 0/skipped
        I7 0/warn 1/warn 1/warn 1/warn 1/warn
        infrastructure 2/0 4/4 3/3 3/1 3/1
        O1 1/warn 1/warn 1/fail 1/fail 1/warn
        O2 0/skipped 1/fail 0/skipped 0/skipped 0/skipped
        O3 0/skipped 0/skipped 0/skipped 0/skipped 0/skipped
        O4 1/fail 1/fail 1/fail 1/fail 1/fail
        O5 1/pass 1/pass 1/pass 1/pass 1/fail
        O6 1/pass 1/fail 1/fail 1/fail 1/warn
        O7 0/skipped 1/warn 0/skipped 0/skipped 0/skipped
        monitoring 4/3 6/3 4/1 4/1 4/2
        score 2/0 4/3 3/1 3/1 3/1
        """

    @Test(.enabled(if: Samples.creditRisk != nil))
    func `the five scorecards are what a careful person counts by hand`() async throws {
        let samples = try #require(Samples.creditRisk)
        try await withTemporaryFolder { folder in
            let script = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "Reference/credit_risk_scores.py").path()
            let run = try spawn(
                ["python3", script, samples, folder.path(percentEncoded: false), House.binary],
                environment: House.variables.merging(["PATH": "/usr/bin:/bin"]) { $1 }, timeout: .seconds(120))
            #expect(run.code == 0, "\(String(decoding: run.errors, as: UTF8.self))")
            let found = String(decoding: run.output, as: UTF8.self).split(separator: "\n")
            for (line, wanted) in zip(found, Self.byHand.split(separator: "\n")) { #expect(line == wanted) }
            #expect(found.count == Self.byHand.split(separator: "\n").count)
        }
    }
}

/// Where the samples are that are no part of the project.
private enum Samples {
    static let creditRisk: String? = {
        let folder = ProcessInfo.processInfo.environment["MARTLET_SAMPLES"].map { $0 + "/credit-risk" }
        return folder.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
    }()
}
