/// The expected calibration error over ten bins of equal width: what a bin's scores promise against what its rows hold.
struct CalibrationError {
    private var rows = 0
    private var promised = Array(repeating: CompensatedSum(), count: 10)
    private var held = Array(repeating: 0, count: 10)
    private let closedRight: Bool

    /// Bins (lo, hi] with 0 in the first, or [lo, hi) with 1 in the last.
    init(closedRight: Bool) { self.closedRight = closedRight }

    /// The doubles nearest to 0.1 … 0.9.
    private static let edges = (1...9).map { Double($0) / 10 }

    @inline(__always)
    mutating func add(_ score: Double, _ isTrue: Bool) {
        add(score, isTrue, to: Self.bin(score, closedRight: closedRight))
    }

    @inline(__always)
    private mutating func add(_ score: Double, _ isTrue: Bool, to bin: Int) {
        rows &+= 1
        promised[bin].add(score)
        held[bin] &+= isTrue ? 1 : 0
    }

    @inline(__always)
    static func bin(_ score: Double, closedRight: Bool) -> Int {
        var bin = 0
        for edge in edges { bin &+= (closedRight ? score > edge : score >= edge) ? 1 : 0 }
        return bin
    }

    /// Over ten bins of equal mass instead: between the deciles of scores that ascend, closed on the right.
    static func ofEqualMass(_ scores: ArraySlice<Double>, _ outcomes: ArraySlice<UInt8>) -> Double? {
        guard !scores.isEmpty else { return nil }
        let edges = (1...9).map { step in
            SortedValues.linearQuantile(Double(step) * 0.1, of: scores.count) { scores[scores.startIndex + $0] }
        }
        var error = CalibrationError(closedRight: true)
        var bin = 0
        for (score, outcome) in zip(scores, outcomes) {
            while bin < edges.count, score > edges[bin] { bin &+= 1 }
            error.add(score, outcome >> 1 == 1, to: bin)
        }
        return error.value
    }

    /// The sum over bins of share · |mean label − mean score|; `nil` without rows.
    var value: Double? {
        guard rows > 0 else { return nil }
        return CompensatedSum.of((0..<10).map { abs(Double(held[$0]) - promised[$0].value) }) / Double(rows)
    }
}
