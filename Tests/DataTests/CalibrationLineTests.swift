import Domain
import Foundation
import Testing

@testable import Data

/// `EvaluationTests` hold the line itself to statsmodels.
struct CalibrationLineTests {
    private func fit(_ rows: [(score: Double, label: UInt8)]) -> CalibrationLine? {
        let sorted = rows.sorted { $0.score < $1.score }
        return CalibrationLine(ascending: sorted.map(\.score)[...], outcomes: sorted.map { $0.label << 1 }[...])
    }

    @Test func `scores that hold what they promise have intercept 0 and slope 1`() throws {
        var rows: [(score: Double, label: UInt8)] = []
        for (score, count, hits) in [(0.2, 10, 2), (0.5, 10, 5), (0.8, 10, 8), (0.9, 20, 18)] {
            for row in 0..<count { rows.append((score, row < hits ? 1 : 0)) }
        }
        let line = try #require(fit(rows))
        #expect(abs(line.intercept) < 1e-9 && abs(line.slope - 1) < 1e-9)
        let interval = try #require(line.interval(of: "calibration_slope", confidence: 0.95))
        #expect(abs(interval.lower + interval.upper - 2) < 1e-8 && interval.upper - interval.lower > 0.5)
    }

    /// One score in two groups: the standard errors are those of two independent log-odds.
    @Test func `standard errors are those of log-odds`() throws {
        let odds = 1.0986122886681098
        var rows: [(score: Double, label: UInt8)] = []
        for (score, hits) in [(0.25, 8), (0.75, 14)] {
            for row in 0..<20 { rows.append((score, row < hits ? 1 : 0)) }
        }
        let line = try #require(fit(rows))
        let variances = [1.0 / 8 + 1.0 / 12, 1.0 / 14 + 1.0 / 6]
        #expect(Reference.near(line.slopeError, (variances[0] + variances[1]).squareRoot() / (2 * odds)))
        #expect(Reference.near(line.interceptError, (variances[0] + variances[1]).squareRoot() / 2))
    }

    /// Few of many points give a start, which must not show in the end.
    @Test func `many rows have the line of their scores, each standing for many`() throws {
        var random = SplitMix(seed: 3)
        let many = (0..<30_000).map { row in
            let score = (Double(row) + 0.5) / 30_000
            return (score: score, label: UInt8(Double.random(in: 0...1, using: &random) < score * score ? 1 : 0))
        }
        let line = try #require(fit(many))
        // At the best line the gradients vanish.
        var sums = (0.0, 0.0)
        for row in many {
            let odds = Foundation.log(row.score / (1 - row.score))
            let error = Double(row.label) - 1 / (1 + Foundation.exp(-line.intercept - line.slope * odds))
            sums = (sums.0 + error, sums.1 + error * odds)
        }
        #expect(abs(sums.0) < 1e-7 && abs(sums.1) < 1e-7)
    }

    @Test func `there is no line where scores tell labels apart, or say nothing`() {
        #expect(fit([(0.1, 0), (0.2, 0), (0.3, 1), (0.4, 1)]) == nil)
        #expect(fit([(0.1, 0), (0.3, 0), (0.3, 1), (0.4, 1)]) == nil)
        #expect(fit([(0.1, 1), (0.9, 0)]) == nil)
        #expect(fit([(0.5, 1), (0.5, 0), (0.5, 1)]) == nil)
        #expect(fit([(0.5, 1), (0.7, 1)]) == nil)
        #expect(fit([]) == nil)
        #expect(fit([(0.1, 0), (0.3, 1), (0.3, 0), (0.2, 1)]) != nil)
    }

    @Test func `scores of 0 and 1 are clipped`() throws {
        let line = try #require(fit([(0, 0), (0, 0), (0, 1), (1, 1), (1, 1), (1, 0)]))
        #expect(Reference.near(line.slope, 0.6931471805599453 / 36.04365338911715, 1e-6))
    }
}
