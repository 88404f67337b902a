public import Domain

/// Judges a push before it is let in: the server's side of the rules.
public struct PushGuard: Sendable {
    private let language: any ManifestLanguage
    private let validation: Validation
    private let branch: String
    private let prefix: String
    /// Asked about records that are pushed, where the branch says that they need signatures; `nil` lets them in.
    private let verify: VerifySignature?
    /// Whether all branches of the repository are here; a mirror has but those that a controller needs.
    private let seesBranches: Bool

    public init(
        language: any ManifestLanguage, validation: Validation, branch: String, prefix: String = "refs/martlet",
        seesBranches: Bool = true, verify: VerifySignature? = nil
    ) {
        self.seesBranches = seesBranches
        self.language = language
        self.validation = validation
        self.branch = branch
        self.prefix = prefix
        self.verify = verify
    }

    /// Why the updates must not be let in; nothing means that they may.
    public func objections(to updates: [ReferenceUpdate], _ reader: any ObjectReader) throws -> [String] {
        try missingBranch(after: updates, reader)
            + updates.flatMap { update in
                if update.new != nil, let words = try place(takenBy: update.name, reader) {
                    return ["\(update.name) would be in the way of \(words); choose another name"]
                }
                if update.name == "refs/heads/\(branch)" { return try branchObjections(update, reader) }
                if RequestName.unit(of: update.name) != nil { return try requestObjections(update, reader) }
                if update.name.hasPrefix(prefix + "/") { return try stateObjections(update, reader) }
                return []
            }
    }

    /// The same, and what would be wrong between the branch's manifests that is not so already.
    public func objections(to updates: [ReferenceUpdate], in store: any Store) async throws -> [String] {
        var objections = try await store.read { try self.objections(to: updates, $0) }
        objections += try await forgeries(among: updates, in: store)
        guard objections.isEmpty, let update = updates.first(where: { $0.name == "refs/heads/\(branch)" }),
            let new = update.new
        else { return objections }
        return try await validation.errors(at: new, since: update.old, in: store).map(\.description)
    }

    /// Records that nobody signed of those whose signature the branch asks for, as it is before the push.
    private func forgeries(among updates: [ReferenceUpdate], in store: any Store) async throws -> [String] {
        guard let verify, let tip = try await store.read({ try $0.resolve("refs/heads/\(branch)") }) else { return [] }
        let policy = try await store.read { try RecordPolicy(at: tip, $0, language) }
        guard policy.asksForSignatures else { return [] }
        let judge = RecordJudge(policy: policy, store: store, verify: verify)
        var found: [String] = []
        for update in updates where policy.records.contains(update.name) {
            guard let new = update.new,
                case .doubted(let doubt) = try await judge.verdict(on: update.name, at: new, after: nil)
            else { continue }
            found.append("\(doubt.words); only Martlet writes it")
        }
        return found
    }

    /// Why nobody would find the branch any more: its settings would name one that is not there.
    private func missingBranch(after updates: [ReferenceUpdate], _ reader: any ObjectReader) throws -> [String] {
        let reference = "refs/heads/\(branch)"
        func setting(at commit: ObjectID?) throws -> String? {
            guard let commit, let place = ManifestPlace(path: RepositorySettings.file),
                let entry = try reader.entry(at: RepositorySettings.file, in: reader.commit(commit).tree),
                case .repository(let settings)? = try ParsedFile.read(place, entry, reader, language).own
            else { return nil }
            return settings.branch
        }
        guard seesBranches, let update = updates.last(where: { $0.name == reference }), update.new != nil,
            let named = try setting(at: update.new), named != branch, try setting(at: update.old) != named
        else { return [] }
        let isThere =
            try updates.last { $0.name == "refs/heads/\(named)" }.map { $0.new != nil }
            ?? (reader.resolve("refs/heads/\(named)") != nil)
        return isThere
            ? []
            : [
                "\(RepositorySettings.file): spec.branch: there is no branch '\(Excerpt.line(named))' here, so \(branch) would be guarded by "
                    + "nobody; push that branch first"
            ]
    }

