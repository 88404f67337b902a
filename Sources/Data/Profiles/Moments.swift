/// Count, mean, spread, range and sum of finite numbers; mergeable.
///
/// Each chunk is summed in two passes and joined by Chan's formula (Chan, Golub, LeVeque 1979), so the result depends on how
/// the numbers are cut into chunks in its last bits only. The sum carries its rounding error along (Neumaier 1974), and so does
/// the mean, whose last bit is much larger than the spread of, say, times in microseconds.
public struct Moments: Hashable, Sendable {
    public private(set) var count = 0
    public private(set) var zeros = 0
    public private(set) var negatives = 0
    public private(set) var minimum = Double.infinity
    public private(set) var maximum = -Double.infinity
    private var average = 0.0

    /// What `average` lacks to the mean.
    private var averageRest = 0.0
    private var squares = 0.0
    private var total = 0.0
    private var lost = 0.0

    public init() {}

    public init(_ values: some Sequence<Double>) {
        Array(values).withUnsafeBufferPointer { add($0) }
    }

    public var mean: Double? {
        guard count > 0 else { return nil }
        return isCancelled(sum, count, minimum, maximum) ? sum / Double(count) : average
    }

    /// Whether next to nothing of a sum is left of terms up to that size: then what a plain sum rounded away may be most of it, and the
    /// mean that merges moved about, too.
    private func isCancelled(_ sum: Double, _ count: Int, _ least: Double, _ greatest: Double) -> Bool {
        sum.isFinite && sum.magnitude * 0x1p16 < Double(count) * max(-least, greatest)
    }

    public var sum: Double { total + lost }

    /// This mean minus another one, as exact as the two would be with twice the digits; `nil` where there is none.
    func meanDifference(from other: Moments) -> Double? {
        count > 0 && other.count > 0 ? difference(from: other) : nil
    }

    private func difference(from other: Moments) -> Double {
        (average - other.average) + (averageRest - other.averageRest)
    }

    /// Spread around the mean divided by `count - ddof`, as the square root; `nil` where that divisor is not positive, and of numbers so
    /// near to each other that their squares vanish.
    public func standardDeviation(ddof: Int) -> Double? {
        count > ddof && !isSpreadTooSmall ? (squares / Double(count - ddof)).squareRoot() : nil
    }

    /// They differ, and the squares of the differences are too small for a double.
    var isSpreadTooSmall: Bool { count > 0 && minimum < maximum && squares < 0x1p-960 }

    /// Adds one chunk of finite numbers.
    public mutating func add(_ values: UnsafeBufferPointer<Double>) {
        var index = 0
        while index < values.count {
            let end = min(values.count, index + 4096)
            merge(Moments(chunk: UnsafeBufferPointer(rebasing: values[index..<end])))
            index = end
        }
    }

    /// Adds `value` as often as `times` says.
    public mutating func add(_ value: Double, times: Int) {
        guard times > 0 else { return }
        var other = Moments()
        other.count = times
        other.average = value
        other.total = value * Double(times)
        other.lost = value.magnitude < 1e150 ? (-other.total).addingProduct(value, Double(times)) : 0
        other.minimum = value
        other.maximum = value
        other.zeros = value == 0 ? times : 0
        other.negatives = value < 0 ? times : 0
        merge(other)
    }

    public mutating func merge(_ other: Moments) {
        guard other.count > 0 else { return }
        guard count > 0 else {
            self = other
            return
        }
        let (n1, n2) = (Double(count), Double(other.count))
        let n = n1 + n2
        let delta = other.difference(from: self)
        moveAverage(by: delta * (n2 / n))
        squares += other.squares + delta * delta * (n1 * n2 / n)
        count += other.count
        zeros += other.zeros
        negatives += other.negatives
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        addToSum(other.total)
        lost += other.lost
    }

    private mutating func moveAverage(by step: Double) {
        let rest = averageRest + step
        let next = average + rest
        // Knuth's exact sum (1969): what was rounded away.
        let back = next - average
        averageRest = next.isFinite ? (average - (next - back)) + (rest - back) : 0
        average = next
    }

    private mutating func addToSum(_ value: Double) {
        let next = total + value
        lost += total.magnitude >= value.magnitude ? (total - next) + value : (value - next) + total
        total = next
        if !lost.isFinite { lost = 0 }
    }
}

