public import Domain

/// M1: every change of the model's specification came to the branch with a review by somebody else.
///
/// Looks at the commits since the version that runs now, or the last ones. Anybody can write any name into a commit, so names count
/// only under a good signature of somebody whom the branch lets sign and who has no part in the change: who merges it with one has
/// reviewed it, and vouches for the `Reviewed-by:`, `Approved-by:` and `Acked-by:` trailers of the commit.
public struct SpecReviewed: Check {
    public static let id = "model.spec-reviewed"
    public static let summary = "Each change of the specification is on the branch and was reviewed by somebody else."
    public static let version = 3
    public static let looksAt: Set<CheckInput> = [.history, .deployed, .signers]

    let approvals: Int
    let paths: [String]
    let commits: Int
    let trust: [String]

    public init(_ fields: Fields) throws(FieldErrors) {
        approvals = fields.value(
            "approvals", default: 1, within: .atLeast(1), "how many others must have reviewed a change")
        paths = fields.value(
            "paths", nonEmpty: ["model.yaml", "schema.yaml", "params.yaml", "*.py"],
            "the files of the model's folder that specify it, besides those that model.yaml names as schema and params; "
                + "* stands for anything")
        commits = fields.value(
            "commits", default: 200, within: .atLeast(1), "how many commits to look back where nothing runs yet")
        trust = fields.value(
            "trust", default: [], "signers, such as a training robot's key, whose signed changes need no review")
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
                return Outcome(
                    .fail, words, findings: [Finding(.fail, words)], measurements: ["on_branch": false])
            }
            let named = [subject.manifest.schema, subject.manifest.training.params].compactMap(\.self)
            let changes = try await self.changes(of: model, named, from: revision, to: base, subject.tools.store)
            let signers = try await subject.tools.store.read { try Signers(in: $0.commit(tip).tree, $0) }
            var findings: [Finding] = []
            for change in changes {
                let review = try await review(of: change) { try await subject.tools.verify($0, signers) }
                guard !review.isTrusted, review.people.count < approvals else { continue }
                let doubt = review.doubt.map { "; \($0)" } ?? ""
                findings.append(
                    Finding(
                        .fail,
                        "\(change.paths.listed(3)) changed in \(change.commit.id.short) (\(Excerpt.line(change.author.name)), "
                            + "\(review.people.count) approvals, expected \(approvals)\(doubt))",
                        file: change.paths.first))
            }
            return Outcome(
                findings,
                otherwise: changes.isEmpty
                    ? "the specification has not changed"
                    : "\(changes.count) changes of the specification were all reviewed",
                measurements: ["changes": .int(changes.count), "unreviewed": .int(findings.count)])
        }
    }

    private struct SpecChange: Sendable {
        let commit: Commit
        let paths: [String]
        /// Who wrote it: of a merge, the author of the merged tip.
        let author: Person
        /// The commits that a merge brought; none where there are too many to look at.
        let brought: [Commit]?

        var isMerge: Bool { commit.parents.count > 1 }
    }

    /// What is known of who reviewed a change.
    private struct Review {
        var people: Set<String> = []
        var isTrusted = false
        /// Why names that stand there do not count.
        var doubt: String?
    }

    private func changes(
        of model: String, _ named: [String], from revision: ObjectID, to base: ObjectID?, _ store: any Store
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
                        .filter { path in named.contains(path) || patterns.contains { $0.matches(path) } }
                    if !changed.isEmpty {
                        let merged = try commit.parents.dropFirst().first.map { try reader.commit($0) } ?? commit
                        changes.append(
                            SpecChange(
                                commit: commit, paths: changed.map { "models/\(model)/\($0)" }, author: merged.author,
                                brought: try Self.brought(by: commit, reader)))
                    }
                }
                return base != nil || looked < most
            }
            return changes
        }
    }

    private static let mostBrought = 1000

    /// The commits that a merge brought to its first parent, or `nil` where they are too many.
    private static func brought(by merge: Commit, _ reader: any ObjectReader) throws -> [Commit]? {
        guard let base = merge.parents.first else { return [] }
        var commits: [Commit] = []
        var waiting = Array(merge.parents.dropFirst()), known = Set(waiting)
        while let id = waiting.popLast() {
            if try reader.reaches(id, from: base) { continue }
            guard commits.count < mostBrought else { return nil }
            let commit = try reader.commit(id)
            commits.append(commit)
            waiting += commit.parents.filter { known.insert($0).inserted }
        }
        return commits
    }

    private func review(of change: SpecChange, _ verify: (ObjectID) async throws -> SignatureVerdict) async throws
        -> Review
    {
        let named = Self.named(in: change.commit.message)
        guard change.isMerge || !named.isEmpty || !trust.isEmpty else { return Review() }
        var review = Review()
        switch try await verify(change.commit.id) {
        case .good(let signer):
            review.isTrusted = !change.isMerge && trust.contains { $0.lowercased() == signer.lowercased() }
            guard let part = try await participants(in: change, verify) else {
                review.doubt = "it merges more than \(Self.mostBrought) commits; make it smaller"
                break
            }
            if signer.contains(where: { "*?!".contains($0) }) {
                review.doubt = "\(Signers.file) names the key '\(signer)', which is no single person"
            } else if part.contains(signer.lowercased()) {
                review.doubt = "it is signed by \(signer), who has a part in it"
            } else {
                review.people = named.union(change.isMerge ? [signer.lowercased()] : []).subtracting(part)
            }
        case .unsigned: review.doubt = Self.doubt(named, change, "the commit is not signed")
        case .rejected(let words): review.doubt = Self.doubt(named, change, "its signature does not hold: \(words)")
        }
        return review
    }

    /// Who has a part in a change, by name, address and signature; `nil` where there is too much to look at.
    private func participants(
        in change: SpecChange, _ verify: (ObjectID) async throws -> SignatureVerdict
    ) async throws -> Set<String>? {
        guard change.isMerge else { return [change.author.name.lowercased(), change.author.email.lowercased()] }
        guard let brought = change.brought else { return nil }
        var people: Set<String> = []
        for commit in brought {
            for person in [commit.author, commit.committer] {
                people.formUnion([person.name.lowercased(), person.email.lowercased()])
            }
            if let signer = try await verify(commit.id).signer { people.insert(signer.lowercased()) }
        }
        return people
    }

    private static func doubt(_ named: Set<String>, _ change: SpecChange, _ why: String) -> String {
        let names = named.isEmpty ? change.commit.author.email : named.sorted().joined(separator: ", ")
        return "the review by \(Excerpt.line(names)) is unverified: \(why)"
    }

    /// The addresses in the trailers of a message.
    private static func named(in message: String) -> Set<String> {
        var found: Set<String> = []
        for line in Array(message.utf8).lines {
            let lower = line.lowercased()
            guard lower.hasPrefix("reviewed-by:") || lower.hasPrefix("approved-by:") || lower.hasPrefix("acked-by:"),
                let start = line.firstIndex(of: "<"), let end = line[start...].firstIndex(of: ">")
            else { continue }
            found.insert(line[line.index(after: start)..<end].lowercased())
        }
        return found
    }
}
