public import Domain
import Synchronization

/// Reads who has approved what: the signed tags `approve/ENV/MODEL/WHO`.
///
/// A tag counts only for the very commit that it names, under its own name, by somebody whom the protected branch lets sign, and who
/// has no part in what is approved.
public struct ApprovalReader: Sendable {
    let store: any Store
    private let language: any ManifestLanguage
    private let verify: VerifySignature
    let now: @Sendable () -> Timestamp
    private let parts = RememberedParts()

    /// How far the clocks of people's machines may be apart.
    private static let skew = Duration.seconds(300)

    public init(_ surroundings: Surroundings) {
        store = surroundings.store
        language = surroundings.language
        verify = surroundings.verify
        now = surroundings.tools.now
    }

    /// The approvals of `commit`: the head of a request, or the commit that defines a version.
    ///
    /// - Parameters:
    ///   - base: What the request leads to; whoever has a part in a commit of `commit` that `base` has not cannot approve it. `nil`
    ///     looks at `commit` alone.
    ///   - version: The version that the request brings: whoever has a part in what is new in it cannot approve it either.
    ///   - snapshot: Of the protected branch: who may sign, and who is in which team.
    public func approvals(
        of unit: Unit, at commit: ObjectID, since base: ObjectID?, bringing version: VersionName? = nil,
        policy snapshot: Snapshot
    ) async throws -> Approvals {
        let tree = snapshot.tree
        let (tags, signers) = try await store.read { reader in
            let signers = try Signers(in: tree, reader)
            return (try ApprovalTags(of: unit, among: signers, reader), signers)
        }
        let reviewsCount = snapshot.settings.forge?.reviews ?? false
        var approvals = Approvals(nobodyMaySign: signers.isEmpty && !reviewsCount)
        // What costs little comes first, and who signed what is approved last: that may be a thousand commits.
        var signed: [Signed] = []
        for found in tags.found {
            switch try await signer(of: found, commit, signers) {
            case .success(let signer): signed.append(signer)
            case .failure(let reason): approvals.refuse("\(found.name)", reason)
            }
        }
        if !signed.isEmpty {
            let makers = try await makers(of: commit, since: base, bringing: version, into: unit.environment, snapshot)
            for (one, reason) in try await objections(to: signed, makers, signers) {
                if let reason {
                    approvals.refuse("\(one.name)", reason)
                } else {
                    add(one, commit, snapshot.settings, to: &approvals)
                }
            }
        }
        approvals.refused.sort { $0.tag < $1.tag }
        if let left = tags.refusal(unit) { approvals.refused.append(left) }
        return approvals
    }

    /// Who made what a request or version brings; `nil` where that is too much to look at.
    func makers(
        of head: ObjectID, since base: ObjectID?, bringing version: VersionName?, into environment: String,
        _ snapshot: Snapshot
    ) async throws -> Makers? {
        let brought = Brought(head, since: base, version, in: environment, snapshot)
        let (language, remembered) = (language, parts)
        return try await store.read { reader in
            try brought.commits(reader, language, remembered).map(Makers.init)
        }
    }

    /// Who signed the commits, in lower case: what a name in a commit says is a claim, a signature is none.
    func signers(of makers: Makers, _ signers: Signers) async throws -> Set<String> {
        var people: Set<String> = []
        for commit in makers.commits {
            if let signer = try await verify(commit.id, signers).signer { people.insert(signer.lowercased()) }
        }
        return people
    }

    /// The approvals of a version that would enter: those on its own commit, and those on the head of the request for it.
    public func approvals(
        of version: ModelVersion, into environment: String, policy snapshot: Snapshot
    ) async throws -> Approvals {
        let unit = Unit(environment: environment, model: version.model)
        var approvals = try await approvals(
            of: unit, at: version.revision, since: nil, bringing: version.name, policy: snapshot)
        guard let head = try await request(for: version, unit) else { return approvals }
        let others = try await self.approvals(
            of: unit, at: head, since: snapshot.revision, bringing: version.name, policy: snapshot)
        approvals.refused = others.refused.filter { refusal in approvals.refused.contains { $0.tag == refusal.tag } }
        approvals.nextLook = [approvals.nextLook, others.nextLook].compactMap(\.self).min()
        for other in others.counted where !approvals.counted.contains(where: { $0.person == other.person }) {
            approvals.counted.append(other)
        }
        approvals.counted.sort { $0.person < $1.person }
        return approvals
    }

