import Data
import Glibc
import Testing

@testable import Checks

/// The values are those that `Reference/make_trend.py` prints.
@Suite struct TrendTests {
    /// Each number keeps a share of how far the one before is from 10.
    static func wave(_ count: Int, rise: Double, keeping share: Double, seed: UInt64 = 1) -> [Double] {
        var random = SplitMix(seed: seed), last = 0.0
        return (0..<count).map { index in
            last = share * last + Double(random.next() >> 11) * 0x1p-53 - 0.5
            return 10 + last + rise * Double(index)
        }
    }

    /// Of what servers tell each minute.
    static let noise = wave(2000, rise: 0, keeping: 0.3).map { $0 / 10 }

    private static let rows: [String: [Double]] = [
        "steady": wave(60, rise: 0, keeping: 0), "rising": wave(60, rise: 0.02, keeping: 0),
        "wave": wave(60, rise: 0, keeping: 0.9, seed: 48), "rising wave": wave(120, rise: 0.05, keeping: 0.8),
        "leak": (0..<14).map { 38 * pow(1.019, Double($0)) },
        "short": [10, 10.4, 10.8, 11.2, 11.7, 12.1, 12.6, 13.1],
        // A cache: two thirds of what it takes are there within half an hour of two.
        "filling": (0..<110).map { 100 - 40 * exp(-Double($0) / 30) },
    ]

    @Test(arguments: [
        ("steady", 0.0005557052740660864, 0.8432674511647082, 0.0),
        ("rising", 0.02055570527406614, 6.260741188965609e-11, 0.0),
        ("wave", 0.01257657057540147, 0.6471219273639993, 0.9169525464399185),
        ("rising wave", 0.04920511200613832, 6.506186714223605e-17, 0.8237842799796004),
        ("leak", 0.8088909214621925, 2.6312766253721388e-06, 0.99),
        ("short", 0.4414285714285713, 0.0008366271311193044, 0.0),
        ("filling", 0.25280418207051175, 1.0, 0.99),
    ])
    func `slope, chance and correlation are the reference's`(
        name: String, slope: Double, chance: Double, correlation: Double
    ) throws {
        let trend = Trend(try #require(Self.rows[name]))
        #expect(
            abs(trend.slope - slope) <= 1e-9 * abs(slope) && abs(trend.pValue - chance) <= 1e-6 * chance, "\(trend)")
        #expect(abs(trend.correlation - correlation) <= 1e-9, "\(trend)")
    }

    @Test
    func
        `a wave of numbers that are like their neighbours is no trend, and Mann and Kendall's test alone takes it for one`()
        throws
    {
        let wave = try #require(Self.rows["wave"])
        #expect(MannKendall(wave).pValue < 0.001 && Trend(wave).pValue > 0.1)
        var alarms = (alone: 0, whitened: 0)
        for seed in 1...100 {
            let row = Self.wave(80, rise: 0, keeping: 0.7, seed: UInt64(seed))
            alarms.alone += MannKendall(row).pValue < 0.01 ? 1 : 0
            alarms.whitened += Trend(row).pValue < 0.01 ? 1 : 0
        }
        #expect(alarms.alone >= 30 && alarms.whitened <= 2, "\(alarms)")
    }

    @Test func `times that are not even count as they are`() {
        let times: [Double] = [0, 1, 2, 10, 11, 12], trend = Trend(times.map { 3 * $0 + 1 }, at: times)
        #expect(abs(trend.slope - 3) <= 1e-12)
        // Two at once have no slope.
        #expect(Trend([1, 5, 2], at: [0, 0, 1]).slope == -1)
    }

    @Test func `of none, one or equal numbers there is no trend`() {
        for row in [[], [1], [2, 2, 2], Array(repeating: 7, count: 30)] as [[Double]] {
            let trend = Trend(row)
            #expect(trend.slope == 0 && trend.pValue == 1 && trend.correlation == 0)
        }
        #expect(Trend([1, 1, 1, 1]).pValue == 1)
        // pymannkendall.original_test: s = 28, var_s = 65.3333, z = 3.3404, p = 0.00083665.
        let trend = Trend([1, 2, 3, 4, 5, 6, 7, 8])
        #expect(trend.slope == 1 && abs(trend.pValue - 0.0008366) < 1e-6)
    }
}