    private func branchObjections(_ update: ReferenceUpdate, _ reader: any ObjectReader) throws -> [String] {
        guard let new = update.new else { return ["\(branch) is the protected branch and must not be deleted"] }
        var objections: [String] = []
        let old = update.old.flatMap { try? reader.commit($0) }
        if let old, try !reader.reaches(old.id, from: new) {
            objections.append(
                "\(branch) would be rewritten: \(old.id.short) is not among the ancestors of \(new.short); rebase on it and push again"
            )
        }
        let tree = try reader.commit(new).tree
        for change in try reader.changes(from: old?.tree, to: tree, prefix: "") {
            guard let place = ManifestPlace(path: change.path), change.new != nil else { continue }
            let file = try ParsedFile.read(place, change.new, reader, language)
            var problems = file.file.diagnostics
            if let entry = change.new, problems.isEmpty {
                problems = validation.diagnostics(
                    of: try reader.blob(entry.id, atMost: ParsedFile.largest), path: change.path)
            }
            objections += problems.filter { $0.severity == .error }.map(\.description)
        }
        return try objections + forgeries(old: old, new: new, reader)
    }

    /// A request may propose anything: the controller judges it. Only lies in its commits are kept out at the door.
    private func requestObjections(_ update: ReferenceUpdate, _ reader: any ObjectReader) throws -> [String] {
        guard let new = update.new, let tip = try reader.resolve("refs/heads/\(branch)") else { return [] }
        let commits = try RequestCommits(of: new, notOn: tip, reader, language)
        return commits.objection.map { ["\(update.name): \($0)"] } ?? []
    }

    /// Commits whose trailers claim what the commit does not do.
    private func forgeries(old: Commit?, new: ObjectID, _ reader: any ObjectReader) throws -> [String] {
        var objections: [String] = []
        var passed: Set<ObjectID> = []
        var line = BranchLine(reader, over: old?.id, of: branch)
        line.looksAside = true
        try reader.walk(from: new, &line) { commit in
            if commit.id == old?.id { return false }
            passed.insert(commit.id)
            let objection =
                try TrailerClaims.disguise(in: commit)
                ?? TrailerClaims.objection(to: commit, withRecords: old != nil, reader, language)
            if let objection { objections.append(objection) }
            return passed.count < 10_000
        }
        guard let old, line.isDoubtful, try reader.reaches(old.id, from: new) else { return objections }
        return try objections + misleading(old.id, new, passed, reader)
    }

    /// Why whoever reads the branch's history without knowing what the branch was would misread it. So does Martlet where its records are lost.
    ///
    /// - Parameter passed: What the branch would have been above `old`.
    private func misleading(
        _ old: ObjectID, _ new: ObjectID, _ passed: Set<ObjectID>, _ reader: any ObjectReader
    ) throws -> [String] {
        var joint: ObjectID?, forged: ObjectID?
        try reader.line(from: new, through: nil, of: branch) { commit in
            if try reader.reaches(commit.id, from: old) { joint = commit.id }
            if joint == nil, commit.isOnlyOnBranch, !passed.contains(commit.id) { forged = commit.id }
            return joint == nil && forged == nil
        }
        if let forged {
            return [
                "\(forged.short) was not made on \(branch), and has trailers that Martlet writes only there; leave that commit out"
            ]
        }
        guard joint != old else { return [] }
        let missed = try BranchHistory(from: joint, to: old, of: branch, reader, language).events
        guard !missed.isEmpty else { return [] }
        return [
            "\(branch) was merged into something else, whose history then hides what was promoted, rolled back or held on \(branch) "
                + "since \(joint?.short ?? "it began"); git pull --rebase, and push again"
        ]
    }

