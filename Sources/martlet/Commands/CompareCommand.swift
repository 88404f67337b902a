import ArgumentParser
import Data
import Domain

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare two files of predictions on the same rows, with paired tests",
        discussion: """
            Rows are matched by --id; differences are second minus first.

                martlet compare v1.csv v2.csv --task binary-classification --id row_id --label label \\
                    --prediction prediction --score score
            """)

    @Argument(help: "Predictions of the first version", completion: .file())
    var first: String

    @Argument(help: "Predictions of the second version", completion: .file())
    var second: String

    @Option(help: "The column that names a row")
    var id: String

    @OptionGroup var options: PredictionOptions

    func run() throws {
        let task = try options.task()
        let columns = PredictionColumns(
            id: id, label: options.label, prediction: options.prediction, score: options.score, scores: options.scores)
        let one = try TableFile.predictions(first, task: task, columns: columns)
        let other = try TableFile.predictions(second, task: task, columns: columns)
        do {
            let json = try Comparison(of: one, and: other).json
            Terminal.say(options.output == .json ? json.text(pretty: true) : text(json))
        } catch {
            throw Refusal(message: "\(first), \(second): \(error)")
        }
    }

    private func text(_ json: JSON) -> String {
        let rows = (json["paired_bootstrap"]?.members ?? []).map { metric in
            [metric.key]
                + ["difference", "ci95_low", "ci95_high"].map { EvaluationText.number(metric.value[$0] ?? .null) }
        }
        let tests = ["mcnemar", "auc_delong"].compactMap { name in
            json[name]?.members.map { members in
                "\(name): " + members.map { "\($0.key) \(EvaluationText.number($0.value))" }.joined(separator: ", ")
            }
        }
        let rate = "predictions that differ: \(EvaluationText.number(json["prediction_disagreement_rate"] ?? .null))"
        return ([Terminal.table([["METRIC", "SECOND - FIRST", "95 % LOW", "95 % HIGH"]] + rows), rate] + tests).joined(
            separator: "\n")
    }
}
