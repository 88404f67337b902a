/// What a column of numbers is like. NaN is counted and left out of everything else; infinities have their rank but no size.
public struct NumberProfile: Sendable {
    /// Of the finite numbers.
    public let moments: Moments

    /// The finite numbers; those of a sketch where not `exact`. Where packed, unpacked with each call.
    public var values: SortedValues { packed.values }

    /// Different numbers, infinities among them, NaN not; whole ones that share a double differ.
    public let distinct: Int

    /// False where quantiles and `distinct` are estimates.
    public let exact: Bool

    public var nan: Int { unusual.nan }
    public var infinite: Int { unusual.infinite }

    /// All are whole, and some so large that not every whole number there is a double.
    var isBeyondWholeDoubles: Bool {
        moments.count > 0 && max(-moments.minimum, moments.maximum) >= 0x1p53
            && values.values.allSatisfy { $0 == $0.rounded() }
    }

    /// Of the finite numbers. Its ends are the column's; where `values` are a sketch's, its counts are estimates.
    public func histogram(bins: Int) -> Histogram? {
        let ends = error == nil || moments.count == 0 ? nil : moments.minimum...moments.maximum
        return Histogram(of: values, ends: ends, bins: bins)
    }

    /// How far `values` may be from those of the data; `nil` where they are these.
    let error: SketchError?

    /// The inner edges of the tenths of all numbers, infinities among them, where they are known better than from `values`.
    let tenths: [Double]?

    /// All values are known, or a sketch that more can be added to.
    let isWhole: Bool

    /// Of a stored profile, or one merged with such, where it does not have all values: for the number of different finite ones.
    private let registers: HyperLogLog?

    /// The values are those of a stored profile's summary.
    let isCondensed: Bool

    private let packed: PackedValues
    let unusual: UnusualNumbers
    private let sketch: NumberSketch?
    private let wide: WideNumbers

    /// Moments are taken from the sorted numbers, so they do not depend on the order in which these came, nor on whether they came counted:
    /// what decides how they are summed is how often numbers repeat.
    init(exactly values: SortedValues, unusual: UnusualNumbers, wide: WideNumbers, isPacked: Bool = false) {
        var moments = Moments()
        if values.distinct * 3 >= values.count {
            values.repeated.withUnsafeBufferPointer { moments.add($0) }
        } else {
            for run in values.runs { moments.add(run.value, times: run.count) }
        }
        self.moments = moments
        packed = PackedValues(values, isWanted: isPacked)
        self.unusual = unusual
        distinct = values.distinct - values.distinctWide + wide.distinct + unusual.distinctInfinities
        exact = wide.isExact
        (error, tenths, isWhole) = (nil, nil, true)
        (registers, isCondensed) = (nil, false)
        sketch = nil
        self.wide = wide
    }

    init(sketch: NumberSketch, unusual: UnusualNumbers, wide: WideNumbers) {
        moments = sketch.moments
        let values = SortedValues(ascending: sketch.quantiles.weighted.map { ($0.value, $0.weight) })
        packed = PackedValues(values, isWanted: false)
        self.unusual = unusual
        // An estimate may be more than there are numbers.
        distinct =
            min(sketch.distinct.estimate + wide.distinct, sketch.moments.count) + unusual.distinctInfinities
        exact = false
        error = SketchError(rank: sketch.quantiles.functionError, distance: nil)
        (tenths, isWhole) = (nil, true)
        (registers, isCondensed) = (nil, false)
        self.sketch = sketch
        self.wide = wide
    }

    /// Of a stored profile that has all values.
    init(
        stored values: SortedValues, unusual: UnusualNumbers, distinct: Int, exact: Bool, registers: HyperLogLog? = nil
    ) {
        let whole = NumberProfile(exactly: values, unusual: unusual, wide: WideNumbers(limit: 0))
        (moments, packed, self.unusual, wide, sketch) = (whole.moments, whole.packed, unusual, whole.wide, nil)
        (self.distinct, self.exact, error, tenths) = (distinct, exact, nil, nil)
        isWhole = exact && values.distinctWide == 0
        (self.registers, isCondensed) = (registers, false)
    }

