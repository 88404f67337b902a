public import Domain

/// What the loop is given: the outside world as values and functions.
public struct Surroundings: Sendable {
    public var store: any Store
    public var remote: any Remote
    public var language: any ManifestLanguage
    public var checks: CheckRegistry
    public var targets: Registry
    public var probes: Registry
    /// How people are told what happens.
    public var notifiers = Registry([])
    public var judge: Judge
    public var tools: Tools
    /// Files, artifacts and datasets of model versions.
    public var materials: Subject.Tools
    public var verify: VerifySignature
    /// Signs what was just written for a branch or record, before anything names it. Without a key of Martlet's own it returns `head`.
    public var sign: SignCommits
    /// Signs what a person proposes, as Git does in that person's name; without a wish for that it returns `head`.
    public var signByHand: SignCommits = { head, _ in head }
    /// Signs a tag that was just written, before anything names it. Without a key it returns the tag.
    public var signTag: SignTag = { $0 }
    /// The names under which a list of signers has Martlet's own key, in lower case; none without one.
    public var ownNames: @Sendable (_ signers: Signers) async throws -> Set<String> = { _ in [] }
    /// Whether a commit bears the signature of Martlet's own key. Without one no commit does.
    public var hasSigned: @Sendable (_ commit: ObjectID) async throws -> Bool = { _ in false }
    /// Judges manifests that others propose.
    public var validation: Validation
    /// Shows requests on a hosting service, where `martlet.yaml` names one.
    public var forge: ForgeSync?
    /// Runs the command of a training to its end.
    public var retrain: RunRetraining = { _ in CommandResult(ending: .notStarted("nothing here runs trainings")) }
    /// Packs and clears away what has piled up on this machine. May take minutes; losing it half-way does no harm.
    public var tidy: @Sendable () async -> Void = {}
    /// Receives what happens, in order.
    public var tell: @Sendable (Event) -> Void
    /// Called at every point after which dying must do no harm.
    public var step: @Sendable (String) -> Void

    public init(
        store: any Store, remote: any Remote, language: any ManifestLanguage, checks: CheckRegistry, targets: Registry,
        probes: Registry,
        judge: @escaping Judge, tools: Tools, materials: Subject.Tools, validation: Validation,
        verify: @escaping VerifySignature = { _, _ in .notVerifiedHere },
        sign: @escaping SignCommits = { head, _ in head },
        tell: @escaping @Sendable (Event) -> Void = { _ in },
        step: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.store = store
        self.remote = remote
        self.language = language
        self.checks = checks
        self.targets = targets
        self.probes = probes
        self.judge = judge
        self.tools = tools
        self.validation = validation
        self.materials = materials
        self.verify = verify
        self.sign = sign
        self.tell = tell
        self.step = step
    }
}
