import Testing

@testable import martlet

struct AxisTests {
    private let axis = Axis(from: 0, to: 1, width: 11)

    @Test func `an interval, its point and a mark stand where their numbers are`() {
        #expect(axis.line(point: 0.5, low: 0.3, high: 0.7) == "   ├─●─┤")
        #expect(axis.line(point: 0.5, low: 0.3, high: 0.7, mark: 0.5) == "   ├─◆─┤")
        #expect(axis.line(point: 0, low: 0, high: 0.4, mark: 1) == "●───┤     │")
        #expect(axis.line(point: 0.8, low: 0.7, high: 0.9, origin: 0) == "┊      ├●┤")
        #expect(axis.line(point: 0.5, low: 0.5, high: 0.51) == "     ●")
    }

    @Test func `numbers outside are drawn at the end, those that are none not at all`() {
        #expect(axis.line(point: 7, low: -3, high: 9) == "├─────────●")
        #expect(axis.line(point: .nan, low: .nan, high: 1, mark: .infinity) == "")
        #expect(Axis(from: 0, to: .infinity, width: 5).line(point: 1) == "")
    }

    @Test(arguments: [(0.0, 0.0), (2.0, 2.0), (-1.7e308, 1.7e308), (0.0, Double.leastNonzeroMagnitude)])
    func `a range of any size has room`(low: Double, high: Double) {
        let axis = Axis(from: low, to: high, width: 9)
        for value in [low, high, low / 2 + high / 2] { #expect((0..<9).contains(axis.cell(value) ?? -1)) }
        #expect(Axis(from: 0, to: 1, width: -4).line(point: 1) == "●")
    }
}
