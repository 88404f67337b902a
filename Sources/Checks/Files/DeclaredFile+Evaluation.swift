import Domain

extension DeclaredFile {
    private static let predictionsForm = "a table (CSV, JSON Lines, Parquet), a row for each row of the evaluation data"

    private static let predictionParts = [
        Part.optional("id", about: "names the row, as in the data; called as spec.evaluation.columns.id says"),
        .needed("label", about: "the true value; columns.label says another name"),
        .needed("prediction", about: "the predicted value or class; columns.prediction says another name"),
        .optional(
            "score",
            about: "the probability of the positive label, or what a ranking is ordered by; named by columns.score"),
        .optional("score_*", about: "the probability of each class; named by columns.scores"),
        .optional("query", about: "of a ranking: the query; named by columns.query"),
        .optional(
            "artifact_digest", about: "the artifact that predicted, as sha256:…; that of another counts for nothing"),
    ]

    private static let predictionExample = """
        id,label,prediction,score,size_band,sex
        r1,1,1,0.93,small,female
        r2,0,0,0.12,large,male
        """

    private static func predictions(at place: String, _ form: String, _ more: [Part] = []) -> DeclaredFile {
        DeclaredFile(place, form, predictionParts + more, example: predictionExample)
    }

    /// Of rows that have no label of their own, and are told by their id.
    private static let changedParts =
        [Part.needed("id", about: "the row of the predictions; called as spec.evaluation.columns.id says")]
        + predictionParts.filter { !["id", "label", "query", "artifact_digest"].contains($0.names[0]) }

    static let predictions = predictions(
        at: "spec.evaluation.predictions", predictionsForm,
        [.optional("size_band", about: "any column that slices, groups or clusters are named by")])

    static let rerunPredictions = predictions(
        at: "spec.training.rerun.predictions", "a table as spec.evaluation.predictions, of the second training")

    static let morePredictions = predictions(
        at: "spec.training.rerun.more", "tables as spec.evaluation.predictions, of further trainings")

    static let baselinePredictions = predictions(
        at: "spec.evaluation.baseline.predictions",
        "a table as spec.evaluation.predictions, of the simpler model on the same rows")

    static let perturbed = DeclaredFile(
        "spec.evaluation.perturbed", "\(table), a row for each slightly changed row of the predictions",
        changedParts + [.optional("perturbation", about: "the kind of change; the setting column says another name")],
        example: """
            id,prediction,score,perturbation
            r1,1,0.91,noise
            r2,0,0.15,noise
            """)

    static let counterfactual = DeclaredFile(
        "spec.evaluation.counterfactual",
        "\(table), a row for each row of the predictions with a sensitive column changed",
        changedParts + [.needed("sex", about: "a sensitive column as it was changed, which the predictions have, too")],
        example: """
            id,prediction,score,sex
            r1,1,0.93,male
            r2,0,0.14,female
            """)

    private static let measurementParts = [
        Part.optional("latency_ms", about: "how long an answer takes in milliseconds, as p50, p95 and p99"),
        .optional("peak_memory_bytes", about: "the most memory that it took"),
        .optional("model_bytes", about: "its size"), .optional("train_seconds", about: "how long the training took"),
        .optional("cost_per_1k", about: "what 1,000 predictions cost, in €"),
    ]

    private static let measurementExample = """
        {"latency_ms": {"p50": 4.1, "p95": 9.3, "p99": 12.0}, "peak_memory_bytes": 81264640,
         "model_bytes": 734003, "train_seconds": 95.4, "cost_per_1k": 0.012}
        """

    static let measurements = DeclaredFile(
        "file", "a JSON object of measurements", measurementParts, example: measurementExample)

    static let baselineMeasurements = DeclaredFile(
        "spec.evaluation.baseline.measurements", "a JSON object of measurements of the simpler model", measurementParts,
        example: measurementExample)

    static let baselineArtifact = DeclaredFile(
        "spec.evaluation.baseline.artifact", "the file of the simpler model, for its size")

    static let cases = DeclaredFile(
        "file", "\(table), a row for each example that must stay right",
        [
            .needed("id", about: "the row of the predictions; called as there, or id"),
            .optional("expected", about: "what must be predicted; without it, or where it is empty, the label"),
        ],
        example: """
            id,expected
            r1,1
            """)

    static let experiments = DeclaredFile(
        "file", "\(table), a row for each experiment or promotion",
        [
            .needed("offline_delta", "offline", about: "how the offline metric changed; or offline, its value"),
            .needed("online_delta", "online", about: "how the online metric changed; or online, its value"),
            .optional("offline_se", about: "the standard error of the former"),
            .optional("online_se", about: "the standard error of the latter; with it the slope is measured"),
        ],
        example: """
            offline_delta,online_delta,online_se
            0.012,0.004,0.001
            -0.003,-0.002,0.001
            """)

    static let membership = DeclaredFile(
        "membership", "\(table), rows that were trained on and others",
        [
            .needed("split", "member", about: "train or member of one that was trained on, anything else of another"),
            .optional("loss", about: "the model's loss on the row; or"),
            .optional("label", about: "the true label, and"),
            .optional("score", about: "the probability of the positive one"),
        ],
        example: """
            split,loss
            train,0.12
            test,0.35
            """)

    static let erased = DeclaredFile(
        "erased", "lines, the SHA-256 of each id that must be in no dataset",
        example: "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b")
}
