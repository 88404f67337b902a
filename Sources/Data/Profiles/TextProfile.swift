/// What a column of texts is like.
public struct TextProfile: Sendable {
    /// How often each text occurs: all of them where `exact`, otherwise the frequent ones, each too low by at most `uncertainty`.
    public let counts: TextCounts

    /// 0 where `exact`.
    public let uncertainty: Int

    /// How many texts there are in each of `TextGroups` that `counts` lacks; empty where `exact`. One number where `counts` are spelled
    /// otherwise than the texts that it lacks.
    let others: [Int]

    /// Different texts.
    public let distinct: Int

    public let lengths: TextLengths

    /// How many texts there are.
    public let count: Int

    /// False where `counts` lacks texts, and `distinct` is an estimate.
    public let exact: Bool

    /// The most that a text may have come that `counts` lacks; 0 where `exact`.
    let mostUnlisted: Int

    private let sketch: TextSketch?

    /// Of a stored profile, or one merged with such, that lacks texts: for the number of different ones.
    private let registers: HyperLogLog?

    /// All texts are known, or a sketch that more can be added to.
    private var isWhole: Bool { exact || sketch != nil }

    /// Sketches stand in for the texts of a table.
    var isSketched: Bool { sketch != nil }

    /// What a merge needs is known.
    var canBeMerged: Bool { isWhole || registers != nil }

    /// For the number of different ones in these and others; `nil` where a merge cannot be.
    var distinctSketch: HyperLogLog? {
        if let known = registers ?? sketch?.distinct { return known }
        guard exact else { return nil }
        var texts = HyperLogLog()
        for index in 0..<counts.distinct { texts.add(hash: counts.hash(at: index)) }
        return texts
    }

    /// The standard error of the number of different ones, as a share, where it is an estimate.
    var distinctError: Double? {
        guard let registers else { return sketch == nil ? nil : HyperLogLog.standardError }
        return min(registers.estimate, count) == distinct ? registers.standardError : nil
    }

    init(exactly counts: TextCounts) {
        self.counts = counts
        lengths = counts.lengths
        uncertainty = 0
        distinct = counts.distinct
        count = counts.lengths.count
        (sketch, registers, mostUnlisted) = (nil, nil, 0)
        others = []
        exact = true
    }

    /// Of a stored profile.
    init(
        stored counts: TextCounts, others: [Int], uncertainty: Int, distinct: Int, lengths: TextLengths,
        registers: HyperLogLog? = nil
    ) {
        self.counts = counts
        self.others = others
        self.uncertainty = uncertainty
        self.distinct = distinct
        self.lengths = lengths
        count = lengths.count
        exact = others.isEmpty
        sketch = nil
        self.registers = registers
        // The heaviest are kept.
        mostUnlisted = exact ? 0 : counts.least + uncertainty
    }

    init(sketch: TextSketch) {
        counts = TextCounts(sketch.frequent.entries)
        others = sketch.others(than: counts)
        exact = false
        uncertainty = sketch.frequent.uncertainty
        // An estimate may be more than there are texts.
        distinct = min(sketch.distinct.estimate, sketch.lengths.count)
        lengths = sketch.lengths
        count = sketch.lengths.count
        self.sketch = sketch
        (registers, mostUnlisted) = (nil, sketch.frequent.mostUnlisted)
    }

    /// Of two of which one lacks texts, and knows no more of them. A text that only one side counts may be among the other's unlisted.
    private init(merging one: TextProfile, _ other: TextProfile) {
        var tooLow = 0
        one.counts.walk(other.counts) { mine, theirs in
            let hidden = mine == nil ? one.mostUnlisted : one.uncertainty
            tooLow = max(tooLow, hidden + (theirs == nil ? other.mostUnlisted : other.uncertainty))
        }
        var lengths = one.lengths, registers = one.distinctSketch ?? HyperLogLog()
        lengths.merge(other.lengths)
        registers.merge(other.distinctSketch ?? HyperLogLog())
        counts = one.counts.merged(with: other.counts)
        others =
            one.exact ? other.others : other.exact ? one.others : zip(one.others, other.others).map { $0 + $1 }
        (uncertainty, mostUnlisted) = (tooLow, one.mostUnlisted + other.mostUnlisted)
        (self.lengths, count, distinct) = (lengths, lengths.count, min(registers.estimate, lengths.count))
        (self.registers, sketch, exact) = (registers, nil, false)
    }

    /// The heaviest texts, at most `limit`: by falling count, then by bytes.
    public func heaviest(_ limit: Int) -> [(text: String, count: Int)] {
        Heaviest(of: counts, among: counts.candidates, limit: limit).indices.map {
            (counts.text(at: $0), counts.count(at: $0))
        }
    }

    /// Whether the first texts all spell numbers with a decimal comma, or whole ones beside such.
    var areDecimalCommas: Bool {
        guard counts.hasTexts else { return false }
        let first = (0..<min(counts.distinct, 100)).map { index in
            counts.withBytes(at: index) { bytes in
                bytes.withMemoryRebound(to: UInt8.self) { text in
                    DecimalNumber.hasComma(text) ? 1 : DecimalNumber.parse(text) == nil ? -1 : 0
                }
            }
        }
        return first.contains(1) && !first.contains(-1)
    }

    /// The profile of the texts of both; exact while they are no more than `exactLimit` or few are different.
    func merged(with other: TextProfile, exactLimit: Int) -> TextProfile {
        guard isWhole, other.isWhole else { return TextProfile(merging: self, other) }
        if sketch == nil, other.sketch == nil {
            let counts = counts.merged(with: other.counts)
            if count + other.count <= exactLimit || counts.distinct <= TextAccumulator.limit {
                return TextProfile(exactly: counts)
            }
        }
        var merged = sketch ?? TextSketch(counts)
        merged.merge(other.sketch ?? TextSketch(other.counts))
        return TextProfile(sketch: merged)
    }
}
