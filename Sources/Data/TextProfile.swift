/// What a column of texts is like.
public struct TextProfile: Sendable {
    /// How often each text occurs: all of them where `exact`, otherwise the frequent ones, each too low by at most `uncertainty`.
    public let counts: TextCounts

    /// 0 where `exact`.
    public let uncertainty: Int

    /// Different texts.
    public let distinct: Int

    public let lengths: TextLengths

    /// How many texts there are.
    public let count: Int

    /// False where `counts` and `distinct` are estimates.
    public var exact: Bool { sketch == nil }

    private let sketch: TextSketch?

    init(exactly counts: TextCounts) {
        var lengths = TextLengths()
        for index in 0..<counts.distinct {
            counts.withBytes(at: index) { lengths.add($0, times: counts.count(at: index)) }
        }
        self.counts = counts
        self.lengths = lengths
        uncertainty = 0
        distinct = counts.distinct
        count = lengths.count
        sketch = nil
    }

    init(sketch: TextSketch) {
        counts = sketch.frequent.entries
        uncertainty = sketch.frequent.uncertainty
        distinct = sketch.distinct.estimate
        lengths = sketch.lengths
        count = sketch.lengths.count
        self.sketch = sketch
    }

    /// The heaviest texts, at most `limit`: by falling count, then by bytes.
    public func heaviest(_ limit: Int) -> [(text: String, count: Int)] {
        let threshold = self.threshold(limit)
        let places = (0..<counts.distinct).filter { counts.count(at: $0) >= threshold }
        return places.sorted { precedes($0, $1) }.prefix(limit).map { (counts.text(at: $0), counts.count(at: $0)) }
    }

    /// The profile of the texts of both; exact while they are no more than `exactLimit` or few are different.
    func merged(with other: TextProfile, exactLimit: Int) -> TextProfile {
        if sketch == nil, other.sketch == nil {
            var counts = counts
            counts.merge(other.counts)
            if count + other.count <= exactLimit || counts.distinct <= TextAccumulator.limit {
                return TextProfile(exactly: counts)
            }
        }
        var merged = sketch ?? TextSketch(counts)
        merged.merge(other.sketch ?? TextSketch(other.counts))
        return TextProfile(sketch: merged)
    }

    /// A count that at least `limit` texts reach, so that a million texts need no sorting.
    private func threshold(_ limit: Int) -> Int {
        guard counts.distinct > 4 * limit else { return 0 }
        return (0..<counts.distinct).map { counts.count(at: $0) }.sorted(by: >)[limit - 1]
    }

    private func precedes(_ one: Int, _ other: Int) -> Bool {
        let (a, b) = (counts.count(at: one), counts.count(at: other))
        if a != b { return a > b }
        return counts.withBytes(at: one) { one in
            counts.withBytes(at: other) { one.lexicographicallyPrecedes($0) }
        }
    }
}