    /// What there can be none of beside a reference of this name: Git keeps a name as a reference or as a folder of references.
    private func place(takenBy name: String, _ reader: any ObjectReader) throws -> String? {
        if name == prefix || liesBelowRecord(name) { return "Martlet's records" }
        if name.hasPrefix(RequestNotes(prefix: prefix).reference + "/") { return "Martlet's notes on requests" }
        let parts = name.pathParts().map(String.init)
        guard parts.starts(with: ["refs", "heads", "promote"]) else { return nil }
        guard parts.count > 3 else { return "the requests, promote/ENV/MODEL" }
        guard let tip = try reader.resolve("refs/heads/\(branch)") else { return nil }
        let tree = try reader.commit(tip).tree
        let environment = parts[3], model = parts.dropFirst(4)
        func isThere(_ path: String, _ mode: FileMode) throws -> Bool {
            try reader.entry(at: path, in: tree)?.mode == mode
        }
        let folder = (["environments", environment] + model).joined(separator: "/")
        if model.isEmpty {
            return try isThere(folder, .tree) ? "the requests for \(environment), promote/\(environment)/MODEL" : nil
        }
        guard try reader.entry(at: folder + ".yaml", in: tree) == nil else { return nil }
        if try isThere(folder, .tree) { return "the requests for what lies in \(folder)/" }
        for end in model.indices.dropFirst() {
            let outer = model[..<end].joined(separator: "/")
            let path = Snapshot.path(ofDeployment: outer, in: environment)
            if try reader.entry(at: path, in: tree) != nil { return "the requests promote/\(environment)/\(outer)" }
        }
        return nil
    }

    /// Whether a name makes one of Martlet's records a folder.
    private func liesBelowRecord(_ name: String) -> Bool {
        (RecordPolicy.stores.map { $0.name } + ["lease"]).contains { name.hasPrefix("\(prefix)/\($0)/") }
    }

    /// Evidence and status are histories: they only grow, and a hold does not vanish from them unsaid.
    private func stateObjections(_ update: ReferenceUpdate, _ reader: any ObjectReader) throws -> [String] {
        guard update.name != prefix + "/lease" else { return [] }
        if update.new == nil, liesBelowRecord(update.name) { return [] }
        guard let new = update.new else { return ["\(update.name) holds Martlet's records and must not be deleted"] }
        guard let old = update.old else { return [] }
        guard try reader.reaches(old, from: new) else {
            return ["\(update.name) would be rewritten: records are only added to; fetch it and try again"]
        }
        return update.name == prefix + "/status" ? try vanishedHolds(old, new, reader) : []
    }

    private func vanishedHolds(_ old: ObjectID, _ new: ObjectID, _ reader: any ObjectReader) throws -> [String] {
        let before = try StatusStore.ledger(at: old, reader), after = try StatusStore.ledger(at: new, reader)
        let lifted = try liftedVersions(before.observed, after.observed, reader)
        let tree = try reader.resolve("refs/heads/\(branch)").map { try reader.commit($0).tree }
        return try before.statuses.sorted { $0.key < $1.key }.flatMap { unit, status in
            // A deployment that the branch no longer has takes its holds with it.
            let path = Snapshot.path(ofDeployment: unit.model, in: unit.environment)
            if let tree, try reader.entry(at: path, in: tree) == nil { return [] as [String] }
            let still = after[unit]?.rejected ?? []
            return status.rejected.filter { rejection in
                !still.contains { $0.revision == rejection.revision || ($0.tree != nil && $0.tree == rejection.tree) }
                    && still.count < 20
                    && !lifted.contains(VersionName(model: unit.model, revision: rejection.revision))
            }.map {
                "\(update(unit)): the hold on \(unit.model) \($0.revision.short) is gone, but no commit of \(branch) lifts it"
            }
        }
    }

    private func update(_ unit: Unit) -> String { "\(prefix)/status \(unit)" }

    private func liftedVersions(_ start: ObjectID?, _ end: ObjectID?, _ reader: any ObjectReader) throws -> Set<
        VersionName
    > {
        guard let start, let end, (try? reader.commit(end)) != nil else { return [] }
        let history = try BranchHistory(from: start, to: end, of: branch, reader, language)
        return Set(
            history.events.compactMap { event in
                switch event {
                case .hold(let hold): hold.isLift ? VersionName(model: hold.unit.model, revision: hold.revision) : nil
                case .transition(let transition):
                    transition.new.map { VersionName(model: transition.unit.model, revision: $0.revision) }
                }
            })
    }
}
