extension Model {
    /// A file that the manifest names, and the fields that lead to where it does.
    public struct NamedFile: Hashable, Sendable {
        public let fields: [String]
        /// Relative to the model's folder.
        public let path: String
    }

    /// Every file that should lie in the model's folder: what is fetched from elsewhere is not among them.
    public var files: [NamedFile] {
        var named: [([String], String?)] = [
            (["artifact", "path"], artifact.path), (["schema"], schema), (["training", "params"], training.params),
            (["training", "log"], training.log), (["training", "trials"], training.trials),
            (["training", "importances"], training.importances),
            (["training", "statistics"], training.statistics),
            (["training", "record"], training.record), (["training", "rerun", "record"], training.rerun?.record),
            (["training", "rerun", "predictions"], training.rerun?.predictions),
            (["training", "rerun", "artifact"], training.rerun?.artifact),
            (["training", "tests", "junit"], training.tests?.junit),
            (["training", "tests", "coverage"], training.tests?.coverage),
            (["evaluation", "predictions"], evaluation?.predictions),
            (["evaluation", "perturbed"], evaluation?.perturbed),
            (["evaluation", "counterfactual"], evaluation?.counterfactual),
            (["evaluation", "baseline", "predictions"], evaluation?.baseline?.predictions),
            (["serving", "log"], serving?.log), (["serving", "labels"], serving?.labels),
            (["serving", "golden"], serving?.golden),
        ]
        named += training.checkpoints.map { (["training", "checkpoints", $0], $0) }
        named += (training.rerun?.more ?? []).map { (["training", "rerun", "more", $0], $0) }
        return named.compactMap { fields, path in path.map { NamedFile(fields: ["spec"] + fields, path: $0) } }
    }
}
