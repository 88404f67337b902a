/// What is kept of numbers that are too many to keep: moments, quantiles and the number of different ones.
struct NumberSketch: Hashable, Sendable {
    private(set) var moments = Moments()
    private(set) var quantiles: KLLSketch

    /// Those that `WideNumbers` counts are not among them.
    private(set) var distinct = HyperLogLog()

    init(seed: UInt64) { quantiles = KLLSketch(seed: seed) }

    mutating func add(_ values: UnsafeBufferPointer<Double>) {
        moments.add(values)
        quantiles.add(values)
        distinct.add(values, below: 0x1p53)
    }

    mutating func add(_ values: SortedValues) {
        let runs = values.runs
        for run in runs {
            moments.add(run.value, times: run.count)
            if !WideNumbers.contains(run.value) { distinct.add(hash: StableHash.of(run.value)) }
        }
        quantiles.add(runs)
    }

    mutating func merge(_ other: NumberSketch) {
        moments.merge(other.moments)
        quantiles.merge(other.quantiles)
        distinct.merge(other.distinct)
    }
}