    /// The head of the request that moves the deployment to this very version.
    private func request(for version: ModelVersion, _ unit: Unit) async throws -> ObjectID? {
        let path = Snapshot.path(ofDeployment: unit.model, in: unit.environment)
        guard let place = ManifestPlace(path: path) else { return nil }
        let language = language
        return try await store.read { reader in
            guard let head = try reader.resolve(RequestName.reference(of: unit)) else { return nil }
            do {
                guard let entry = try reader.entry(at: path, in: reader.commit(head).tree) else { return nil }
                let file = try ParsedFile.read(place, entry, reader, language)
                return file.deployment?.pin?.revision == version.revision ? head : nil
            } catch let failure as any Failure where failure.remedy == .askHuman {
                // What cannot be read and stays so brings no version; as a request it is refused with the reason.
                return nil
            }
        }
    }

    /// A tag with a good signature of somebody whom its name is of.
    private struct Signed {
        let name: ApprovalTag
        let id: ObjectID
        let person: String
        /// The address that the tag says it is of, in lower case.
        let tagger: String
        let time: Timestamp
    }

    /// Why a tag does not count.
    struct Reason: Error {
        let text: String
        /// When that may be otherwise by itself.
        var again: Timestamp?

        init(_ text: String, again: Timestamp? = nil) {
            self.text = text
            self.again = again
        }

        static let unsigned = Reason("it is not signed; martlet approve, or git tag -s, makes one that is")
        static let isPart = "has a part in what is approved; somebody else must approve it"
        static let tooLarge = Reason(
            "it brings more than \(NewCommits.most) commits, or too large ones, or what it is made of is too old to tell who wrote it: "
                + "make it smaller, or a new version")
    }

    /// Who signed a tag, where nothing in the tag itself speaks against it.
    private func signer(
        of found: ApprovalTags.Found, _ commit: ObjectID, _ signers: Signers
    ) async throws -> Result<Signed, Reason> {
        if let fault = found.fault { return .failure(Reason(Excerpt.line(fault, limit: 300))) }
        guard let tag = found.tag else { return .failure(.unsigned) }
        guard tag.name == found.name.description else {
            return .failure(
                Reason("the tag says that it is '\(Excerpt.line(tag.name))': it was put here under another name"))
        }
        guard tag.target == commit else {
            return .failure(Reason("it approves \(tag.target.short), not \(commit.short): approve again"))
        }
        guard let tagger = tag.tagger else { return .failure(Reason("it says no time")) }
        if now() + Self.skew < tagger.time {
            let words = "it was signed at \(tagger.time), which is still to come"
            return .failure(Reason(words, again: tagger.time + (.zero - Self.skew)))
        }
        switch try await verdict(on: found.id, signers) {
        case .failure(let reason): return .failure(reason)
        case .success(.unsigned): return .failure(.unsigned)
        case .success(.rejected(let words)): return .failure(Reason("its signature does not hold: \(words)"))
        case .success(.good(let signer)):
            if signer.contains(where: { "*?!".contains($0) }) {
                return .failure(Reason("\(Signers.file) names the key '\(signer)', which is no single person"))
            }
            guard found.name.names(signer) else {
                let isOther = signers.names(of: signer).contains { found.name.names($0) }
                let hint = isOther ? ", as \(Signers.file) calls the key first: approve as that" : ""
                return .failure(Reason("it was signed by \(signer)\(hint), not by \(found.name.who)"))
            }
            return .success(
                Signed(
                    name: found.name, id: found.id, person: signer, tagger: tagger.email.lowercased(),
                    time: tagger.time))
        }
    }

    /// A signature that cannot be verified is trouble for its tag, not for the deployment.
    private func verdict(on tag: ObjectID, _ signers: Signers) async throws -> Result<SignatureVerdict, Reason> {
        do {
            return .success(try await verify(tag, signers))
        } catch let failure as any Failure {
            let words = "its signature could not be verified: \(Excerpt.line(failure.description, limit: 300))"
            return .failure(Reason(words, again: now() + .seconds(60)))
        }
    }