    /// Of a stored profile that has a summary of the values.
    init(
        stored values: SortedValues, moments: Moments, unusual: UnusualNumbers, distinct: Int, error: SketchError,
        tenths: [Double]?, registers: HyperLogLog?
    ) {
        (self.moments, packed, self.unusual) = (moments, PackedValues(values, isWanted: false), unusual)
        (self.distinct, exact, self.error, self.tenths) = (distinct, false, error, tenths)
        (isWhole, wide, sketch) = (false, WideNumbers(limit: 0), nil)
        (self.registers, isCondensed) = (registers, true)
    }

    /// The profile of the values of both; exact while they are no more than `exactLimit` or few are different.
    func merged(with other: NumberProfile, exactLimit: Int, seed: UInt64) -> NumberProfile {
        guard isWhole, other.isWhole else { return NumberProfile(merging: self, other) }
        var unusual = unusual
        unusual.merge(other.unusual)
        var wide = wide
        wide.merge(other.wide)
        if sketch == nil, other.sketch == nil {
            let values = values.merged(with: other.values)
            if values.count <= exactLimit || values.distinct <= NumberCounts.limit {
                return NumberProfile(exactly: values, unusual: unusual, wide: wide)
            }
        }
        var merged = condensed(seed)
        merged.merge(other.condensed(seed &+ 1))
        return NumberProfile(sketch: merged, unusual: unusual, wide: wide)
    }

    /// Of two of which one has a summary of its values: its steps stand beside what the other has, each for as many values as before.
    private init(merging one: NumberProfile, _ other: NumberProfile) {
        var moments = one.moments, unusual = one.unusual
        moments.merge(other.moments)
        unusual.merge(other.unusual)
        var registers = one.distinctSketch ?? HyperLogLog()
        registers.merge(other.distinctSketch ?? HyperLogLog())
        (self.moments, self.unusual, self.registers) = (moments, unusual, registers)
        packed = PackedValues(one.values.merged(with: other.values), isWanted: false)
        distinct = min(registers.estimate, moments.count) + unusual.distinctInfinities
        let isSure = one.error == nil && other.error == nil
        error =
            isSure
            ? nil
            : (one.error ?? .none).mixed(
                with: other.error ?? .none, count: one.moments.count, others: other.moments.count)
        (exact, tenths, isWhole, isCondensed) = (false, nil, false, false)
        (wide, sketch) = (WideNumbers(limit: 0), nil)
    }

    /// What a merge needs is known.
    var canBeMerged: Bool { isWhole || registers != nil }

    /// For the number of different finite ones in these and others; `nil` where a merge cannot be.
    var distinctSketch: HyperLogLog? {
        if let registers { return registers }
        guard isWhole else { return nil }
        var numbers = sketch?.distinct ?? HyperLogLog()
        if sketch == nil {
            for value in values.values where !WideNumbers.contains(value) { numbers.add(hash: StableHash.of(value)) }
        }
        wide.add(to: &numbers)
        return numbers
    }

    /// The standard error of the number of different ones, as a share, where it is an estimate.
    var distinctError: Double? {
        guard let registers else { return sketch == nil ? nil : HyperLogLog.standardError }
        let estimate = min(registers.estimate, moments.count) + unusual.distinctInfinities
        return estimate == distinct ? registers.standardError : nil
    }

    /// The inner edges of the tenths, for a stored profile; `nil` where `values` are a summary's, and no better.
    var ownTenths: [Double]? { isWhole || error == nil ? PopulationStabilityIndex.edges(ranked) : nil }

    private func condensed(_ seed: UInt64) -> NumberSketch {
        if let sketch { return sketch }
        var sketch = NumberSketch(seed: seed)
        sketch.add(values)
        return sketch
    }
}

extension NumberProfile {
    /// How far the distribution function of `values` may be from that of the data, as a share; 0 where they are the data.
    var functionError: Double { sketch?.quantiles.functionError ?? error?.rank ?? 0 }

    /// The numbers with infinities at the ends.
    public var ranked: SortedValues {
        guard infinite > 0 else { return values }
        let runs =
            [(-Double.infinity, unusual.negativeInfinity)] + values.runs + [(Double.infinity, unusual.positiveInfinity)]
        return SortedValues(ascending: runs.filter { $0.1 > 0 })
    }
}
