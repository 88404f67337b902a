/// A straight line through points of which both coordinates are measured with errors, each of its own size (Deming 1943; solved and with
/// the slope's standard error as York and others 2004 do).
///
/// It makes the sum of (x − X)²/σx² + (y − Y)²/σy² least. Where no x has an error it is the weighted regression of y on x.
struct DemingLine {
    struct Point {
        let x: Double
        let y: Double
        let xError: Double
        /// Above 0.
        let yError: Double
    }

    let slope: Double
    let standardError: Double
    let points: Int

    /// `nil` of fewer than three points, where all x are the same, or where no line fits best.
    init?(_ points: [Point]) {
        guard points.count >= 3 else { return nil }
        var step = Step(points, slope: 0)
        guard step.isFinite else { return nil }
        for _ in 0..<500 {
            let next = Step(points, slope: step.next)
            guard next.isFinite else { return nil }
            let hasSettled = abs(next.next - step.next) <= 1e-13 * abs(next.next)
            step = next
            guard hasSettled else { continue }
            slope = step.next
            standardError = step.standardError
            self.points = points.count
            return
        }
        return nil
    }

    /// One step towards the slope.
    private struct Step {
        var next = 0.0
        var standardError = 0.0

        var isFinite: Bool { next.isFinite && standardError.isFinite }

        init(_ points: [Point], slope: Double) {
            let weights = points.map { 1 / ($0.yError * $0.yError + slope * slope * $0.xError * $0.xError) }
            let total = weights.reduce(0, +)
            let x = zip(weights, points).reduce(0) { $0 + $1.0 * $1.1.x } / total
            let y = zip(weights, points).reduce(0) { $0 + $1.0 * $1.1.y } / total
            // How far the line's own points are from the middle.
            let shifts = zip(weights, points).map { weight, point in
                weight
                    * ((point.x - x) * point.yError * point.yError
                        + slope * (point.y - y) * point.xError * point.xError)
            }
            var rise = 0.0, run = 0.0, square = 0.0
            let middle = zip(weights, shifts).reduce(0) { $0 + $1.0 * $1.1 } / total
            for (index, point) in points.enumerated() {
                rise += weights[index] * shifts[index] * (point.y - y)
                run += weights[index] * shifts[index] * (point.x - x)
                square += weights[index] * (shifts[index] - middle) * (shifts[index] - middle)
            }
            next = rise / run
            standardError = 1 / square.squareRoot()
        }
    }
}
