public import Domain

/// What the columns of a table of predictions mean.
public struct PredictionColumns: Hashable, Sendable {
    /// Names a row, so that two tables can be matched.
    public var id: String?
    public var label: String
    public var prediction: String

    /// The probability of the positive label of a binary classification; of a ranking, what rows are ordered by, the greatest
    /// first (without it `prediction`).
    public var score: String?

    /// The probabilities of the classes, as a name with one star that stands for the class: `score_*`.
    public var scores: String?
    public var slices: [String]
    public var sensitive: [String]

    /// Of sensitive columns: the group against which the others are held.
    public var privileged: [String: String] = [:]

    /// Of a binary classification: the label that counts as 1, as scikit-learn's `pos_label`; there must be one other at most.
    public var positiveLabel: String?

    /// Of a ranking: names the query that a row answers; `label` is the row's relevance, at least 0.
    public var query: String?

    /// Of a ranking.
    public var ranking: Model.Ranking

    /// Of a regression that predicts a quantile: the share of labels that should lie below the prediction, 0…1.
    public var quantile: Double?

    /// Names what rows depend on, such as a person with several of them: resamples draw its values with all their rows.
    public var cluster: String?

    public init(
        id: String? = nil, label: String = "label", prediction: String = "prediction", score: String? = nil,
        scores: String? = nil, slices: [String] = [], sensitive: [String] = [], positiveLabel: String? = nil,
        query: String? = nil, ranking: Model.Ranking = Model.Ranking(), quantile: Double? = nil,
        cluster: String? = nil
    ) {
        self.id = id
        self.label = label
        self.prediction = prediction
        self.score = score
        self.scores = scores
        self.slices = slices
        self.sensitive = sensitive
        self.positiveLabel = positiveLabel
        self.query = query
        self.ranking = ranking
        self.quantile = quantile
        self.cluster = cluster
    }

    /// The columns that a model's manifest names.
    public init(_ evaluation: Model.Evaluation, slices: [String] = [], sensitive: [String] = [], cluster: String? = nil)
    {
        let columns = evaluation.columns
        self.init(
            id: columns.id, label: columns.label, prediction: columns.prediction, score: columns.score,
            scores: columns.scores, slices: slices, sensitive: sensitive, positiveLabel: evaluation.positive,
            query: columns.query, ranking: evaluation.ranking, quantile: evaluation.quantile, cluster: cluster)
    }

    /// The columns that divide the rows, each once.
    var grouping: [String] {
        (slices + sensitive).reduce(into: []) { names, name in if !names.containsExactly(name) { names.append(name) } }
    }

    /// The columns whose values are names, whatever the task.
    var naming: [String] { grouping + [id, cluster].compactMap(\.self) }
}
