public import Domain
import Synchronization

/// Reads who has approved what: the signed tags `approve/ENV/MODEL/WHO`.
///
/// A tag counts only for the very commit that it names, under its own name, by somebody whom the protected branch lets sign, and who
/// has no part in what is approved.
public struct ApprovalReader: Sendable {
    private let store: any Store
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
        let brought = Brought(commit, since: base, version, in: unit.environment, snapshot)
        let (tree, language, remembered) = (snapshot.tree, language, parts)
        let found = try await store.read { reader -> (tags: [Found], parts: [Commit]?, signers: Signers)? in
            let tags = try Self.tags(of: unit, reader)
            guard !tags.isEmpty else { return nil }
            return (tags, try brought.commits(reader, language, remembered), try Signers(in: tree, reader))
        }
        guard let found else { return Approvals() }
        guard let parts = found.parts else {
            let reason =
                "it brings more than \(Brought.mostCommits) commits, or what it is made of is too old to tell who wrote it: make it "
                + "smaller, or a new version"
            return Approvals(refused: found.tags.map { .init(tag: "\($0.name)", reason: reason) })
        }
        let own = try await participants(parts, found.signers)
        var approvals = Approvals()
        for candidate in found.tags {
            switch try await look(at: candidate, commit, parts, own, found.signers) {
            case .success(let person):
                add(person, candidate, commit, snapshot.settings, to: &approvals)
            case .failure(let reason): approvals.refused.append(.init(tag: "\(candidate.name)", reason: reason.text))
            }
        }
        return approvals
    }

    /// Who has a part in what a request brings, in lower case; `nil` where it has too many commits to look at.
    func participants(
        in head: ObjectID, since base: ObjectID?, bringing version: VersionName, into environment: String,
        policy snapshot: Snapshot
    ) async throws -> Set<String>? {
        let brought = Brought(head, since: base, version, in: environment, snapshot)
        let (tree, language, remembered) = (snapshot.tree, language, parts)
        let (parts, signers) = try await store.read { reader in
            (try brought.commits(reader, language, remembered), try Signers(in: tree, reader))
        }
        guard let parts else { return nil }
        return try await participants(parts, signers)
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
            guard let head = try reader.resolve("refs/heads/promote/\(unit.environment)/\(unit.model)"),
                let entry = try reader.entry(at: path, in: reader.commit(head).tree)
            else { return nil }
            let file = try ParsedFile.read(place, entry, reader, language)
            return file.deployment?.pin?.revision == version.revision ? head : nil
        }
    }

    /// A tag below `approve/ENV/MODEL/`.
    private struct Found: Sendable {
        let name: ApprovalTag
        let id: ObjectID
        /// `nil` where the reference leads straight to a commit.
        let tag: Tag?
    }

    private struct Reason: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    private static func tags(of unit: Unit, _ reader: any ObjectReader) throws -> [Found] {
        try reader.references(matching: "\(ApprovalTag.prefix)\(unit.environment)/\(unit.model)/*").compactMap {
            guard let name = ApprovalTag($0.name), name.unit == unit else { return nil }
            return Found(name: name, id: $0.target, tag: try reader.tag($0.target))
        }
    }

    /// Who has a part in the commits: by name and address, and by signature.
    private func participants(_ commits: [Commit], _ signers: Signers) async throws -> Set<String> {
        var people: Set<String> = []
        for commit in commits {
            for person in [commit.author, commit.committer] {
                people.formUnion([person.name.lowercased(), person.email.lowercased()])
            }
            if let signer = try await verify(commit.id, signers).signer { people.insert(signer.lowercased()) }
        }
        return people
    }

    private func look(
        at found: Found, _ commit: ObjectID, _ parts: [Commit], _ own: Set<String>, _ signers: Signers
    ) async throws -> Result<String, Reason> {
        guard let tag = found.tag else {
            return .failure(Reason("it is not signed; martlet approve, or git tag -s, makes one that is"))
        }
        guard tag.name == found.name.description else {
            return .failure(
                Reason("the tag says that it is '\(Excerpt.line(tag.name))': it was put here under another name"))
        }
        guard tag.target == commit else {
            return .failure(Reason("it approves \(tag.target.short), not \(commit.short): approve again"))
        }
        switch try await verify(found.id, signers) {
        case .unsigned: return .failure(Reason("it is not signed; martlet approve, or git tag -s, makes one that is"))
        case .rejected(let words): return .failure(Reason("its signature does not hold: \(words)"))
        case .good(let signer):
            return objection(to: signer, tag, found.name, parts, own).map { .failure($0) } ?? .success(signer)
        }
    }

    /// What speaks against a well signed tag.
    private func objection(
        to signer: String, _ tag: Tag, _ name: ApprovalTag, _ parts: [Commit], _ own: Set<String>
    ) -> Reason? {
        if signer.contains(where: { "*?!".contains($0) }) {
            return Reason("\(Signers.file) names the key '\(signer)', which is no single person")
        }
        guard name.names(signer) else { return Reason("it was signed by \(signer), not by \(name.who)") }
        let people = [signer.lowercased()] + (tag.tagger.map { [$0.email.lowercased()] } ?? [])
        if people.contains(where: own.contains) {
            return Reason("\(signer) has a part in what is approved; somebody else must approve it")
        }
        guard let time = tag.tagger?.time else { return Reason("it says no time") }
        // With the clock turned back, a key that has expired would still be good.
        if let newest = parts.map(\.committer.time).max(), time + Self.skew < newest {
            return Reason("it was signed at \(time), before what it approves (\(newest))")
        }
        if now() + Self.skew < time { return Reason("it was signed at \(time), which is still to come") }
        return nil
    }

    private func add(
        _ person: String, _ found: Found, _ commit: ObjectID, _ settings: RepositorySettings,
        to approvals: inout Approvals
    ) {
        let isKnown = approvals.counted.contains { $0.person.lowercased() == person.lowercased() }
        guard !isKnown, let time = found.tag?.tagger?.time else {
            return approvals.refused.append(.init(tag: "\(found.name)", reason: "\(person) has approved it already"))
        }
        approvals.count(Approval(person: person, tag: found.id, commit: commit, time: time), settings)
    }
}

/// What an approval lets in.
private struct Brought: Sendable {
    private let head: ObjectID
    private let base: ObjectID?
    private let version: VersionName?
    /// What runs where the version would go.
    private let running: ObjectID?

    static let mostCommits = 1000

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
            try VersionParts.commits(of: version, since: running, atMost: Self.mostCommits, reader, language)
        }
        return parts.map { parts in own + parts.filter { part in !own.contains { $0.id == part.id } } }
    }

    private func request(_ reader: any ObjectReader) throws -> [Commit]? {
        guard let base else { return [try reader.commit(head)] }
        var commits: [Commit] = []
        var waiting = [head]
        var known: Set<ObjectID> = [head]
        while let id = waiting.popLast() {
            if try reader.reaches(id, from: base) { continue }
            guard commits.count < Self.mostCommits else { return nil }
            let commit = try reader.commit(id)
            commits.append(commit)
            waiting += commit.parents.filter { known.insert($0).inserted }
        }
        return commits
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
