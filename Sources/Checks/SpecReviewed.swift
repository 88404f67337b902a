public import Domain

/// M1: every change of the model's specification came to the branch with a review by somebody else.
///
/// Looks at the commits since the version that runs now, or the last ones. Anybody can write any name into a commit, so names count
/// only under a good signature of somebody whom the branch lets sign and who has no part in the change: who merges it with one has
/// reviewed it, and vouches for the `Reviewed-by:`, `Approved-by:` and `Acked-by:` trailers of the commit. Owners are those of CODEOWNERS as
/// it stood before the change.
public struct SpecReviewed: Check {
    public static let id = "model.spec-reviewed"
    public static let reads: [DeclaredFile] = [.record]
    public static let summary = "Each change of the specification is on the branch and was reviewed by somebody else."
    public static let version = 5
    public static let looksAt: Set<CheckInput> = [.history, .deployed, .signers]

    let approvals: Int
    let paths: [String]
    let commits: Int
    let trust: [String]
    let codeowners: Bool
    let signed: Bool

    public init(_ fields: Fields) throws(FieldErrors) {
        approvals = fields.value(
            "approvals", default: 1, within: .atLeast(1),
            "how many others must have reviewed a change: a review is a signature of its merge, or a Reviewed-by, Approved-by or Acked-by "
                + "trailer in a signed commit, by somebody of allowed_signers who is not its author")
        paths = fields.value(
            "paths", nonEmpty: ["model.yaml", "schema.yaml", "params.yaml", "*.py"],
            "the files of the model's folder that specify it, besides those that model.yaml names as schema and params; "
                + "* stands for anything")
        commits = fields.value(
            "commits", default: 200, within: .atLeast(1), "how many commits to look back where nothing runs yet")
        trust = fields.value(
            "trust", default: [], "signers, such as a training robot's key, whose signed changes need no review")
        codeowners = fields.value(
            "codeowners", default: true,
            "whether an owner of each changed file must be among the reviewers, where CODEOWNERS names one")
        signed = fields.value(
            "signed", default: false, "whether each commit of a change must be signed by somebody who may")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        try await Outcome.from {
            guard try await isReachable(subject.version.revision, from: subject.tip, subject) else {
                let words =
                    "\(subject.version.title) is not on the branch: its commit \(subject.version.revision.short) cannot be "
                    + "reached from it"
                return Outcome(
                    .fail, words, findings: [Finding(.fail, words)], measurements: ["on_branch": false])
            }
            let changes = try await SpecChange.all(of: subject, atMost: commits, where: isPart(of: subject.manifest))
            let (tip, read) = (subject.tip, subject.tools.read)
            let (signers, names) = try await subject.tools.store.read { reader in
                let tree = try reader.commit(tip).tree
                return (try Signers(in: tree, reader), try OwnerNames(in: tree, read, reader))
            }
            var findings: [Finding] = [], unreviewed = 0, unowned = 0
            for change in changes {
                let review = try await review(of: change) { try await subject.tools.verify($0, signers) }
                let missing = missingApprovals(change, review)
                unreviewed += missing == nil ? 0 : 1
                let owners = codeowners && !review.isTrusted ? change.lackingOwners(review.people, names) : []
                unowned += owners.isEmpty ? 0 : 1
                findings += [missing].compactMap(\.self) + owners
                guard signed else { continue }
                findings += try await unsigned(change) { try await subject.tools.verify($0, signers) }
            }
            if codeowners { findings += SpecChange.unreadOwners(of: changes) }
            findings +=
                try await TrainedSpec(of: subject)?.findings(
                    where: isPart(of: subject.manifest)) ?? []
            return Outcome(
                findings,
                otherwise: changes.isEmpty
                    ? "the specification has not changed"
                    : "\(changes.count) changes of the specification were all reviewed",
                measurements: [
                    "changes": .int(changes.count), "unreviewed": .int(unreviewed), "without_owners": .int(unowned),
                ])
        }
    }

    /// Whether a path in the model's folder is one of the specification's.
    private func isPart(of manifest: Model) -> @Sendable (String) -> Bool {
        let named = [manifest.schema, manifest.training.params].compactMap(\.self)
        let patterns = paths.map(NamePattern.init)
        return { path in named.contains(path) || patterns.contains { $0.matches(path) } }
    }

    private func isReachable(_ revision: ObjectID, from tip: ObjectID, _ subject: Subject) async throws -> Bool {
        let isReachable = try await subject.tools.store.read { reader in
            guard (try? reader.commit(revision)) != nil, (try? reader.commit(tip)) != nil else { return nil as Bool? }
            return try reader.reaches(revision, from: tip)
        }
        guard let isReachable else {
            throw MissingEvidence("the history of \(subject.version.title) is not in the repository")
        }
        return isReachable
    }

    private func missingApprovals(_ change: SpecChange, _ review: Review) -> Finding? {
        guard !review.isTrusted, review.people.count < approvals else { return nil }
        let doubt = review.doubt.map { "; \($0)" } ?? ""
        return Finding(
            .fail,
            "\(change.paths.listed(3)) changed in \(change.commit.id.short) (\(Excerpt.line(change.author.name)), "
                + "\(review.people.count) approvals, expected \(approvals)\(doubt))",
            file: change.paths.first)
    }

    /// The first of its commits that nobody signed whom the branch lets sign.
    private func unsigned(_ change: SpecChange, _ verify: (ObjectID) async throws -> SignatureVerdict) async throws
        -> [Finding]
    {
        guard let brought = change.brought else {
            let words = "\(change.commit.id.short) merges more than \(SpecChange.mostBrought) commits"
            return [Finding(.inconclusive, "\(words), too many to look at their signatures; make it smaller")]
        }
        for commit in [change.commit] + brought {
            let why: String
            switch try await verify(commit.id) {
            case .good: continue
            case .unsigned: why = "is not signed"
            case .rejected(let words): why = "has a signature that does not hold: \(words)"
            }
            return [
                Finding(
                    .fail,
                    "\(change.paths.listed(3)) changed in \(change.commit.id.short), of which \(commit.id.short) \(why)",
                    file: change.paths.first)
            ]
        }
        return []
    }

    /// What is known of who reviewed a change.
    private struct Review {
        var people: Set<String> = []
        var isTrusted = false
        /// Why names that stand there do not count.
        var doubt: String?
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
                review.doubt = "it merges more than \(SpecChange.mostBrought) commits; make it smaller"
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
        guard change.isMerge else {
            return change.commit.coAuthors.union([change.author.name.lowercased(), change.author.email.lowercased()])
        }
        guard let brought = change.brought else { return nil }
        var people: Set<String> = []
        for commit in brought {
            for person in [commit.author, commit.committer] {
                people.formUnion([person.name.lowercased(), person.email.lowercased()])
            }
            people.formUnion(commit.coAuthors)
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
