/// Takes the numbers of a column, chunk by chunk, and keeps what a profile needs of them.
///
/// All values while there are few rows; then counts while there are few different ones; then sketches. The chunks that come
/// and their order decide the state, nothing else.
struct NumberAccumulator: Sendable {
    private enum State {
        case values([Double])
        case counts(NumberCounts)
        case sketch(NumberSketch)
    }

    private var state: State
    private let exactLimit: Int
    private let seed: UInt64
    var unusual = UnusualNumbers()

    /// `expectsMany` skips keeping all values, where there are sure to be more than the limit.
    init(exactLimit: Int, expectsMany: Bool, seed: UInt64) {
        self.exactLimit = exactLimit
        self.seed = seed
        state = expectsMany ? .counts(NumberCounts()) : .values([])
    }

    /// Adds finite numbers, with no negative zero among them.
    mutating func add(_ values: UnsafeBufferPointer<Double>) {
        switch state {
        case .values(var all):
            state = .values([])
            all.append(contentsOf: values)
            state = .values(all)
            if all.count > exactLimit { state = Self.condensed(all, seed: seed) }
        case .counts(var counts):
            state = .values([])
            let taken = counts.add(values)
            state = .counts(counts)
            if taken < values.count {
                var sketch = NumberSketch(seed: seed)
                sketch.add(counts.sorted)
                sketch.add(UnsafeBufferPointer(rebasing: values[taken...]))
                state = .sketch(sketch)
            }
        case .sketch(var sketch):
            state = .values([])
            sketch.add(values)
            state = .sketch(sketch)
        }
    }

    /// What is known once all chunks have come.
    func profile() -> NumberProfile {
        switch state {
        case .values(let all): NumberProfile(exactly: SortedValues(of: all), unusual: unusual)
        case .counts(let counts): NumberProfile(exactly: counts.sorted, unusual: unusual)
        case .sketch(let sketch): NumberProfile(sketch: sketch, unusual: unusual)
        }
    }

    private static func condensed(_ all: [Double], seed: UInt64) -> State {
        all.withUnsafeBufferPointer { all in
            var counts = NumberCounts()
            let taken = counts.add(all)
            if taken == all.count { return .counts(counts) }
            var sketch = NumberSketch(seed: seed)
            sketch.add(counts.sorted)
            sketch.add(UnsafeBufferPointer(rebasing: all[taken...]))
            return .sketch(sketch)
        }
    }
}

/// How many numbers of a column are none to calculate with.
struct UnusualNumbers: Hashable, Sendable {
    var nan = 0
    var positiveInfinity = 0
    var negativeInfinity = 0

    var infinite: Int { positiveInfinity + negativeInfinity }

    /// Infinities that differ from each other.
    var distinctInfinities: Int { (positiveInfinity > 0 ? 1 : 0) + (negativeInfinity > 0 ? 1 : 0) }

    mutating func add(_ value: Double) {
        if value.isNaN {
            nan += 1
        } else if value > 0 {
            positiveInfinity += 1
        } else {
            negativeInfinity += 1
        }
    }

    mutating func merge(_ other: UnusualNumbers) {
        nan += other.nan
        positiveInfinity += other.positiveInfinity
        negativeInfinity += other.negativeInfinity
    }
}
