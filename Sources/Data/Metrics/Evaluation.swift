public import Domain

/// The metrics of a model's predictions: on all rows, by slice, and how groups are treated.
///
/// Names and definitions are those of scikit-learn and fairlearn; a metric that is undefined is `nil`, and a warning says
/// why. The order of the rows changes no count, and a sum at most in its last digits.
public struct Evaluation: Sendable {
    /// The metrics of the rows that share a value of one column.
    public struct Slice: Hashable, Sendable {
        public let value: String
        public let metrics: Metrics
    }

    /// The slices of one column, sorted by their values' bytes; rows without a value are the slice `(null)`.
    public struct Slicing: Hashable, Sendable {
        public let column: String
        public let slices: [Slice]
    }

    public let rows: Int
    public let metrics: Metrics
    public let slices: [Slicing]
    public let fairness: [Fairness]
    public let warnings: [String]

    /// `nil` unless the task is a binary classification and every row has a score.
    public let reliability: Reliability?

    /// `nil` unless the task is a binary classification, every row has a score, and both labels occur.
    public let curve: ROCCurve?

    /// How the order of rows was judged; `nil` unless the task is a ranking.
    public let ranking: Model.Ranking?

    /// Which label of a binary classification counts as 1; `nil` where labels are 0 and 1.
    public let positive: String?

    /// Which quantile a regression's predictions are judged as; `nil` where they are not.
    public let quantile: Double?

    public init(of predictions: Predictions) {
        let all = AnyEvaluation(predictions.values)
        let columns = predictions.columns
        func groupings(_ names: [String]) -> [Grouping] {
            predictions.groups.filter { names.contains($0.name) }
        }
        rows = predictions.rowCount
        ranking = predictions.task == .ranking ? columns.ranking : nil
        positive = predictions.task == .binaryClassification ? columns.positiveLabel : nil
        quantile = predictions.task == .regression ? columns.quantile : nil
        metrics = all.metricsWithCalibration
        reliability = Reliability(of: predictions)
        curve = all.curve
        slices = groupings(columns.slices).map { grouping in
            let slices = zip(grouping.values, all.metrics(by: grouping)).map { Slice(value: $0, metrics: $1) }
            return Slicing(column: grouping.name, slices: slices)
        }
        fairness = groupings(columns.sensitive).map { all.fairness(by: $0, privileged: columns.privileged[$0.name]) }
        warnings =
            Self.remarks(onScoresOf: predictions) + Self.warnings(about: predictions) + Self.warnings(metrics, slices)
            + fairness.flatMap(\.warnings)
    }

    /// The metrics of all rows: at least those that are named, and all where a name is not known.
    ///
    /// - Parameter names: `nil` for all but those of calibration's line, which cost more than one pass.
    public static func metrics(of predictions: Predictions, named names: Set<String>?) -> Metrics {
        guard let names else { return AnyEvaluation(predictions.values).metrics }
        if case .binary(let rows) = predictions.values, let counted = BinaryEvaluation.metrics(of: rows, named: names) {
            return counted
        }
        let all = AnyEvaluation(predictions.values)
        return names.isDisjoint(with: CalibrationLine.names) ? all.metrics : all.metricsWithCalibration
    }

    /// What makes one doubt the scores of predictions: sums other than 1, or a greatest one of another class than the prediction.
    public static func remarks(onScoresOf predictions: Predictions) -> [String] {
        if case .multiclass(let rows) = predictions.values { rows.remarks } else { [] }
    }

    private static func warnings(about predictions: Predictions) -> [String] {
        guard let ids = predictions.ids, let column = predictions.columns.id else { return [] }
        let repeated = predictions.rowCount - ids.dictionary.count
        return repeated == 0 ? [] : ["\(repeated) rows have no id of their own in column `\(column)`"]
    }

    /// At most this many warnings are about slices.
    private static let limit = 100

