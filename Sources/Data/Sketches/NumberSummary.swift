/// Few numbers that stand for many, with the greatest error that this makes: what a stored profile keeps of a column of numbers.
///
/// Neighbours become one step at their median. A step holds at most π / `steps` · √(q (1 - q)) of all values, where q is the share
/// before it, so that the tails are finer than the middle (the scale function k₁ of Dunning, Ertl 2019, "Computing Extremely
/// Accurate Quantiles Using t-Digests"). Alone stay the least and the greatest value, and each that occurs as often as a step may.
struct NumberSummary: Sendable {
    let values: SortedValues
    let error: SketchError

    /// - Parameter cuts: Ascending numbers that no step lies on both sides of, so that counts up to them stay what they are.
    init(of all: SortedValues, cuts: [Double], steps: Int) {
        let runs = all.runs
        let total = Double(all.count)
        var result: [(value: Double, count: Int)] = []
        var (rank, distance) = (0, 0.0)
        var step = Step()
        var before = 0
        func most() -> Double {
            let share = Double(before) / total
            return Double.pi / Double(steps) * total * (share * (1 - share)).squareRoot()
        }
        func close(at place: Int) {
            let closed = step.closed(runs)
            result.append((closed.value, step.count))
            rank = max(rank, closed.rank)
            distance += closed.distance / total
            before += step.count
            step = Step(start: place, end: place)
        }
        var cut = 0
        for (place, run) in runs.enumerated() {
            let crossed = cut
            while cut < cuts.count, cuts[cut] < run.value { cut += 1 }
            let isAlone = place == runs.count - 1 || Double(run.count) >= most()
            if step.count > 0, cut > crossed || isAlone || Double(step.count + run.count) > most() { close(at: place) }
            step.count += run.count
            step.end = place + 1
            if isAlone || before == 0 { close(at: place + 1) }
        }
        values = SortedValues(ascending: result)
        error = SketchError(rank: total > 0 ? Double(rank) / total : 0, distance: distance.isFinite ? distance : nil)
    }

    /// Runs that follow each other.
    private struct Step {
        var start = 0
        var end = 0

        /// Values in them.
        var count = 0

        /// Its median; how many values lie on the side of it where there are more, and how far all are from it together.
        func closed(_ runs: [(value: Double, count: Int)]) -> (value: Double, rank: Int, distance: Double) {
            var (below, place) = (0, start)
            while below + runs[place].count < (count + 1) / 2 {
                below += runs[place].count
                place += 1
            }
            let median = runs[place].value
            let above = count - below - runs[place].count
            let distance = runs[start..<end].reduce(0.0) { $0 + Double($1.count) * ($1.value - median).magnitude }
            return (median, max(below, above), distance)
        }
    }
}
