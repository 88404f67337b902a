import Checks
import ControlLoop
import Domain
import Engines
import Forges
import Gates
import Monitors
import Notifiers
import Targets

/// Every built-in plug-in. To add one, write its file and name it here.
enum BuiltIns {
    /// The 28 tests of the ML Test Score in the rubric's order, then those that only gates use.
    static let checks = CheckRegistry([
        DataSchema.self,
        FeatureBenefit.self,
        FeatureCost.self,
        MetaRequirements.self,
        Privacy.self,
        FeatureVelocity.self,
        FeatureCodeTests.self,
        SpecReviewed.self,
        OfflineOnlineCorrelation.self,
        HyperparametersTuned.self,
        StalenessImpact.self,
        SimplerBaseline.self,
        Slices.self,
        Inclusion.self,
        Reproducible.self,
        SpecUnitTests.self,
        PipelineIntegration.self,
        QualityGate.self,
        Debuggable.self,
        Canary.self,
        Rollback.self,
        Dependencies.self,
        DataInvariants.self,
        TrainServeSkew.self,
        Staleness.self,
        NumericalStability.self,
        ComputePerformance.self,
        PredictionQuality.self,
        Abuse.self,
        ArtifactIntact.self,
        Licence.self,
        ModelAPI.self,
        ModelCard.self,
        OnlineOffline.self,
        Perturbation.self,
        RegressionCases.self,
        SafePickle.self,
        ServingBudget.self,
        TrainingLog.self,
        VersionComparison.self,
    ])
    static let targets = Registry([
        Directory.self,
        Exec.self,
    ])
    static let probes = Registry([
        HTTPProbe.self,
        ExecProbe.self,
        PrometheusProbe.self,
    ])
    static let forges = Registry([
        GitHub.self,
        GitLab.self,
        Gitea.self,
    ])
    static let notifiers = Registry([
        Webhook.self,
        ChatWebhook.self,
        Email.self,
        CommandNotifier.self,
    ])
    static let engines = Registry([
        LocalEngine.self,
        CommandEngine.self,
    ])

    /// Decides by the gate, with the time zones of this machine.
    static let judge: Judge = { GateJudge(zoneFile: zoneFile).blockers($0) }

    /// Whether there is a time zone of that name; a machine without the database does not know.
    static let isZone: @Sendable (String) -> Bool = { name in
        MaintenanceWindow.isZone(name, zoneFile: zoneFile) || !LocalFile.exists(zones + "/Europe")
    }

    private static let zones = "/usr/share/zoneinfo"
    private static let zoneFile: @Sendable (String) -> [UInt8]? = { try? LocalFile.bytes(of: "\(zones)/\($0)") }
}
