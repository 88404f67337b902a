public import Domain

/// A training that is to begin, for whoever runs its command.
public struct RetrainOrder: Sendable {
    public let unit: Unit
    public let settings: Model.Retraining
    /// The model as the branch has it now: its folder is what the command gets a copy of.
    public let version: ModelVersion
    /// What runs.
    public let running: Pin
    public let monitor: String
    public let reason: String
    public let branch: String
    /// Names the run.
    public let id: String

    init(
        _ unit: Unit, _ settings: Model.Retraining, _ version: ModelVersion, running: Pin, _ wish: RetrainWish,
        branch: String
    ) {
        (self.unit, self.settings, self.version, self.running) = (unit, settings, version, running)
        (monitor, reason, self.branch) = (wish.monitor, wish.reason, branch)
        id = String(UInt64.random(in: .min ... .max), radix: 16)
    }

    /// What the command sees.
    public var variables: [String: String] {
        [
            "MARTLET_MODEL": unit.model, "MARTLET_ENVIRONMENT": unit.environment,
            "MARTLET_REVISION": running.revision.description, "MARTLET_VERSION": running.label,
            "MARTLET_MONITOR": monitor, "MARTLET_REASON": reason, "MARTLET_BRANCH": branch, "MARTLET_RUN": id,
        ]
    }
}

/// Why a monitor asks for another training.
struct RetrainWish: Hashable, Sendable {
    let monitor: String
    let reason: String
}

/// Runs the command of a training to its end.
public typealias RunRetraining = @Sendable (RetrainOrder) async -> CommandResult
