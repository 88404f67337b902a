/// Makes one kind of system run a version.
public protocol Target: Plugin {
    /// Makes the target run `release`, or nothing of that model. Doing it twice is harmless; dying half-way too.
    func apply(_ release: Release, using tools: Tools) async throws
    /// What the target runs of a model now, found by looking at it. Throws where it cannot be seen.
    func observe(_ release: Release, using tools: Tools) async throws -> Running
    /// Where versions go, if a second target with the same place would overwrite them; `nil` where releases say which
    /// environment they are for, and the system keeps them apart.
    var place: String? { get }
}

extension Target {
    public var place: String? { nil }
}

/// One model version on its way to a target, or its removal.
public struct Release: Hashable, Sendable {
    public let environment: String
    public let model: String
    public let pin: Pin
    /// What must run; `nil` takes the model away.
    public let artifact: Artifact?
    /// The digest that must run, known before the artifact is fetched.
    public let digest: Digest?
    public let format: ModelFormat?
    /// Grows with every promotion: serving systems that number versions take this.
    public let number: Int

    public init(
        environment: String, model: String, pin: Pin, artifact: Artifact?, digest: Digest?, format: ModelFormat?,
        number: Int
    ) {
        self.environment = environment
        self.model = model
        self.pin = pin
        self.artifact = artifact
        self.digest = digest
        self.format = format
        self.number = number
    }
}

/// What a target runs of a model.
public enum Running: Hashable, Sendable {
    /// The release, whole.
    case asWanted
    /// Nothing.
    case nothing
    /// Another version, or one that somebody has changed; said in words.
    case other(String)
}

/// Says how a running deployment is doing, by one look.
public protocol Probe: Plugin {
    func look(at release: Release, using tools: Tools) async -> ProbeResult
}

/// What one look at a running deployment found.
///
/// `fail`: the deployment is ill. `error` and `inconclusive`: it cannot be told; nothing is rolled back for that.
public struct ProbeResult: Hashable, Sendable {
    public let verdict: Verdict
    public let message: String
    public let value: Double?
    public let threshold: Double?

    public init(_ verdict: Verdict, _ message: String, value: Double? = nil, threshold: Double? = nil) {
        self.verdict = verdict
        self.message = message
        self.value = value
        self.threshold = threshold
    }
}
