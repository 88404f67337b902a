/// Makes one kind of system run a version.
public protocol Target: Plugin {
    /// Makes the target run `release`, or nothing of that model. Doing it twice is harmless; dying half-way too.
    func apply(_ release: Release, using tools: Tools) async throws
    /// What the target runs of a model now, found by looking at it. Throws where it cannot be seen.
    func observe(_ release: Release, using tools: Tools) async throws -> Running
    /// Where versions go, if a second target with the same place would overwrite them; `nil` where releases say which
    /// environment they are for, and the system keeps them apart.
    var place: String? { get }
    /// Names what lies where a model goes by what it is, whatever path leads there; `nil` where nothing is there, or where no
    /// path leads. Throws where it cannot be seen.
    func location(of model: String, using tools: Tools) async throws -> String?
    /// What the system calls a model: not each can take every name.
    func name(of model: String) -> String
    /// The number under which the system serves the release now; `nil` where it has none of its own.
    func number(of release: Release, using tools: Tools) async throws -> Int?
}

extension Target {
    public var place: String? { nil }
    public func location(of model: String, using tools: Tools) async throws -> String? { nil }
    public func name(of model: String) -> String { model }
    public func number(of release: Release, using tools: Tools) async throws -> Int? { nil }
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
    /// Grows with every promotion: serving systems that number versions take this, or one near it.
    public let number: Int
    /// What the serving system calls the model.
    public let name: String
    /// Of a removal: whether a version is known to have run well there, so that what of it cannot be told apart from others' is no secret.
    public let ranBefore: Bool

    public init(
        environment: String, model: String, pin: Pin, artifact: Artifact?, digest: Digest?, format: ModelFormat?,
        number: Int, name: String? = nil, ranBefore: Bool = false
    ) {
        self.environment = environment
        self.model = model
        self.pin = pin
        self.artifact = artifact
        self.digest = digest
        self.format = format
        self.number = number
        self.name = name ?? model
        self.ranBefore = ranBefore
    }

    /// The release by the name and number under which the target serves it: whoever asks the serving system needs these.
    public func asServed(by target: (any Target)?, using tools: Tools) async -> Release {
        guard let target else { return self }
        let served = try? await target.number(of: self, using: tools)
        return Release(
            environment: environment, model: model, pin: pin, artifact: artifact, digest: digest, format: format,
            number: served ?? number, name: target.name(of: model), ranBefore: ranBefore)
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
