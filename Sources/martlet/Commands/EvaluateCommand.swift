import ArgumentParser
import Data
import Domain

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Compute the metrics of a file of predictions, by slice and group",
        discussion: """
            Definitions are those of scikit-learn and fairlearn; what is undefined is null, and a warning says why.

                martlet evaluate predictions.csv --task binary-classification --label label --prediction prediction \\
                    --score score --slice size_band --output json
            """)

    @Argument(help: "CSV, or JSON Lines (.jsonl)", completion: .file(extensions: ["csv", "jsonl"]))
    var file: String

    @Option(
        help: "binary-classification, multiclass-classification or regression",
        completion: .list(ModelTask.allCases.map(\.rawValue)))
    var task: String

    @Option(help: "The column of true values")
    var label: String

    @Option(help: "The column of predicted values")
    var prediction: String

    @Option(help: "The column of the probability of label 1")
    var score: String?

    @Option(help: "The columns of class probabilities, as a prefix and a star: 'score_*'")
    var scores: String?

    @Option(help: "The column that names a row")
    var id: String?

    @Option(help: "A column whose values divide the rows (may be given several times)")
    var slice: [String] = []

    @Option(help: "A column of groups that must be treated alike (may be given several times)")
    var sensitive: [String] = []

    @Option(help: "text for people, json for programs")
    var output: OutputFormat = .text

    func run() throws {
        guard let task = ModelTask(rawValue: task) else {
            throw WrongUse("--task must be one of \(ModelTask.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let columns = PredictionColumns(
            id: id, label: label, prediction: prediction, score: score, scores: scores, slices: slice,
            sensitive: sensitive)
        let evaluation = Evaluation(of: try TableFile.predictions(file, task: task, columns: columns))
        switch output {
        case .json: Terminal.say(evaluation.json.text(pretty: true))
        case .text: Terminal.say(EvaluationText.text(evaluation))
        }
    }
}
