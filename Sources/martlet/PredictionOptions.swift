import ArgumentParser
import Data
import Domain

/// How a file of predictions is to be read.
struct PredictionOptions: ParsableArguments {
    @Option(
        name: .customLong("task"), help: "binary-classification, multiclass-classification or regression",
        completion: .list(ModelTask.allCases.map(\.rawValue)))
    var taskName: String

    @Option(help: "The column of true values")
    var label: String

    @Option(help: "The column of predicted values")
    var prediction: String

    @Option(help: "The column of the probability of label 1")
    var score: String?

    @Option(help: "The columns of class probabilities, as a prefix and a star: 'score_*'")
    var scores: String?

    @Option(help: "text for people, json for programs")
    var output: OutputFormat = .text

    func task() throws -> ModelTask {
        guard let task = ModelTask(rawValue: taskName) else {
            throw WrongUse("--task must be one of \(ModelTask.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return task
    }
}
