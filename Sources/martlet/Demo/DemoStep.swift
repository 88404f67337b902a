/// One commit of the demo's story, and what has to come of it.
struct DemoStep: Sendable {
    let title: String
    /// Why the model is as it is, for people who watch.
    let background: String
    let commit: String
    /// The folder of `manifests/demo/steps` whose files the commit brings, and tables that come with it.
    let folder: String
    var tables: [String] = []
    let end: End

    enum End: Sendable {
        /// It runs in production and is verified there.
        case runsInProduction
        /// This check keeps it out of staging.
        case isStopped(by: String)
        /// Production takes it, its probe fails, and the promotion is reverted.
        case isRolledBack
    }

    static let story: [DemoStep] = [
        DemoStep(
            title: "A first model", background: "A logistic regression on three features.",
            commit: "Add a tumor model on three features", folder: "1-first", end: .runsInProduction),
        DemoStep(
            title: "A better one", background: "All thirty features.", commit: "Use all thirty features",
            folder: "2-better", end: .runsInProduction),
        DemoStep(
            title: "One that is bad on a slice",
            background: "Trained on large tumors only. Its AUC and its recall look fine.",
            commit: "Retrain on the large band", folder: "3-slice", end: .isStopped(by: "model.slices")),
        DemoStep(
            title: "One that regresses", background: "A quarter of its training labels were flipped.",
            commit: "Retrain with new labels", folder: "4-regression", end: .isStopped(by: "infra.quality-gate")),
        DemoStep(
            title: "One whose weights are NaN",
            background: "The learning rate was far too high, and training diverged.",
            commit: "Train faster", folder: "5-nan", end: .isStopped(by: "monitor.numerical-stability")),
        DemoStep(
            title: "One trained on data that break their schema",
            background: "It scores as well as any; nobody would notice by its metrics.",
            commit: "Retrain on a fresh export", folder: "6-schema", tables: ["train-broken.csv"],
            end: .isStopped(by: "data.schema")),
        DemoStep(
            title: "One that passes every gate and fails in production",
            background:
                "It leans on a code that is typed in after the diagnosis: perfect offline, unknown when serving.",
            commit: "Add the feature followup_code", folder: "7-leak", tables: ["train-v3.csv", "eval-v3.csv"],
            end: .isRolledBack),
        DemoStep(
            title: "One that people take back", background: "Thirty features again, and eight more samples.",
            commit: "Retrain with eight more samples", folder: "8-retrained", tables: ["train-v2.csv"],
            end: .runsInProduction),
    ]
}
