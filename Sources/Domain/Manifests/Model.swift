/// `models/NAME/model.yaml`: what a model is, where its artifact lies, and what speaks for it.
///
/// Paths are relative to the model's folder.
public struct Model: Hashable, Sendable, FieldGroup {
    public static let kind = "Model"

    public var task: ModelTask
    public var owners: [String]
    public var artifact: ArtifactPointer
    public var schema: String?
    public var training: Training
    public var evaluation: Evaluation?
    public var serving: Serving?
    public var licence: String?

    public init(_ fields: Fields) throws(FieldErrors) {
        task = try fields.required("task", "what the model predicts")
        owners = fields.value("owners", default: [], "the people or teams who answer for it")
        artifact = try fields.required("artifact", "the file or folder that runs")
        schema = fields.optional("schema", "the file that says what each feature must look like")
        training = fields.optional("training", "what the model was trained with") ?? Training()
        evaluation = fields.optional("evaluation", "how its quality is measured")
        if evaluation?.positive != nil, task != .binaryClassification {
            fields.complain(about: "evaluation", "positive: only a binary classification has a positive label")
        }
        serving = fields.optional("serving", "how it behaves where it runs")
        licence = fields.optional("licence", "its licence, as an SPDX identifier")
    }
}

extension Model {
    /// What the model was trained with, and what that left behind.
    public struct Training: Hashable, Sendable, FieldGroup {
        public var params: String?
        public var data: [String] = []
        public var log: String?
        public var trials: String?
        public var importances: String?
        public var record: String?
        public var rerun: Rerun?
        public var tests: Tests?
        public var cost: Double?
        public var statistics: String?
        public var checkpoints: [String] = []
        public var retrain: Retraining?

        public init() {}

        public init(_ fields: Fields) throws(FieldErrors) {
            params = fields.optional("params", "the file of hyperparameters")
            data = fields.value("data", default: [], "the datasets it was trained on, by name")
            log = fields.optional("log", "the loss per step: CSV, JSON Lines, a trainer's JSON, or a TensorBoard file")
            trials = fields.optional("trials", "a table of the hyperparameter search")
            importances = fields.optional("importances", "a table of what each feature is worth")
            record = fields.optional(
                "record", "what it ran with, as JSON or YAML: commit, dirty, seed, params, data and environment")
            rerun = fields.optional("rerun", "the same training a second time")
            if rerun?.record != nil, record == nil {
                fields.complain(about: "rerun", "record: give spec.training.record too, to compare it with")
            }
            tests = fields.optional("tests", "reports of the training code's tests")
            cost = fields.optional("cost", within: .above(0), "what one training costs in €")
            statistics = fields.optional(
                "statistics", "a table of each layer at each step: norm, zeros, dead_units, nan, infinite")
            checkpoints = fields.value(
                "checkpoints", default: [], "the weights after some steps, as safetensors files in their order")
            retrain = fields.optional("retrain", "what trains it anew, where a monitor asks for that")
        }
    }

    public struct Rerun: Hashable, Sendable, FieldGroup {
        public var predictions: String?
        public var more: [String]
        public var artifact: String?
        public var record: String?

        public init(_ fields: Fields) throws(FieldErrors) {
            predictions = fields.optional("predictions", "the predictions of the second training")
            more = fields.value("more", default: [], "those of further trainings, which show what a seed changes")
            artifact = fields.optional("artifact", "the artifact of the second training")
            record = fields.optional("record", "what the second training ran with, as in spec.training.record")
        }
    }

    public struct Tests: Hashable, Sendable, FieldGroup {
        public var junit: String?
        public var coverage: String?

        public init(_ fields: Fields) throws(FieldErrors) {
            junit = fields.optional("junit", "a report in JUnit's XML")
            coverage = fields.optional("coverage", "a report in Cobertura's XML")
        }
    }

    /// Where predictions come from, and what their columns mean.
    public struct Evaluation: Hashable, Sendable, FieldGroup {
        public var data: String?
        public var predictions: String?
        public var command: [String]
        public var timeout: Duration
        public var memoryLimit: ByteSize
        public var endpoint: String?
        public var outputs: Outputs
        public var columns: Columns
        public var positive: String?
        public var ranking: Ranking
        public var quantile: Double?
        public var slices: [String]
        public var sensitive: [String]
        public var perturbed: String?
        public var counterfactual: String?
        public var baseline: Baseline?

