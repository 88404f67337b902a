import ArgumentParser
import Data
import Domain

/// How a file of predictions is to be read.
struct PredictionOptions: ParsableArguments {
    @Option(
        name: .customLong("task"), help: "binary-classification, multiclass-classification, regression or ranking",
        completion: .list(Self.tasks))
    var taskName: String

    @Option(help: "The column of true values; of a ranking, of relevances")
    var label: String

    @Option(help: "The column of predicted values; a ranking may have a score instead")
    var prediction: String?

    @Option(
        help:
            "The column of the probability of label 1, or of --positive; of a ranking, what rows are ordered by, the greatest first"
    )
    var score: String?

    @Option(
        help: ArgumentHelp(
            "Of a binary classification whose labels are not 0 and 1: the label that counts as 1, such as yes",
            valueName: "value"))
    var positive: String?

    @Option(help: "The columns of class probabilities, as a prefix and a star: 'score_*'")
    var scores: String?

    @Option(help: "Of a ranking: the column that names the query of a row")
    var query: String?

    @Option(
        help: "Of a ranking: what a relevance is worth, exponential (2^relevance - 1) or linear",
        completion: .list(Self.gains))
    var gain = Model.Ranking().gain.rawValue

    @Option(
        name: .customLong("at"),
        help: "Of a ranking: after how many rows of a query metrics look (may be given several times)")
    var cutoffs: [Int] = []

    @OptionGroup var null: NullOption

    @OptionGroup var decimal: DecimalOption

    @Option(help: "text for people, json for programs")
    var output: OutputFormat = .text

    /// How the file is laid out.
    func table() throws -> TableOptions { try decimal.tableOptions(nulls: null.spellings) }

    private static let gains = Model.Ranking.Gain.allCases.map(\.rawValue)

    /// The columns of a file that is read for `task`.
    func columns(
        _ task: ModelTask, id: String?, slices: [String] = [], sensitive: [String] = []
    ) throws -> PredictionColumns {
        guard let prediction = prediction ?? (task == .ranking ? score : nil) else {
            throw WrongUse(task == .ranking ? "name the column with --score" : "name the column with --prediction")
        }
        guard positive == nil || task == .binaryClassification else {
            throw WrongUse("--positive is of a binary classification")
        }
        guard score == nil || task == .binaryClassification || task == .ranking else {
            throw WrongUse(
                "--score is of a binary classification or a ranking"
                    + (task == .multiclassClassification
                        ? "; name the columns of class probabilities with --scores" : ""))
        }
        guard scores == nil || task == .multiclassClassification else {
            throw WrongUse(
                "--scores is of a multiclass classification"
                    + (task == .regression ? "" : "; name the one column with --score"))
        }
        return PredictionColumns(
            id: id, label: label, prediction: prediction, score: score, scores: scores, slices: slices,
            sensitive: sensitive, positiveLabel: positive, query: query, ranking: try ranking())
    }

    private func ranking() throws -> Model.Ranking {
        guard let gain = Model.Ranking.Gain(rawValue: gain) else {
            throw WrongUse("--gain must be one of \(Self.gains.joined(separator: ", "))")
        }
        guard !cutoffs.contains(where: { $0 < 1 }), cutoffs.count <= Model.Ranking.limit else {
            throw WrongUse("--at must be at least 1, and given at most \(Model.Ranking.limit) times")
        }
        return cutoffs.isEmpty ? Model.Ranking(gain: gain) : Model.Ranking(gain: gain, cutoffs: cutoffs)
    }

    /// Those whose predictions are rows of one label and one prediction.
    private static let tasks = ModelTask.allCases.filter { $0 != .detection }.map(\.rawValue)

    func task() throws -> ModelTask {
        guard Self.tasks.contains(taskName), let task = ModelTask(rawValue: taskName) else {
            throw WrongUse("--task must be one of \(Self.tasks.joined(separator: ", "))")
        }
        return task
    }
}
