import Domain

extension ApprovalReader {
    /// The approvals that people gave on a forge's page of a request.
    ///
    /// A review counts only for the very head that it was given for, by somebody whom `martlet.yaml` names by their login, and
    /// who has no part in what is approved.
    ///
    /// - Parameters:
    ///   - people: Persons as `allowed_signers` and teams name them, by login: nothing else says who a login is.
    ///   - base: What the request leads to.
    ///   - version: What the request brings into the environment.
    func approvals(
        by pull: PullRequest, people: [String: String], of head: ObjectID, since base: ObjectID,
        bringing version: VersionName, into environment: String, policy snapshot: Snapshot
    ) async throws -> Approvals {
        let reviews = pull.lastWords.filter { $0.opinion == .approves }
        guard !reviews.isEmpty else { return Approvals() }
        let own = try await participants(in: head, since: base, bringing: version, into: environment, policy: snapshot)
        let names = Dictionary(people.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        var approvals = Approvals()
        for review in reviews {
            let person = names[review.person.lowercased()]
            if let person, let own,
                Self.objection(to: review, by: person, of: head, author: pull.author, own) == nil
            {
                approvals.count(Approval(person: person, commit: head, time: review.time ?? now()), snapshot.settings)
                continue
            }
            let login = Excerpt.line(review.person)
            let reason =
                person == nil
                ? "martlet.yaml does not say who \(login) is; add them to forge.people"
                : own == nil
                    ? "it brings too many commits: make it smaller"
                    : Self.objection(to: review, by: person ?? "", of: head, author: pull.author, own ?? []) ?? ""
            approvals.refused.append(.init(tag: "the review of \(login)", reason: reason))
        }
        return approvals
    }

    private static func objection(
        to review: PullRequest.Review, by person: String, of head: ObjectID, author: String, _ own: Set<String>
    ) -> String? {
        guard review.commit == head else {
            return review.commit.map { "it is of \($0.short), not of \(head.short): review again" }
                ?? "the forge does not say of which commit it is: review again"
        }
        let login = review.person.lowercased()
        guard login != author.lowercased(), !own.contains(person.lowercased()),
            !own.contains(where: { isOf(login, $0) })
        else { return "\(person) has a part in what is approved; somebody else must approve it" }
        return nil
    }

    /// Whether a name or address in a commit is a login's own, or the one that a forge gives it: `7+ada@users.noreply.github.com`.
    private static func isOf(_ login: String, _ name: String) -> Bool {
        guard name != login else { return true }
        let parts = name.split(separator: "@", maxSplits: 1)
        guard parts.count == 2, parts[1].split(separator: ".").contains("noreply") else { return false }
        return parts[0] == login || parts[0].hasSuffix("+\(login)") || parts[0].hasSuffix("-\(login)")
    }
}

extension Approvals {
    /// Adds a person who is not among them yet, with the teams that they are in.
    mutating func count(_ approval: Approval, _ settings: RepositorySettings) {
        func isSame(_ name: String) -> Bool { name.lowercased() == approval.person.lowercased() }
        guard !counted.contains(where: { isSame($0.person) }) else { return }
        let teams = settings.teams.filter { $0.value.contains(where: isSame) }.keys.sorted()
        counted.append(
            Approval(
                person: approval.person, teams: teams, tag: approval.tag, commit: approval.commit, time: approval.time))
        counted.sort { $0.person < $1.person }
    }

    /// These, and those of people who are not among them.
    func joined(with others: Approvals, _ settings: RepositorySettings) -> Approvals {
        var all = self
        for other in others.counted { all.count(other, settings) }
        all.refused += others.refused
        return all
    }
}