    /// What speaks against each of those who have signed well: their part in what is approved, and the time.
    private func objections(
        to signed: [Signed], _ makers: Makers?, _ signers: Signers
    ) async throws -> [(Signed, Reason?)] {
        guard let makers else { return signed.map { ($0, .tooLarge) } }
        // A commit of a machine whose clock is wrong is not what everything after it has to wait for.
        let limit = now() + Self.skew
        let newest = makers.commits.lazy.map(\.committer.time).filter { $0 <= limit }.max()
        func isPart(_ one: Signed, _ own: Set<String>) -> Reason? {
            let isPart = !own.isDisjoint(with: signers.names(of: one.person)) || own.contains(one.tagger)
            return isPart ? Reason("\(one.person) \(Reason.isPart)") : nil
        }
        func isEarly(_ one: Signed) -> Reason? {
            // With the clock turned back, a key that has expired would still be good.
            guard let newest, one.time + Self.skew < newest else { return nil }
            return Reason("it was signed at \(one.time), before what it approves (\(newest))")
        }
        let found = signed.map { ($0, isPart($0, makers.named) ?? isEarly($0)) }
        guard found.contains(where: { $0.1 == nil }) else { return found }
        do {
            let own = try await self.signers(of: makers, signers)
            return found.map { ($0.0, $0.1 ?? isPart($0.0, own)) }
        } catch let failure as any Failure {
            let unknown = unknownMakers(failure)
            return found.map { ($0.0, $0.1 ?? unknown) }
        }
    }

    /// Whoever signed what is approved may be the one who approves it.
    func unknownMakers(_ failure: any Failure) -> Reason {
        Reason(
            "who signed what is approved could not be found out: \(Excerpt.line(failure.description, limit: 300))",
            again: now() + .seconds(60))
    }

    private func add(
        _ one: Signed, _ commit: ObjectID, _ settings: RepositorySettings, to approvals: inout Approvals
    ) {
        guard !approvals.counted.contains(where: { $0.person.lowercased() == one.person.lowercased() }) else {
            return approvals.refuse("\(one.name)", Reason("\(one.person) has approved it already"))
        }
        approvals.count(Approval(person: one.person, tag: one.id, commit: commit, time: one.time), settings)
    }
}

/// Those who made what is approved.
struct Makers: Sendable {
    let commits: [Commit]
    /// Who wrote and committed it, alone or with others, by names and addresses, in lower case.
    let named: Set<String>

    init(_ commits: [Commit]) {
        self.commits = commits
        let people = commits.flatMap { [$0.author, $0.committer] }
        named = Set(people.flatMap { [$0.name.lowercased(), $0.email.lowercased()] } + commits.flatMap(\.coAuthors))
    }
}

/// What an approval lets in.
private struct Brought: Sendable {
    private let head: ObjectID
    private let base: ObjectID?
    private let version: VersionName?
    /// What runs where the version would go.
    private let running: ObjectID?

    init(
        _ head: ObjectID, since base: ObjectID?, _ version: VersionName?, in environment: String, _ snapshot: Snapshot
    ) {
        (self.head, self.base, self.version) = (head, base, version)
        running = version.flatMap { snapshot.deployment(of: $0.model, in: environment)?.value.pin?.revision }
    }

    /// Those that only the request has, and those that made the version; `nil` where there are too many to look at.
    func commits(
        _ reader: any ObjectReader, _ language: any ManifestLanguage, _ remembered: RememberedParts
    ) throws -> [Commit]? {
        guard let own = try request(reader) else { return nil }
        guard let version else { return own }
        let parts = try remembered.parts(of: version, since: running) {
            try VersionParts.commits(of: version, since: running, atMost: NewCommits.most, reader, language)
        }
        return parts.map { parts in own + parts.filter { part in !own.contains { $0.id == part.id } } }
    }

    private func request(_ reader: any ObjectReader) throws -> [Commit]? {
        guard let base else { return [try reader.commit(head)] }
        let new = try NewCommits(of: head, notOn: base, reader)
        return new.objection == nil ? new.commits : nil
    }
}

/// What versions are made of, as it was found before: commits do not change, and the way to them may be long.
private final class RememberedParts: Sendable {
    private struct Key: Hashable {
        let version: VersionName
        let running: ObjectID?
    }

    private struct Known {
        var parts: [Key: [Commit]?] = [:]
        var commits = 0
    }

    private let known = Mutex(Known())
    /// Commits hold their messages, which may be long.
    private static let room = 2000

    func parts(of version: VersionName, since running: ObjectID?, find: () throws -> [Commit]?) rethrows -> [Commit]? {
        let key = Key(version: version, running: running)
        if let found = known.withLock({ $0.parts[key] }) { return found }
        let parts = try find()
        known.withLock { known in
            if known.commits >= Self.room { known = Known() }
            known.parts[key] = .some(parts)
            known.commits += (parts?.count ?? 0) + 1
        }
        return parts
    }
}
