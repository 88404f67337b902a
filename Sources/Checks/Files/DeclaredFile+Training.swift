import Domain

extension DeclaredFile {
    /// What ``RunTable`` reads.
    static let table = "a table (CSV, JSON Lines, JSON, Parquet)"

    private static let feature = Part.needed("feature", "name", "column", about: "the feature")

    static let params = DeclaredFile(
        "spec.training.params", "YAML or JSON, what the training was set to",
        [
            .optional("trained_at", about: "when it was trained: a day, or a moment such as 2026-11-21T09:30:00Z"),
            .optional("data_until", about: "up to when its data goes, which counts before trained_at"),
            .optional("hyperparameters", about: "a mapping of names to values"),
        ],
        example: """
            trained_at: 2026-11-21T09:30:00Z
            data_until: 2026-10-31
            hyperparameters:
              learning_rate: 0.1
              max_depth: 6
            """)

    static let trainingLog = DeclaredFile(
        "spec.training.log",
        "\(table), a row for each step or epoch; or TensorBoard's event file, or what Keras, XGBoost, LightGBM and Hugging Face write",
        [
            .needed("loss", "train_loss", about: "the training loss; any column whose name holds 'loss' is one"),
            .optional("val_loss", about: "the validation loss; any column of losses whose name holds 'val'"),
            .optional("grad_norm", about: "a norm of gradients or weights; any column whose name holds 'norm'"),
        ],
        example: """
            step,loss,val_loss,grad_norm
            1,0.693,0.691,1.2
            2,0.541,0.560,0.9
            3,0.418,0.472,0.7
            4,0.352,0.431,0.6
            """)

    static let statistics = DeclaredFile(
        "spec.training.statistics", "\(table), a row for each layer at each step",
        [
            .needed("layer", "tensor", "parameter", about: "the layer"),
            .needed("step", "global_step", "epoch", about: "the step, a number"),
            .optional("kind", about: "what is measured: weights (without it), gradients, activations"),
            .optional("norm", about: "of all numbers together (L2); one of norm to infinite is needed"),
            .optional("zeros", about: "the share of numbers that are 0, from 0 to 1"),
            .optional("dead_units", about: "the share of units that never answer, from 0 to 1"),
            .optional("nan", about: "how many numbers are NaN"),
            .optional("infinite", about: "how many numbers are infinite"),
        ],
        example: """
            step,layer,kind,norm,zeros,dead_units,nan,infinite
            100,dense_1/kernel,weights,12.5,0.01,0,0,0
            100,dense_1/kernel,gradients,0.8,0.02,,0,0
            """)

    static let checkpoints = DeclaredFile(
        "spec.training.checkpoints", "safetensors files, the weights after some steps, in their order")

    static let trials = DeclaredFile(
        "spec.training.trials", "\(table), a row for each trial of the search",
        [
            .needed(
                "cv_mean", "value", "objective", about: "what was optimised; the setting objective names another column"
            ),
            .optional("cv_std", about: "its standard deviation over the folds"),
            .optional("state", "status", about: "only complete trials count, where it is there"),
            .optional("seed", about: "the random seed, where values were tried with several"),
            .needed("learning_rate", about: "a hyperparameter, as is every other column"),
        ],
        example: """
            trial,learning_rate,max_depth,seed,cv_mean,cv_std,state
            1,0.1,6,7,0.913,0.004,COMPLETE
            2,0.05,8,7,0.917,0.005,COMPLETE
            """)

    static let importances = DeclaredFile(
        "spec.training.importances", "\(table), a row for each feature, and for each group of features",
        [
            feature,
            .needed(
                "importance_mean", "metric_drop", "importance", "mean",
                about: "how much worse the metric is without it"),
            .needed("importance_std", "sd", "std", about: "the standard deviation over the repeats"),
            .optional("repeats", about: "how often it was permuted"),
            .optional(
                "method",
                about: "how it was measured, where the table holds several rankings, such as permutation, gain"),
            .optional("members", about: "of a row that is a group: its features"),
        ],
        example: """
            feature,importance_mean,importance_std,repeats,method
            mean_radius,0.041,0.003,10,permutation
            mean_texture,0.012,0.002,10,permutation
            """)

    private static let recordParts = [
        Part.optional("commit", about: "the commit that the training ran at"),
        .optional("dirty", about: "whether there were changes that were not committed: then it counts for nothing"),
        .optional("seed", about: "the random seed"),
        .optional("params", "hyperparameters", about: "a mapping of names to values"),
        .optional("data", about: "a mapping of datasets to digests"),
        .optional("environment", about: "a mapping of packages to versions, or a lock file's digest"),
        .optional("image", about: "the container's digest"),
        .optional("artifact_digest", about: "the artifact that came of it"),
    ]

    private static let recordExample = """
        commit: 7f1168d5f0c2a4b1e3d96c8f70215ab4de83f9c1
        seed: 7
        params: {learning_rate: 0.1, max_depth: 6}
        data: {train: "sha256:65b5ddab69f74c1d0e2a9b8c7f60514e3d2c1b0a9f8e7d6c5b4a39281706f5e4"}
        environment: {numpy: 2.4.1, scikit-learn: 1.9.1}
        """

    static let record = DeclaredFile(
        "spec.training.record", "YAML or JSON, what the training ran with; one of commit to environment is needed",
        recordParts,
        example: recordExample)

    static let rerunRecord = DeclaredFile(
        "spec.training.rerun.record", "YAML or JSON, what the second training ran with", recordParts,
        example: recordExample)

    static let rerunArtifact = DeclaredFile(
        "spec.training.rerun.artifact", "the artifact of the second training, which has to have the same bytes")

    static let junit = DeclaredFile(
        "spec.training.tests.junit", "JUnit's XML, as pytest --junit-xml writes it",
        example: """
            <testsuite name="features" tests="1">
              <testcase classname="tests.test_features" name="test_log_of_nothing" time="0.01"/>
            </testsuite>
            """)

    static let coverage = DeclaredFile(
        "spec.training.tests.coverage", "Cobertura's XML, as coverage xml writes it; or JaCoCo's, or LCOV",
        example: """
            SF:features.py
            DA:1,1
            DA:2,0
            end_of_record
            """)

    static let costs = DeclaredFile(
        "file", "\(table), a row for each feature",
        [
            feature, .needed("cost", "cost_per_1k", "price", about: "what it costs, in one unit for all"),
            .needed("owner", "team", about: "who answers for it"),
            .optional("p99_ms", about: "of one that is fetched: the 99th percentile of how long that takes"),
        ],
        example: """
            feature,owner,cost,p99_ms
            mean_radius,lab,0.02,
            credit_score,bureau,0.31,12
            """)
}