extension Moments {
    /// The mean, the sum of squared differences from it, and the sum, with what rounding left of the first and the last.
    struct Sums: Hashable, Sendable {
        var mean = 0.0
        var meanRest = 0.0
        var squares = 0.0
        var sum = 0.0
        var sumRest = 0.0
    }

    var sums: Sums { Sums(mean: average, meanRest: averageRest, squares: squares, sum: total, sumRest: lost) }

    /// As they were stored.
    init(count: Int, zeros: Int, negatives: Int, minimum: Double, maximum: Double, sums: Sums) {
        (self.count, self.zeros, self.negatives) = (count, zeros, negatives)
        (self.minimum, self.maximum) = (minimum, maximum)
        (average, averageRest, squares) = (sums.mean, sums.meanRest, sums.squares)
        (total, lost) = (sums.sum, sums.sumRest)
    }

    private init(chunk values: UnsafeBufferPointer<Double>) {
        count = values.count
        guard count > 0 else { return }
        sumAndRange(values)
        let isCancelled = isCancelled(total, count, minimum, maximum)
        if isCancelled { sumExactly(values) }
        average = sum / Double(count)
        if !average.isFinite { average = Self.runningMean(values) }
        var (squares, rest) = Self.squares(values, around: average)
        // Of such terms the rests are no better than the plain sum; and those of the largest may be beyond a double.
        if isCancelled || !rest.isFinite { rest = 0 }
        moveAverage(by: rest / Double(count))
        let spread = squares - rest * (rest / Double(count))
        // NaN where squares are too large for a double: that is no spread of 0.
        self.squares = spread < 0 ? 0 : spread
    }

    private mutating func sumExactly(_ values: UnsafeBufferPointer<Double>) {
        total = 0
        for value in values { addToSum(value) }
    }

    private mutating func sumAndRange(_ values: UnsafeBufferPointer<Double>) {
        var sums = SIMD4<Double>()
        var low = SIMD4<Double>(repeating: .infinity)
        var high = -low
        var isZero = SIMD4<Int64>()
        var isNegative = SIMD4<Int64>()
        let one = SIMD4<Int64>(repeating: 1)
        let whole = values.count & ~3
        for index in stride(from: 0, to: whole, by: 4) {
            let four = Self.four(values, index)
            sums += four
            low = low.replacing(with: four, where: four .< low)
            high = high.replacing(with: four, where: four .> high)
            isZero.replace(with: isZero &+ one, where: four .== 0)
            isNegative.replace(with: isNegative &+ one, where: four .< 0)
        }
        total = (sums[0] + sums[1]) + (sums[2] + sums[3])
        minimum = low.min()
        maximum = high.max()
        zeros = Int(isZero.wrappedSum())
        negatives = Int(isNegative.wrappedSum())
        for value in values[whole...] {
            total += value
            minimum = min(minimum, value)
            maximum = max(maximum, value)
            zeros += value == 0 ? 1 : 0
            negatives += value < 0 ? 1 : 0
        }
    }

    /// The sum of squared differences from a mean, and of the differences, which is what the mean's rounding left.
    private static func squares(
        _ values: UnsafeBufferPointer<Double>, around mean: Double
    ) -> (squares: Double, rest: Double) {
        var sums = SIMD4<Double>()
        var rests = SIMD4<Double>()
        let whole = values.count & ~3
        for index in stride(from: 0, to: whole, by: 4) {
            let difference = four(values, index) - mean
            sums += difference * difference
            rests += difference
        }
        var sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
        var rest = (rests[0] + rests[1]) + (rests[2] + rests[3])
        for value in values[whole...] {
            sum += (value - mean) * (value - mean)
            rest += value - mean
        }
        return (sum, rest)
    }

    @inline(__always)
    private static func four(_ values: UnsafeBufferPointer<Double>, _ index: Int) -> SIMD4<Double> {
        SIMD4(values[index], values[index &+ 1], values[index &+ 2], values[index &+ 3])
    }

    /// The mean where the sum is too large for a double.
    private static func runningMean(_ values: UnsafeBufferPointer<Double>) -> Double {
        var mean = 0.0
        for (index, value) in values.enumerated() { mean += value / Double(index + 1) - mean / Double(index + 1) }
        return mean
    }
}
