import Domain

// What the loop remembers from pass to pass, by what it is about. A restart finds all of it out again.

/// What is told once, and not again while it stays as it is.
struct Told {
    /// What was wrong in the last snapshot.
    var problems: Set<Diagnostic> = []
    /// The branches where requests are that can be none.
    var branches: Set<String> = []
    /// The branch that the settings name, where it is another.
    var branch: String?
    /// What speaks against tags.
    var tagObjections: Set<String> = []
    /// What was said last of each deployment's trainings.
    var retraining: [Unit: String] = [:]
}

/// How Martlet's own records stand at the remote.
struct RecordKeeping {
    /// The status reference's commit that the ledger was last read from or written to.
    var tip: ObjectID?
    /// What of the status reference could not be read when it was read last.
    var lost: [Damage] = []
    /// Why records that this controller would write would not count, where they have to be signed.
    var signingProblem: String?
    /// Whether a record that was signed here was found to count, by what the branch asks for now.
    var isSigningProven = false
    /// Whether what a person let in with `acceptsRecords` was signed.
    var hasAccepted = false
}

/// Checks of versions, and what they found in this run.
struct CheckRuns {
    /// Evidence by key, with the time at which an error among it may be tried again, and how long it was given.
    var fresh: [Digest: (evidence: Evidence, retryAt: Timestamp?, limit: Duration)] = [:]
    /// The objects of evidence, by key: a promotion names them before they are published.
    var ids: [Digest: ObjectID] = [:]
    var unsaved: [Evidence] = []
    /// Why what a check found could not be kept, by the check's key; it is run again later.
    var failures: [Digest: String] = [:]
    /// The checks that each deployment asked for last: others are not worth running any more.
    var wanted: [Unit: Set<Digest>] = [:]

    /// Forgets what was found, which the store may not have kept.
    mutating func forgetEvidence() { (fresh, ids, unsaved) = ([:], [:], []) }
}

/// Looks of monitors by checks.
struct CheckLooks {
    /// What they found, and no pass has taken in yet.
    var found: [CheckLook: ProbeResult] = [:]
    /// How many watches of monitors there have been.
    var watchCount = 0
}

/// What became of the branch.
struct BranchMemory {
    var wasRewritten = false
    /// Why it cannot be read as far as it was read before.
    var problem: String?
    /// The last settings of environments whose folder is gone, while something still runs there.
    var formerEnvironments: [String: Environment] = [:]
}

/// Tags for what runs.
struct Tagging {
    /// What the tags say, as far as it was looked at.
    var wishes: [Unit: Controller.TagWish] = [:]
    /// When those that could not be pushed are tried again.
    var retries: [Unit: Timestamp] = [:]
}

/// Whether the origin can be reached.
struct OriginContact {
    /// Whether it answered the last look, and when it last did.
    var answers = true
    var lastAnswer: Timestamp?
    /// Whether all that is known is from an earlier run; no value before that was tried.
    var recalls: Bool?
}
