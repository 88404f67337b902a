import Testing

@testable import Checks

/// The values are those that `Reference/make_mann_kendall.py` prints.
@Suite struct MannKendallTests {
    private static let noise: [Double] = (0..<60).map { index in Double(index * 37 % 101) / 101 }

    private static let slow: [Double] = (0..<50).map { (index: Int) -> Double in
        let fall: Double = 1 / (1 + 0.05 * Double(index))
        return fall + 0.02 * Double(index * 7 % 5)
    }

    private static let rows: [String: [Double]] = [
        "falling": [5, 4, 3, 2], "one dip": [1, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.95],
        "ties": [3, 3, 2, 2, 2, 1, 1, 0, 0.5, 0.5], "noise": noise, "slow": slow,
    ]

    @Test(arguments: [
        ("falling", -6, 8.666666666666666, 0.08942935902899353, 0.044714679514496765),
        ("one dip", 26, 124.0, 0.024763878224479712, 1.0),
        ("ties", -35, 118.33333333333333, 0.0017747759975943321, 0.0008873879987971661),
        ("noise", 82, 24583.333333333332, 0.6054269175135021, 1.0),
        ("slow", -1067, 14291.666666666666, 4.793562378568907e-19, 2.3967811892844533e-19),
    ])
    func `score, variance and chances are the reference's`(
        name: String, score: Int, variance: Double, p: Double, falling: Double
    ) throws {
        let test = MannKendall(try #require(Self.rows[name]))
        #expect(test.score == score && abs(test.variance - variance) <= 1e-9 * variance)
        #expect(abs(test.pValue - p) <= 1e-6 * p && abs(test.fallingPValue - falling) <= 1e-6 * falling)
    }

    @Test func `of none, one or equal numbers there is no trend`() {
        for row in [[], [1], [2, 2, 2]] as [[Double]] {
            #expect(MannKendall(row).pValue == 1 && MannKendall(row).fallingPValue == 1)
        }
    }
}
