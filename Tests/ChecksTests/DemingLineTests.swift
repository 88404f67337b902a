import Testing

@testable import Checks

@Suite struct DemingLineTests {
    /// Pearson's data with York's weights, which textbooks solve (slope -0.480533407, York and others 2004).
    private let pearson: [DemingLine.Point] = {
        let x = [0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4]
        let y = [5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5]
        let ofX = [1000, 1000, 500, 800, 200, 80, 60, 20, 1.8, 1], ofY = [1, 1.8, 4, 8, 20, 20, 70, 70, 100, 500]
        return x.indices.map {
            .init(x: x[$0], y: y[$0], xError: 1 / ofX[$0].squareRoot(), yError: 1 / ofY[$0].squareRoot())
        }
    }()

    /// By `make_offline_online.py`.
    @Test func `errors of both coordinates count`() throws {
        let line = try #require(DemingLine(pearson))
        #expect(abs(line.slope + 0.4805334074) < 1e-9)
        #expect(abs(line.standardError - 0.05798500900182979) < 1e-9)
    }

    @Test func `what has no line has none`() {
        let flat = (0..<5).map { DemingLine.Point(x: 1, y: Double($0), xError: 0, yError: 1) }
        #expect(DemingLine(flat) == nil && DemingLine(Array(pearson.prefix(2))) == nil)
        let tiny = (0..<5).map { DemingLine.Point(x: Double($0), y: Double($0), xError: 0, yError: 1e-300) }
        #expect(DemingLine(tiny) == nil)
        // A level line has a slope of 0.
        let level = (0..<5).map { DemingLine.Point(x: Double($0), y: 2, xError: 0.1, yError: 1) }
        #expect(DemingLine(level)?.slope == 0)
    }
}
