/// Takes the numbers of a column, chunk by chunk, and keeps what a profile needs of them.
///
/// Counts while few are different; then, while there are few rows, all of them; then sketches. The chunks that come and their
/// order decide the state, nothing else.
struct NumberAccumulator: Sendable {
    private enum State {
        case counts
        case values
        case sketch(NumberSketch)
    }

    private var state = State.counts
    private var counts = NumberCounts()
    private var values = NumberChunks()
    private var wide: WideNumbers
    private var count = 0
    private let exactLimit: Int
    private let seed: UInt64
    private let packs: Bool
    var unusual = UnusualNumbers()

    /// `expectsMany` skips keeping all values, where there are sure to be more than the limit.
    init(exactLimit: Int, expectsMany: Bool, seed: UInt64, packs: Bool = false) {
        self.packs = packs
        self.exactLimit = expectsMany ? 0 : exactLimit
        wide = WideNumbers(limit: max(self.exactLimit, NumberCounts.limit))
        self.seed = seed
    }

    var heldBytes: Int { values.bytes + wide.heldBytes }

    /// Adds numbers that `add` gets as doubles by the hashes of their digits.
    mutating func add(wide hashes: [UInt64]) { if !hashes.isEmpty { wide.add(hashes) } }

    /// Adds finite numbers, with no negative zero among them.
    mutating func add(_ new: UnsafeBufferPointer<Double>) {
        count += new.count
        switch state {
        case .counts:
            let taken = counts.add(new)
            if taken == new.count { return }
            values.append(UnsafeBufferPointer(rebasing: new[taken...]))
            state = .values
        case .values:
            values.append(new)
        case .sketch(var sketch):
            state = .values
            sketch.add(new)
            state = .sketch(sketch)
        }
        if case .values = state, count > exactLimit { condense() }
    }

    /// What is known once all chunks have come; takes it out.
    mutating func finish() -> NumberProfile {
        if case .sketch(let sketch) = state { return NumberProfile(sketch: sketch, unusual: unusual, wide: wide) }
        if values.isEmpty {
            return NumberProfile(exactly: counts.sorted, unusual: unusual, wide: wide, isPacked: packs)
        }
        var values = NumberChunks()
        swap(&values, &self.values)
        return NumberProfile(
            exactly: SortedValues(ascending: values.sorted(with: counts.sorted)), unusual: unusual, wide: wide,
            isPacked: packs)
    }

    private mutating func condense() {
        var sketch = NumberSketch(seed: seed)
        sketch.add(counts.sorted)
        values.forEach { sketch.add($0) }
        state = .sketch(sketch)
        (counts, values) = (NumberCounts(), NumberChunks())
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

    mutating func add(_ value: Double, times: Int = 1) {
        if value.isNaN {
            nan += times
        } else if value > 0 {
            positiveInfinity += times
        } else {
            negativeInfinity += times
        }
    }

    mutating func merge(_ other: UnusualNumbers) {
        nan += other.nan
        positiveInfinity += other.positiveInfinity
        negativeInfinity += other.negativeInfinity
    }
}
