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
        let names = Dictionary(people.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        var approvals = Approvals()
        var open: [(review: PullRequest.Review, person: String)] = []
        for review in reviews {
            if let person = names[review.person.lowercased()] {
                if let words = Self.objection(to: review, by: person, of: head, author: pull.author) {
                    approvals.refuse(review, Reason(words))
                } else {
                    open.append((review, person))
                }
            } else {
                let words = "martlet.yaml does not say who \(Excerpt.line(review.person)) is; add them to forge.people"
                approvals.refuse(review, Reason(words))
            }
        }
        guard !open.isEmpty else { return approvals }
        let tree = snapshot.tree
        let signers = try await store.read { try Signers(in: tree, $0) }
        let own = try await own(in: head, since: base, bringing: version, into: environment, snapshot, signers)
        for (review, person) in open {
            switch own {
            case .failure(let reason): approvals.refuse(review, reason)
            case .success(let own) where Self.isPart(review, signers.names(of: person), own):
                approvals.refuse(review, Reason("\(person) \(Reason.isPart)"))
            case .success:
                approvals.count(Approval(person: person, commit: head, time: review.time ?? now()), snapshot.settings)
            }
        }
        return approvals
    }

    /// Who has a part in what a request brings, in lower case: by name and address, and by signature.
    private func own(
        in head: ObjectID, since base: ObjectID, bringing version: VersionName, into environment: String,
        _ snapshot: Snapshot, _ signers: Signers
    ) async throws -> Result<Set<String>, Reason> {
        guard let makers = try await makers(of: head, since: base, bringing: version, into: environment, snapshot)
        else { return .failure(.tooLarge) }
        do {
            return .success(makers.named.union(try await self.signers(of: makers, signers)))
        } catch let failure as any Failure {
            return .failure(unknownMakers(failure))
        }
    }

    private static func objection(
        to review: PullRequest.Review, by person: String, of head: ObjectID, author: String
    ) -> String? {
        guard review.commit == head else {
            return review.commit.map { "it is of \($0.short), not of \(head.short): review again" }
                ?? "the forge does not say of which commit it is: review again"
        }
        return review.person.lowercased() == author.lowercased() ? "\(person) \(Reason.isPart)" : nil
    }

    private static func isPart(_ review: PullRequest.Review, _ names: Set<String>, _ own: Set<String>) -> Bool {
        let login = review.person.lowercased()
        return !own.isDisjoint(with: names) || own.contains { isOf(login, $0) }
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
    mutating func refuse(_ tag: String, _ reason: ApprovalReader.Reason) {
        refused.append(Refusal(tag: tag, reason: reason.text))
        nextLook = [nextLook, reason.again].compactMap(\.self).min()
    }

    fileprivate mutating func refuse(_ review: PullRequest.Review, _ reason: ApprovalReader.Reason) {
        refuse("the review of \(Excerpt.line(review.person))", reason)
    }

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
        all.nextLook = [nextLook, others.nextLook].compactMap(\.self).min()
        return all
    }
}