    private static func warnings(_ metrics: Metrics, _ slices: [Slicing]) -> [String] {
        func sentences(_ metrics: Metrics, _ prefix: String, known: [Metrics.Gap]) -> [String] {
            let classes = metrics.perClass?.flatMap { metrics in
                metrics.metrics.gaps.map { gap in
                    Metrics.Gap(reason: gap.reason, names: gap.names.map { "per_class.\(metrics.name).\($0)" })
                }
            }
            return (metrics.gaps + (classes ?? [])).filter { !known.contains($0) }
                .map { "\(prefix)\($0.names.joined(separator: ", ")) null: \($0.reason)" }
        }
        let overall = sentences(metrics, "", known: [])
        let known = metrics.gaps + (metrics.perClass?.flatMap { $0.metrics.gaps } ?? [])
        let sliced = slices.flatMap { slicing in
            slicing.slices.flatMap { sentences($0.metrics, "slice \(slicing.column)=\($0.value): ", known: known) }
        }
        let more = sliced.count - limit
        return overall + sliced.prefix(limit) + (more > 0 ? ["\(more) more metrics of slices are null"] : [])
    }

    public var json: JSON {
        .object(
            [
                ("rows", .int(rows)), ("metrics", metrics.json),
                (
                    "slices",
                    .object(slices.map { ($0.column, .object($0.slices.map { ($0.value, $0.metrics.json) })) })
                ), ("fairness", .object(fairness.map { ($0.column, $0.json) })),
            ] + (reliability.map { [("reliability", $0.json)] } ?? [])
                + (ranking.map { [("ranking", Self.json($0))] } ?? [])
                + (positive.map { [("positive", .string($0))] } ?? [])
                + (quantile.map { [("quantile", .double($0))] } ?? []) + [
                    ("warnings", .array(warnings.map(JSON.string)))
                ]
        )
    }

    private static func json(_ ranking: Model.Ranking) -> JSON {
        [
            "gain": .string(ranking.gain.rawValue), "cutoffs": .array(ranking.cutoffs.map(JSON.int)),
            "ties": "mean over all orders",
        ]
    }
}

/// The evaluation of any task.
private enum AnyEvaluation {
    case binary(BinaryEvaluation)
    case multiclass(MulticlassEvaluation)
    case regression(RegressionEvaluation)
    case ranking(RankingEvaluation)

    init(_ values: Predictions.Values) {
        self =
            switch values {
            case .binary(let rows): .binary(BinaryEvaluation(rows))
            case .multiclass(let rows): .multiclass(MulticlassEvaluation(rows))
            case .regression(let rows): .regression(RegressionEvaluation(rows))
            case .ranking(let rows): .ranking(RankingEvaluation(rows))
            }
    }

    var metrics: Metrics {
        switch self {
        case .binary(let evaluation): evaluation.metrics
        case .multiclass(let evaluation): evaluation.metrics
        case .regression(let evaluation): evaluation.metrics
        case .ranking(let evaluation): evaluation.metrics
        }
    }

    /// Those of all rows have some that cost more than one pass.
    var metricsWithCalibration: Metrics {
        guard case .binary(let evaluation) = self else { return metrics }
        var metrics = metrics
        let line = evaluation.calibration
        let reason =
            metrics["distinct_scores"] == nil
            ? metrics.gaps.first { $0.names.contains("distinct_scores") }?.reason ?? ""
            : "the scores are all the same, or they tell the labels apart without a fault"
        metrics.add(CalibrationLine.names[0], line?.intercept, undefined: reason)
        metrics.add(CalibrationLine.names[1], line?.slope, undefined: reason)
        return metrics
    }

    var curve: ROCCurve? { if case .binary(let evaluation) = self { evaluation.curve } else { nil } }

    func metrics(by grouping: Grouping) -> [Metrics] {
        switch self {
        case .binary(let evaluation): evaluation.metrics(by: grouping)
        case .multiclass(let evaluation): evaluation.metrics(by: grouping)
        case .regression(let evaluation): evaluation.metrics(by: grouping)
        case .ranking(let evaluation): evaluation.metrics(by: grouping)
        }
    }

    func fairness(by grouping: Grouping, privileged: String?) -> Fairness {
        guard case .binary(let evaluation) = self else {
            return Fairness(grouping, undefined: "defined for binary classification only")
        }
        return Fairness(grouping, evaluation.counts(by: grouping), privileged: privileged)
    }
}
