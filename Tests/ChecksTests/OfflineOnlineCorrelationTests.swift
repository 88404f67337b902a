import Domain
import Testing

@testable import Checks

@Suite struct OfflineOnlineCorrelationTests {
    private func specimen(_ table: String) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        specimen.files["experiments.csv"] = Array(table.utf8)
        return specimen
    }

    @Test func `changes that go together pass, also as levels`() async throws {
        let deltas = "offline_delta,online_delta\n0.01,0.2\n-0.02,-0.3\n0.03,0.5\n0.005,0.1\n-0.01,-0.1\n0.02,0.3\n"
        let outcome = try await specimen(deltas).run(OfflineOnlineCorrelation.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["signs_agree"]?.int == 6)
        let levels = "offline,online\n0.80,3.0\n0.81,3.2\n0.79,2.9\n0.82,3.4\n0.825,3.5\n0.815,3.3\n"
        #expect(try await specimen(levels).run(OfflineOnlineCorrelation.self).verdict == .pass)
    }

    @Test func `an offline metric that misleads fails`() async throws {
        let table = "offline_delta,online_delta\n0.01,-0.2\n-0.02,0.3\n0.03,-0.5\n0.005,-0.1\n-0.01,0.1\n0.02,-0.3\n"
        let outcome = try await specimen(table).run(OfflineOnlineCorrelation.self)
        #expect(outcome.verdict == .fail && outcome.summary.contains("signs agree 0/6"), "\(outcome.words)")
    }

    @Test func `few experiments are inconclusive, none configured is skipped`() async throws {
        #expect(
            try await specimen("offline_delta,online_delta\n1,1\n").run(OfflineOnlineCorrelation.self).verdict
                == .inconclusive)
        #expect(try await specimen("a,b\n1,1\n").run(OfflineOnlineCorrelation.self).verdict == .inconclusive)
        #expect(try await Specimen.version("v1").run(OfflineOnlineCorrelation.self).verdict == .skipped)
    }

    @Test func `the rank correlation is scipy's`() {
        // scipy.stats.spearmanr([1,2,3,4,5],[5,6,7,8,7]) = 0.8207826816681233; with permutations, one-sided: 10/120.
        let few = RankCorrelation([(1, 5), (2, 6), (3, 7), (4, 8), (5, 7)])
        #expect(abs(few.rho - 0.8207826816681233) < 1e-12)
        #expect(abs(few.pValue - 8.0 / 120) < 1e-12)
        // All 9! orders, one-sided, by itertools.permutations: 1500 of 362880 are as good.
        let nine = RankCorrelation(Array(zip([1, 2, 3, 4, 5, 6, 7, 8, 9], [2, 1, 5, 3, 4, 9, 6, 7, 8])))
        #expect(abs(nine.rho - 0.8333333333333334) < 1e-12 && nine.pValue == 1500.0 / 362_880)
        // scipy.stats.spearmanr(alternative="greater") of ten: Student's t.
        let ten = RankCorrelation(Array(zip([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [2, 1, 5, 3, 4, 9, 6, 7, 8, 10])))
        #expect(abs(ten.rho - 0.8787878787878788) < 1e-12 && abs(ten.pValue - 0.00040693105586610506) < 1e-9)
    }

    @Test(arguments: ["-3 %", "up", "inf", "nan"]) func `a change that is no number is not left out`(text: String)
        async throws
    {
        let rows = (1...6).map { "\($0),\($0)\n" }.joined()
        let outcome = try await specimen("offline_delta,online_delta\n" + rows + "7,\(text)\n").run(
            OfflineOnlineCorrelation.self)
        #expect(outcome.verdict == .inconclusive && outcome.summary.contains("experiments.csv"), "\(outcome.words)")
    }
}
