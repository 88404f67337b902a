/// What a column of texts is like.
public struct TextProfile: Sendable {
    /// How often each text occurs: all of them where `exact`, otherwise the frequent ones, each too low by at most `uncertainty`.
    public let counts: TextCounts

    /// 0 where `exact`.
    public let uncertainty: Int

    /// How many texts there are in each of `TextGroups` that `counts` lacks; empty where `exact`.
    let others: [Int]

    /// Different texts.
    public let distinct: Int

    public let lengths: TextLengths

    /// How many texts there are.
    public let count: Int

    /// False where `counts` lacks texts, and `distinct` is an estimate.
    public let exact: Bool

    private let sketch: TextSketch?

    /// Of them, what a merge needs is known.
    var isWhole: Bool { exact || sketch != nil }

    init(exactly counts: TextCounts) {
        self.counts = counts
        lengths = counts.lengths
        uncertainty = 0
        distinct = counts.distinct
        count = counts.lengths.count
        sketch = nil
        others = []
        exact = true
    }

    /// Of a stored profile.
    init(stored counts: TextCounts, others: [Int], uncertainty: Int, distinct: Int, lengths: TextLengths) {
        self.counts = counts
        self.others = others
        self.uncertainty = uncertainty
        self.distinct = distinct
        self.lengths = lengths
        count = lengths.count
        exact = others.isEmpty
        sketch = nil
    }

    init(sketch: TextSketch) {
        counts = TextCounts(sketch.frequent.entries)
        others = sketch.others(than: counts)
        exact = false
        uncertainty = sketch.frequent.uncertainty
        distinct = sketch.distinct.estimate
        lengths = sketch.lengths
        count = sketch.lengths.count
        self.sketch = sketch
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
