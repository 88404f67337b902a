public import Domain

extension ColumnProfile {
    /// How many texts are listed with their counts.
    public static let listed = 1000

    private static let percentiles: [(String, Double)] = [
        ("p01", 0.01), ("p05", 0.05), ("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p95", 0.95), ("p99", 0.99),
    ]

    /// Canonical: the same data gives the same bytes. What is undefined is null.
    public var json: JSON {
        let head: [(String, JSON)] = [
            ("rows", .int(rows)), ("nulls", .int(nulls)), ("distinct_non_null", .int(distinct)),
        ]
        let body =
            switch content {
            case .empty: Self.members(Moments(), SortedValues(ascending: [Double]()), isFinite: true)
            case .numbers(let numbers):
                Self.members(numbers.moments, numbers.ranked, isFinite: numbers.infinite == 0) + [
                    ("histogram", Self.histogram(numbers))
                ]
                    + Self.unusual(numbers)
            case .texts(let texts): Self.members(texts)
            }
        return .object(head + body + [("exact", .bool(exact))])
    }

    /// Minimum and maximum are those of the moments, exact where `values` are a sketch's.
    private static func members(_ moments: Moments, _ values: SortedValues, isFinite: Bool) -> [(String, JSON)] {
        let isEmpty = moments.count == 0
        let (least, greatest) = (values.minimum ?? .nan, values.maximum ?? .nan)
        return [
            ("mean", isFinite ? JSON(moments.mean) : .null),
            ("std_ddof0", isFinite ? JSON(moments.standardDeviation(ddof: 0)) : .null),
            ("std_ddof1", isFinite ? JSON(moments.standardDeviation(ddof: 1)) : .null),
            ("min", number(least.isInfinite || isEmpty ? least : moments.minimum)),
            ("max", number(greatest.isInfinite || isEmpty ? greatest : moments.maximum)),
            ("sum", isFinite ? JSON(moments.sum) : .null),
            ("zeros", .int(moments.zeros)),
            ("negatives", .int(moments.negatives + (least == -.infinity ? values.end(at: 0) : 0))),
            ("quantiles_linear", .object(percentiles.map { ($0, number(values.linearQuantile($1))) })),
            ("quantiles_inverted_cdf", .object(percentiles.map { ($0, number(values.invertedQuantile($1))) })),
        ]
    }

    /// JSON has no infinity: it is the text that tables have for it.
    private static func number(_ value: Double?) -> JSON {
        value.map { $0.isInfinite ? .string($0 > 0 ? "inf" : "-inf") : JSON($0) } ?? .null
    }

    private static func histogram(_ numbers: NumberProfile) -> JSON {
        guard let histogram = numbers.histogram(bins: 10) else { return .null }
        return [
            "edges": .array(histogram.edges.map(JSON.double)), "counts": .array(histogram.counts.map(JSON.int)),
        ]
    }

    /// Only where there are some, so that ordinary columns have the ordinary keys.
    private static func unusual(_ numbers: NumberProfile) -> [(String, JSON)] {
        numbers.nan + numbers.infinite == 0 ? [] : [("nan", .int(numbers.nan)), ("infinite", .int(numbers.infinite))]
    }

    private static func members(_ texts: TextProfile) -> [(String, JSON)] {
        let lengths = texts.lengths
        let counts = texts.heaviest(listed).map { ($0.text, JSON.int($0.count)) }
        return [
            ("counts", .object(counts)),
            (
                "length",
                .object([
                    ("min", lengths.count > 0 ? .int(lengths.minimum) : .null), ("mean", JSON(lengths.mean)),
                    ("max", lengths.count > 0 ? .int(lengths.maximum) : .null),
                ])
            ),
        ] + (texts.uncertainty > 0 ? [("counts_too_low_by_at_most", .int(texts.uncertainty))] : [])
    }
}
