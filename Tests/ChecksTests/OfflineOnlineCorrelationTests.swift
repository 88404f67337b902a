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

    /// scipy.stats.kendalltau, by `make_offline_online.py`.
    @Test func `Kendall's tau-b is scipy's, with ties`() {
        let ties: [(Double, Double)] = Array(
            zip([1.0, 2, 2, 3, 3, 3, 5, 4, 6, 0], [2.0, 1, 1, 3, 5, 5, 4, 4, 7, 7]))
        #expect(abs((KendallTau.b(ties) ?? 0) - 0.2682926829268293) < 1e-12)
        let nine: [(Double, Double)] = Array(zip([1.0, 2, 3, 4, 5, 6, 7, 8, 9], [2.0, 1, 5, 3, 4, 9, 6, 7, 8]))
        #expect(abs((KendallTau.b(nine) ?? 0) - 0.6666666666666666) < 1e-12)
        let many = (0..<300).map { (row: Int) -> (Double, Double) in
            (Double(row * 37 % 101), Double(row * row % 53))
        }
        #expect(abs((KendallTau.b(many) ?? 0) - 0.035920248864850894) < 1e-12)
        #expect(KendallTau.b([(1, 1), (1, 2)]) == nil && KendallTau.b([(1, 2)]) == nil && KendallTau.b([]) == nil)
    }

    @Test func `with standard errors the slope is measured, and without them it is not known`() async throws {
        let rows = [
            "0.01,0.2,0.0025,0.05", "-0.02,-0.3,0.002,0.04", "0.03,0.5,0.005,0.1", "0.005,0.1,0.001,0.02",
            "-0.01,-0.1,0.0015,0.03", "0.02,0.3,0.003,0.06",
        ]
        let header = "offline_delta,online_delta,offline_se,online_se"
        let both = ([header] + rows).joined(separator: "\n")
        let exact = both.replacing("offline_se", with: "other")
        let outcome = try await specimen(exact).run(OfflineOnlineCorrelation.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.summary.hasSuffix("signs agree 6/6, slope 15.0989 ± 1.2269"), "\(outcome.words)")
        // All six in one order.
        #expect(outcome.measurements["kendall_tau_b"]?.double == 1)
        #expect(abs((outcome.measurements["deming_slope"]?.double ?? 0) - 15.098948006341018) < 1e-9)
        #expect(abs((outcome.measurements["deming_slope_se"]?.double ?? 0) - 1.2269189710153143) < 1e-9)
        // statsmodels' proportion_confint(6, 6, method="wilson")
        #expect(abs((outcome.measurements["signs_agree_low"]?.double ?? 0) - 0.6096657120978346) < 1e-9)
        let uncertain = try await specimen(both).run(OfflineOnlineCorrelation.self)
        #expect(abs((uncertain.measurements["deming_slope"]?.double ?? 0) - 15.15344069632121) < 1e-6)
        let levels =
            "offline,online,online_se\n0.80,3.0,3\n0.81,3.2,4\n0.79,2.9,0\n0.82,3.4,1\n0.825,3.5,1\n0.815,3.3,1\n"
        let zero = try await specimen(levels).run(OfflineOnlineCorrelation.self)
        #expect(zero.verdict == .inconclusive)
        #expect(
            zero.summary == "experiments.csv:4: online_se is 0.0, expected a standard error above 0", "\(zero.words)")
        let none = try await specimen(exact.replacing("online_se", with: "more")).run(OfflineOnlineCorrelation.self)
        #expect(none.verdict == .pass && none.measurements["deming_slope"] == .null, "\(none.words)")
    }

    @Test func `a metric that never changed differently correlates with nothing`() async throws {
        let table = "offline_delta,online_delta\n" + (1...6).map { "0.01,\($0)\n" }.joined()
        let outcome = try await specimen(table).run(OfflineOnlineCorrelation.self)
        #expect(
            outcome.verdict == .inconclusive && outcome.summary.contains("changed one of the metrics alike"),
            "\(outcome.words)")
        #expect(
            try await specimen(table.replacing(",1\n", with: ",-1\n")).run(OfflineOnlineCorrelation.self).verdict
                == .inconclusive)
        let opposed = "offline_delta,online_delta\n" + (1...6).map { "0.01,-\($0)\n" }.joined()
        #expect(try await specimen(opposed).run(OfflineOnlineCorrelation.self).verdict == .fail)
    }

    @Test func `signs that never agree fail, however well the ranks go together`() async throws {
        let rows = (1...8).map { "\($0),\($0 - 9)\n" }.joined()
        let outcome = try await specimen("offline_delta,online_delta\n" + rows).run(OfflineOnlineCorrelation.self)
        #expect(outcome.verdict == .fail && outcome.summary.contains("ρ = 1 "), "\(outcome.words)")
        #expect(outcome.summary.contains("signs agree 0/8"), "\(outcome.words)")
    }
}
