public import Domain

/// M1: every change of the model's specification came to the branch with a review by somebody else.
///
/// Looks at the commits since the version that runs now, or the last ones: a merge counts as reviewed where somebody else
/// merged it, and so does a commit with enough `Reviewed-by:` or `Approved-by:` trailers of others.
public struct SpecReviewed: Check {
    public static let id = "model.spec-reviewed"
    public static let summary = "Each change of the specification is on the branch and was reviewed by somebody else."
    public static let looksAt: Set<CheckInput> = [.history, .deployed]

    let approvals: Int
    let paths: [String]
    let commits: Int
    let trust: [String]

    public init(_ fields: Fields) throws(FieldErrors) {
        approvals = fields.value("approvals", default: 1, "how many others must have reviewed a change")
        paths = fields.value(
            "paths", default: ["model.yaml", "schema.yaml", "params.yaml", "*.py"],
            "the files of the model's folder that specify it; * stands for anything")
        commits = fields.value("commits", default: 200, "how many commits to look back where nothing runs yet")
        trust = fields.value(
            "trust", default: [], "e-mail addresses, such as a training robot's, whose changes need no review")
        if approvals < 1 { fields.complain(about: "approvals", "must be at least 1") }
    }

    public func run(on subject: Subject) async throws -> Outcome {
        let model = subject.version.model, revision = subject.version.revision
        let tip = subject.tip, base = subject.deployed?.version.revision
        return try await Outcome.from {
            let isReachable = try await subject.tools.store.read { reader in
                guard (try? reader.commit(revision)) != nil, (try? reader.commit(tip)) != nil else {
                    return nil as Bool?
                }
                return try reader.reaches(revision, from: tip)
            }
            guard let isReachable else {
                throw MissingEvidence("the history of \(subject.version.title) is not in the repository")
            }
            guard isReachable else {
                let words =
                    "\(subject.version.title) is not on the branch: its commit \(revision.short) cannot be reached from it"
                return Outcome(.fail, words, findings: [Finding(.fail, words)])
            }
            let changes = try await self.changes(of: model, from: revision, to: base, subject.tools.store)
            let unreviewed = changes.filter { !isReviewed($0) }
            let findings = unreviewed.map { change in
                Finding(
                    .fail,
                    "\(change.paths.listed(3)) changed in \(change.commit.id.short) (\(change.author.name), "
                        + "\(reviewers(of: change).count) approvals, expected \(approvals))", file: change.paths.first)
            }
            return Outcome(
                findings,
                otherwise: changes.isEmpty
                    ? "the specification has not changed"
                    : "\(changes.count) changes of the specification were all reviewed",
                measurements: ["changes": .int(changes.count), "unreviewed": .int(unreviewed.count)])
        }
    }

    private struct SpecChange: Sendable {
        let commit: Commit
        let paths: [String]
        /// Who wrote it: of a merge, the author of the merged tip.
        let author: Person
    }

    private func changes(
        of model: String, from revision: ObjectID, to base: ObjectID?, _ store: any Store
    ) async throws -> [SpecChange] {
        let patterns = paths.map(NamePattern.init), most = commits
        return try await store.read { reader in
            var changes: [SpecChange] = [], looked = 0
            try reader.firstParents(from: revision) { commit in
                if commit.id == base { return false }
                looked += 1
                let before = try commit.parents.first.flatMap {
                    try reader.entry(at: "models/\(model)", in: try reader.commit($0).tree)?.id
                }
                let after = try reader.entry(at: "models/\(model)", in: commit.tree)?.id
                if let after, after != before {
                    let changed = try reader.changes(from: before, to: after, prefix: "").map(\.path)
                        .filter { path in patterns.contains { $0.matches(path) } }
                    if !changed.isEmpty {
                        let merged = try commit.parents.dropFirst().first.map { try reader.commit($0) } ?? commit
                        changes.append(
                            SpecChange(
                                commit: commit, paths: changed.map { "models/\(model)/\($0)" }, author: merged.author))
                    }
                }
                return base != nil || looked < most
            }
            return changes
        }
    }

    private func isReviewed(_ change: SpecChange) -> Bool {
        trust.contains(change.author.email) || reviewers(of: change).count >= approvals
    }

    /// The others who stand for a change, by address: those in its trailers, and who merged it.
    private func reviewers(of change: SpecChange) -> Set<String> {
        var found: Set<String> = []
        for line in change.commit.message.split(separator: "\n") {
            let lower = line.lowercased()
            guard lower.hasPrefix("reviewed-by:") || lower.hasPrefix("approved-by:") || lower.hasPrefix("acked-by:"),
                let start = line.firstIndex(of: "<"), let end = line[start...].firstIndex(of: ">")
            else { continue }
            found.insert(line[line.index(after: start)..<end].lowercased())
        }
        if change.commit.parents.count > 1 { found.insert(change.commit.author.email.lowercased()) }
        found.remove(change.author.email.lowercased())
        return found
    }
}
