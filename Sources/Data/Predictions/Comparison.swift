public import Domain

/// Two models on the same rows: how much they differ, and whether that is more than chance.
///
/// Differences are second minus first. Rows are matched by the id column where both have one, else by their place. Each model's metrics are
/// those of its own table, also where the other one knows further classes.
public struct Comparison: Sendable {
    /// The difference of one metric, with the 95 % interval of a paired bootstrap.
    public struct Difference: Hashable, Sendable {
        public let name: String
        public let first: Double?
        public let second: Double?
        public let spread: Bootstrap.Spread?

        public var difference: Double? { first.flatMap { first in second.map { $0 - first } } }
    }

    public let rows: Int
    public let first: Metrics
    public let second: Metrics

    /// Of correctness; classification only.
    public let mcNemar: McNemar?
    public let predictionDisagreementRate: Double?

    /// Of a regression: the share of predictions that move by more than ``noticeableMove`` standard deviations of the first's.
    public let movedRate: Double?
    public static let noticeableMove = 0.05

    /// Binary classification with scores only.
    public let auc: DeLong.Difference?
    public let maxAbsScoreDifference: Double?

    /// The largest of the scores whose differences these are, by magnitude.
    public let largestScore: Double
    public let differences: [Difference]

    /// How their intervals were found; `nil` where none were asked for.
    public let bootstrap: Bootstrap?

    /// How many clusters of rows were drawn; `nil` where rows stand for themselves.
    public let clusters: Int?
    public let warnings: [String]

    /// Throws where no rows match, ids repeat, the tasks differ, or the same row has two labels.
    ///
    /// - Parameters:
    ///   - bootstrap: `nil` where no ``differences`` are needed.
    ///   - names: The metrics that are needed; `nil` for all. Without `auc` among them there is no ``auc``.
    public init(
        of first: Predictions, and second: Predictions, bootstrap: Bootstrap? = Bootstrap(),
        named names: Set<String>? = nil
    ) throws(DataError) {
        let pair = try PairedPredictions(first, second)
        let ranks = names?.contains("auc") ?? true
        rows = pair.first.rowCount
        self.first = Evaluation.metrics(of: pair.own.first, named: names)
        self.second = Evaluation.metrics(of: pair.own.second, named: names)
        mcNemar = pair.mcNemar
        predictionDisagreementRate = pair.predictionDisagreementRate
        movedRate = pair.movedRate(beyond: Self.noticeableMove)
        auc = ranks ? pair.auc : nil
        maxAbsScoreDifference = pair.maxAbsScoreDifference
        largestScore = pair.largestScore
        if let bootstrap {
            differences = Self.differences(of: pair, self.first, self.second, by: bootstrap, named: names)
        } else {
            differences = []
        }
        self.bootstrap = bootstrap
        clusters = pair.first.clusterCount
        warnings = pair.warnings + (ranks ? Self.warnings(pair, auc) : []) + Self.warnings(differences)
    }

    private static func differences(
        of pair: PairedPredictions, _ first: Metrics, _ second: Metrics, by bootstrap: Bootstrap,
        named names: Set<String>?
    ) -> [Difference] {
        // Poisson weights go with a row wherever it stands; NumPy's draws are by place.
        let isExact = pair.first.rowCount <= Bootstrap.exactRows
        let drawn = isExact ? (pair.own.first, pair.own.second, pair.keys) : pair.inMemoryOrder()
        var one = Resampler(drawn.0, named: names), other = Resampler(drawn.1, named: names)
        if one.names != other.names {
            // One looks further down its classes than the other has any.
            let both = Set(one.names).intersection(other.names)
            (one, other) = (Resampler(drawn.0, named: both), Resampler(drawn.1, named: both))
        }
        let spreads = bootstrap.spreads(of: one, and: other, keys: drawn.2, confidence: 0.95)
        return zip(one.names, spreads).map { name, spread in
            Difference(name: name, first: first[name], second: second[name], spread: spread)
        }
    }

    private static func warnings(
        _ pair: PairedPredictions, _ auc: DeLong.Difference?
    ) -> [String] {
        var warnings: [String] = []
        if case .binary = pair.first.values, auc == nil {
            warnings.append("auc_delong null: it needs finite scores of both models and two rows of each label")
        }
        if pair.first.clusters != nil, pair.mcNemar != nil {
            warnings.append("mcnemar, auc_delong take rows for independent: with clusters only paired_bootstrap holds")
        }
        if let auc, auc.z == nil { warnings.append("auc_delong z, p_value null: both models rank the rows alike") }
        return warnings
    }

    private static func warnings(_ differences: [Difference]) -> [String] {
        var warnings: [String] = []
        let missing = differences.filter { $0.difference == nil || $0.spread == nil }.map(\.name)
        if !missing.isEmpty {
            warnings.append(
                "paired_bootstrap \(missing.joined(separator: ", ")) null: undefined for a model or its resamples")
        }
        let uncorrected = differences.filter { $0.spread != nil && $0.spread?.interval == nil }.map(\.name)
        if !uncorrected.isEmpty {
            warnings.append(
                "paired_bootstrap \(uncorrected.joined(separator: ", ")) has no bca interval: all resamples lie to one side of "
                    + "the difference, or no row moves it")
        }
        return warnings
    }

    public var json: JSON {
        .object([
            ("rows", .int(rows)), ("mcnemar", mcNemar.map(Self.json) ?? .null),
            ("prediction_disagreement_rate", JSON(predictionDisagreementRate)),
            ("auc_delong", auc.map(Self.json) ?? .null), ("max_abs_score_difference", JSON(maxAbsScoreDifference)),
            ("paired_bootstrap", .object(differences.map { ($0.name, Self.json($0)) })),
            ("interval", JSON(bootstrap?.ends.rawValue)), ("clusters", clusters.map(JSON.int) ?? .null),
            ("warnings", .array(warnings.map(JSON.string))),
        ])
    }

    private static func json(_ test: McNemar) -> JSON {
        .object([
            ("only_first_correct", .int(test.onlyFirstCorrect)), ("only_second_correct", .int(test.onlySecondCorrect)),
            ("p_exact_binomial", JSON(test.exactP)), ("chi2_continuity", JSON(test.chiSquare)),
            ("p_chi2_continuity", JSON(test.chiSquareP)),
        ])
    }

    private static func json(_ auc: DeLong.Difference) -> JSON {
        .object([
            ("difference", JSON(auc.difference)), ("standard_error", JSON(auc.standardError)), ("z", JSON(auc.z)),
            ("p_value", JSON(auc.pValue)),
        ])
    }

    private static func json(_ difference: Difference) -> JSON {
        .object([
            ("difference", JSON(difference.difference)), ("ci95_low", JSON(difference.spread?.interval?.lower)),
            ("ci95_high", JSON(difference.spread?.interval?.upper)),
            ("bootstrap_se", JSON(difference.spread?.standardError)),
        ])
    }
}
