import Domain

/// One step that a pass makes on the branch, so that it can be made anew on top of another commit.
struct BranchStep: Sendable {
    enum Kind: Sendable { case rollback, hold, promotion }

    let kind: Kind
    let environment: String
    /// The deployments that it is about, each with the version that enters, or that goes back or no further.
    let subjects: [(unit: Unit, revision: ObjectID)]
    /// What it is, for a sentence that says who refuses it: `the promotion of tumor v2 to production`.
    let title: String
    /// What it does, for the log.
    let note: String
    /// Writes its commits on top of one, and returns the last; `nil` where there is nothing to do.
    let write: @Sendable (_ tip: ObjectID, _ writer: any ObjectWriter) throws -> ObjectID?
}

/// The commits that a pass puts on the branch, before they are published.
struct BranchDraft: Sendable {
    let tip: ObjectID
    var head: ObjectID
    /// What the commits do, for the log.
    var notes: [String] = []
    /// The steps that have led from the tip to the head, without the merges of requests.
    var steps: [BranchStep] = []
    /// Whether steps that the remote refuses together may be published one by one.
    var isDivisible = false
    /// The environments in which something goes back.
    var rolledBack: Set<String> = []
    /// Whether requests are merged on top.
    var isMerging = false
    var requests = RequestDraft()

    init(tip: ObjectID) {
        self.tip = tip
        head = tip
    }

    /// The steps that are published together where not all can be: what goes back or no further comes first, then what enters.
    var parts: [[BranchStep]] {
        let backward = steps.filter { $0.kind != .promotion }, forward = steps.filter { $0.kind == .promotion }
        return [backward, forward].flatMap { steps in
            var names: [String] = []
            for step in steps where !names.contains(step.environment) { names.append(step.environment) }
            return names.map { name in steps.filter { $0.environment == name } }
        }
    }
}
