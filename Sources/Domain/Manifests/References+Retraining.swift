extension References {
    /// A monitor that has models trained anew needs to know how, of each model that is deployed there.
    mutating func checkRetraining(in name: String, _ environment: Environment, _ file: String) {
        let monitors = environment.monitors.filter { $0.action == .retrain }
        guard !monitors.isEmpty else { return }
        let models = Set((snapshot.deployments[name] ?? [:]).values.map(\.value.model))
        let lacking = models.filter { model in
            // Of a file that is broken or not there nobody knows; that is told by itself.
            guard let entry = snapshot.models[model]?.manifest, !entry.isBroken else { return false }
            return entry.value.training.retrain == nil
        }.sorted()
        guard let first = lacking.first else { return }
        let more = lacking.count > 1 ? " (nor have \(lacking.count - 1) more that are deployed here)" : ""
        for monitor in monitors {
            note(
                file, ["spec", "monitors", monitor.name], "no-retraining",
                "monitors: '\(Excerpt.line(monitor.name))' has models trained anew, but '\(first)' has no "
                    + "training.retrain\(more)",
                hint:
                    "add training: {retrain: {command: […]}} to \(Self.path(Model.kind, first)), or take action: alert")
        }
    }
}
