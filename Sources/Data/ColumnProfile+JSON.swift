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
            case .empty: Self.members(Moments(), SortedValues(ascending: [Double]()))
            case .numbers(let numbers):
                Self.members(numbers.moments, numbers.values) + [("histogram", Self.histogram(numbers.values))]
                    + Self.unusual(numbers)
            case .texts(let texts): Self.members(texts)
            }
        return .object(head + body + [("exact", .bool(exact))])
    }

    private static func members(_ moments: Moments, _ values: SortedValues) -> [(String, JSON)] {
        let isEmpty = moments.count == 0
        return [
            ("mean", JSON(moments.mean)),
            ("std_ddof0", JSON(moments.standardDeviation(ddof: 0))),
            ("std_ddof1", JSON(moments.standardDeviation(ddof: 1))),
            ("min", isEmpty ? .null : JSON(moments.minimum)),
            ("max", isEmpty ? .null : JSON(moments.maximum)),
            ("sum", JSON(moments.sum)),
            ("zeros", .int(moments.zeros)),
            ("negatives", .int(moments.negatives)),
            ("quantiles_linear", .object(percentiles.map { ($0, JSON(values.linearQuantile($1))) })),
            ("quantiles_inverted_cdf", .object(percentiles.map { ($0, JSON(values.invertedQuantile($1))) })),
        ]
    }

    private static func histogram(_ values: SortedValues) -> JSON {
        guard let histogram = Histogram(of: values, bins: 10) else { return .null }
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
                .object([("min", .int(lengths.minimum)), ("mean", JSON(lengths.mean)), ("max", .int(lengths.maximum))])
            ),
        ] + (texts.uncertainty > 0 ? [("counts_too_low_by_at_most", .int(texts.uncertainty))] : [])
    }
}