        public init(_ fields: Fields) throws(FieldErrors) {
            data = fields.optional("data", "the dataset that it is evaluated on, by name")
            predictions = fields.optional("predictions", "a table of predictions on that dataset")
            command = fields.value(
                "command", default: [],
                "a command that writes the predictions, started in the model's folder: {data} is the file of spec.evaluation.data, {artifact} "
                    + "the model's, {output} the CSV file to write, {model} the folder itself; it sees PATH, an empty HOME and no "
                    + "other variable")
            timeout = fields.value("timeout", default: .seconds(600), "how long the command may take")
            memoryLimit = fields.value(
                "memoryLimit", default: ByteSize(bytes: 2 << 30), "how much memory each process of the command may use")
            endpoint = fields.optional("endpoint", "a server that speaks the Open Inference Protocol v2")
            outputs = fields.optional("outputs", "which of the server's outputs mean what") ?? Outputs()
            columns = fields.optional("columns", "what the columns of the predictions are called") ?? Columns()
            positive = fields.optional(
                "positive",
                "of a binary classification whose labels are not 0 and 1: the label that counts as 1, such as yes")
            ranking = fields.optional("ranking", "how a ranking is judged") ?? .standard
            quantile = fields.optional(
                "quantile", within: .between(0, 1), "of a regression that predicts a quantile: which, such as 0.9")
            slices = fields.value("slices", default: [], "columns whose values divide the rows into slices")
            sensitive = fields.value("sensitive", default: [], "columns of groups that must be treated alike")
            perturbed = fields.optional("perturbed", "predictions on slightly changed input")
            counterfactual = fields.optional(
                "counterfactual",
                "predictions on the same rows with a sensitive column changed, which the table has, too")
            baseline = fields.optional("baseline", "a simpler model to beat")
            if predictions != nil, !command.isEmpty {
                fields.complain(about: "command", "give predictions or a command, not both")
            }
            if let endpoint, !endpoint.hasPrefix("http://"), !endpoint.hasPrefix("https://") {
                fields.complain(about: "endpoint", "must begin with http:// or https://")
            }
            if let endpoint, endpoint.pathParts().dropFirst().first?.contains("@") ?? false {
                fields.complain(about: "endpoint", "must hold no password: this file and reports show it to everybody")
            }
            if endpoint != nil, !command.isEmpty {
                fields.complain(about: "endpoint", "give a command or an endpoint, not both")
            }
        }
    }

    /// The names of a server's outputs; those that are asked for. Without any, shapes and types say what each is.
    public struct Outputs: Hashable, Sendable, FieldGroup {
        public var prediction: String?
        public var score: String?

        public init() {}

        public init(_ fields: Fields) throws(FieldErrors) {
            prediction = fields.optional("prediction", "the output that holds the predicted value or class")
            score = fields.optional("score", "the output that holds the probabilities")
        }
    }

    public struct Columns: Hashable, Sendable, FieldGroup {
        public var id: String?
        public var label = "label"
        public var prediction = "prediction"
        public var score: String?
        /// The columns of the class probabilities, as a prefix and a star: `score_*`.
        public var scores: String?
        public var query: String?

        public init() {}

        public init(_ fields: Fields) throws(FieldErrors) {
            id = fields.optional("id", "names a row, so that two files can be matched")
            label = fields.value("label", default: "label", "the true value")
            prediction = fields.value("prediction", default: "prediction", "the predicted value")
            score = fields.optional(
                "score", "the probability of label 1, or of the positive label; of a ranking, what rows are ordered by")
            scores = fields.optional("scores", "the probability of each class, such as score_*")
            query = fields.optional("query", "of a ranking: names the query that a row answers")
        }
    }

    public struct Baseline: Hashable, Sendable, FieldGroup {
        public var predictions: String
        public var timesFaster: Double?
        public var timesSmaller: Double?
        public var costPer1k: Double?
        public var measurements: String?
        public var log: String?
        public var artifact: String?

        public init(_ fields: Fields) throws(FieldErrors) {
            predictions = try fields.required("predictions", "the simpler model's predictions on the same rows")
            timesFaster = fields.optional(
                "timesFaster", within: .above(0), "how many times as fast as this model it answers, such as 14")
            timesSmaller = fields.optional(
                "timesSmaller", within: .above(0), "how many times as little memory as this model it takes, such as 30")
            costPer1k = fields.optional(
                "costPer1k", within: .above(0),
                "what 1,000 of its predictions cost in €, to hold against spec.serving.costPer1k")
            measurements = fields.optional(
                "measurements",
                "its measurements, as this model's metrics.json: latency_ms.p95, peak_memory_bytes, model_bytes, cost_per_1k"
            )
            log = fields.optional("log", "its answers as a serving log, for their latency_ms")
            artifact = fields.optional("artifact", "its file, whose size is held against this model's artifact")
        }
    }

    public struct Serving: Hashable, Sendable, FieldGroup {
        public var log: String?
        public var labels: String?
        public var golden: String?
        public var latencyBudget: Duration?
        public var memoryBudget: ByteSize?
        public var costPer1k: Double?
        public var valuePerDay: Double?

        public init() {}

        public init(_ fields: Fields) throws(FieldErrors) {
            log = fields.optional(
                "log", "requests and answers, one JSON object a line: ts, request_id, features, prediction, score")
            labels = fields.optional("labels", "a table of request_id and label, which came later")
            golden = fields.optional(
                "golden",
                "what this version answers, one JSON object a line: request and response, as of the Open Inference Protocol v2"
            )
            latencyBudget = fields.optional("latencyBudget", "how long an answer may take")
            memoryBudget = fields.optional("memoryBudget", "how much memory it may use")
            costPer1k = fields.optional(
                "costPer1k", within: .above(0),
                "what 1,000 predictions cost in €, where no measurement says it as cost_per_1k")
            valuePerDay = fields.optional(
                "valuePerDay", within: .above(0),
                "what a day of predictions is worth in €, of which an older model loses as great a share as of its metric"
            )
        }
    }
}
