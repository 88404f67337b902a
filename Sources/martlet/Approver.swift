import ControlLoop
import Domain
import Engines
import Git

/// Signs approvals in the user's own clone, and looks at the shared repository whether they count.
struct Approver {
    let who: String
    private let workspace: Workspace
    private let unit: Unit
    /// The user's clone.
    private let folder: String
    private let clone: GitStore
    private let controller: Controller
    private let surroundings: Surroundings

    /// What was approved, and what came of it.
    struct Approved {
        let unit: Unit
        let commit: ObjectID
        let version: Pin?
        let isRequest: Bool
        /// The versions that the signature lets in, as `NAME VERSION`.
        let brings: [String]
        let who: String
        /// Why it does not count.
        let refusal: String?
        let blockers: [Blocker]
    }

    init(_ workspace: Workspace, folder: String, unit: Unit, name: String?) async throws {
        self.workspace = workspace
        self.folder = folder
        self.unit = unit
        clone = try GitFolder.repository(folder)
        var options = Controller.Options()
        options.isDryRun = true
        surroundings = try Wiring.surroundings(workspace)
        controller = Controller(surroundings, branch: workspace.branch, options: options)
        if let name { who = name } else { who = try await Self.address(folder) }
        // A tag of such a name would be another deployment's, or none.
        guard !who.isEmpty, !who.contains(where: { $0 == "/" || $0.isWhitespace }) else {
            throw WrongUse("'\(Excerpt.line(who))' is no name of a person in \(Signers.file): no spaces and no slashes")
        }
    }

    func approve(message: String?) async throws -> Approved {
        let request = try await head()
        guard let plan = try await controller.explain(unit)?.plan else {
            throw try await Known(workspace).nothing(of: unit, await controller.currentSnapshot)
        }
        guard let commit = request ?? plan.candidate?.revision else {
            throw Refusal(message: "No request and no version of \(unit.model) waits before \(unit.environment).")
        }
        try await bring(commit)
        let moves = try await moves(of: request)
        let candidate = plan.candidate.map { ["\($0.model) \($0.pin.fullLabel)"] } ?? []
        let brings = moves.isEmpty ? candidate : moves.map(\.title)
        // Before the key is used, not after.
        Terminal.complain("Signs for \(unit.environment): \(brings.joined(separator: ", ")), at \(commit.short).")
        try await sign(commit, message ?? "Approve \(unit.model) for \(unit.environment)")
        let after = try await controller.explain(unit)?.plan ?? plan
        let own = moves.first { $0.model == unit.model }?.new
        let name = VersionName(model: unit.model, revision: own?.revision ?? plan.candidate?.revision ?? commit)
        let approvals = try await approvals(of: commit, name, isRequest: request != nil)
        var refusal = approvals?.refused.first { $0.tag == tag.description }?.reason
        let models = moves.isEmpty ? [unit.model] : moves.map(\.model)
        if refusal == nil { refusal = await objection(to: approvals?.counted ?? [], models) }
        let isNews = request != nil && refusal == nil
        return Approved(
            unit: unit, commit: commit, version: own ?? plan.candidate?.pin, isRequest: request != nil, brings: brings,
            who: who, refusal: refusal,
            blockers: isNews ? try await judgedAnew(after.blockers, approvals?.counted ?? []) : after.blockers)
    }

    /// Deletes what may count for this person, by whatever name, and looks again. Returns the tags.
    func revoke() async throws -> [ApprovalTag] {
        let own = try await ownTags()
        guard !own.isEmpty else {
            throw Refusal(message: "There is no approval of \(who)'s for \(unit) to take back.")
        }
        if let remote = try await remote() {
            let gone = own.map { ":\($0.reference)" }
            guard TerminalProgram.run(["git", "-C", folder, "push", "--quiet", remote] + gone) == 0 else {
                throw Refusal(
                    message: "\(Self.list(own)) could not be deleted at \(remote): the approval counts as before.")
            }
        }
        _ = try await run(["tag", "-d"] + own.map(\.description))
        let left = try await ownTags()
        guard left.isEmpty else {
            throw Refusal(message: "\(Self.list(left)) is still there, and counts as before.")
        }
        return own
    }

    private static func list(_ tags: [ApprovalTag]) -> String { tags.map(\.description).joined(separator: ", ") }

    /// The tags that this person signed, and those under the person's name that nobody else signed.
    private func ownTags() async throws -> [ApprovalTag] {
        let branch = "refs/heads/\(workspace.branch)"
        let below = ApprovalTag(unit: unit, who: "*").reference
        let references = try await workspace.remote.references([branch, below])
        try await workspace.remote.fetch([branch, below])
        guard let tip = references[branch] else { return [] }
        let signers = try await workspace.store.read { try Signers(in: $0.commit(tip).tree, $0) }
        var own: [ApprovalTag] = []
        var people: Set<String> = []
        for (name, id) in references.sorted(by: { $0.key < $1.key }) {
            guard let found = ApprovalTag(name), found.unit == unit, found.names(who) || tag.names(found.who) else {
                continue
            }
            let signer = try await surroundings.verify(id, signers).signer
            guard signer.map(tag.names) ?? found.names(who) else { continue }
            own.append(found)
            if let signer { people.insert(signer.lowercased()) }
        }
        guard people.count < 2 else {
            throw WrongUse("\(who) may be \(people.sorted().joined(separator: " or ")): say which with --as")
        }
        return own
    }

    private var tag: ApprovalTag { ApprovalTag(unit: unit, who: who) }

    /// The head of the request, if there is one.
    private func head() async throws -> ObjectID? {
        let branch = "refs/heads/\(unit.request)"
        guard let head = try await workspace.remote.references([branch])[branch] else { return nil }
        try await workspace.remote.fetch([branch])
        return head
    }

    /// What the request moves; nothing where there is none. Throws where nobody's word can help it.
    private func moves(of request: ObjectID?) async throws -> [RequestStatus.Move] {
        guard let request else { return [] }
        switch try await RequestPreview.read(
            unit, head: request, onto: workspace.branch, workspace.store, Workspace.language,
            verify: surroundings.verify)
        {
        case .moves(let moves): return moves
        case .hopeless(let reason):
            throw Refusal(message: "\(unit.request) is not signed: \(Excerpt.line(reason, limit: 500))")
        }
    }

    /// Makes sure that the clone has the commit: a tag needs it.
    private func bring(_ commit: ObjectID) async throws {
        if (try? await clone.read({ try $0.commit(commit).id })) != nil { return }
        guard let remote = try await remote() else { return }
        // A clone of one branch fetches no other by itself.
        for branch in [workspace.branch, unit.request] {
            _ = TerminalProgram.run(["git", "-C", folder, "fetch", "--quiet", remote, "refs/heads/\(branch)"])
            if (try? await clone.read({ try $0.commit(commit).id })) != nil { return }
        }
        _ = try await clone.read { try $0.commit(commit) }
    }

    private func sign(_ commit: ObjectID, _ message: String) async throws {
        guard
            TerminalProgram.run(
                ["git", "-C", folder, "tag", "--sign", "--force", "-m", message, tag.description, "\(commit)"]) == 0
        else { throw Refusal(message: try await hint()) }
        guard let remote = try await remote() else { return }
        guard TerminalProgram.run(["git", "-C", folder, "push", "--quiet", remote, "+\(tag.reference)"]) == 0 else {
            throw Refusal(
                message: "The approval is signed, but could not be pushed: git push \(remote) +\(tag.reference)")
        }
    }

    private func hint() async throws -> String {
        guard try await clone.configuration("user.signingkey") == nil else {
            return "git could not sign the approval; try it by hand: git tag -s test"
        }
        return """
            git could not sign the approval, and has no user.signingKey. To sign with an SSH key:
                git config gpg.format ssh
                git config user.signingKey ~/.ssh/id_ed25519.pub
            and have the key put into \(Signers.file).
            """
    }

    private func approvals(of commit: ObjectID, _ version: VersionName, isRequest: Bool) async throws -> Approvals? {
        guard let snapshot = await controller.currentSnapshot else { return nil }
        return try await ApprovalReader(surroundings).approvals(
            of: unit, at: commit, since: isRequest ? snapshot.revision : nil, bringing: version,
            policy: snapshot)
    }

    /// Why what was just signed helps none of the models, though it counts: their gates ask others.
    private func objection(to counted: [Approval], _ models: [String]) async -> String? {
        guard let snapshot = await controller.currentSnapshot,
            let environment = snapshot.environments[unit.environment],
            let own = counted.first(where: { tag.names($0.person) })
        else { return nil }
        let asked = models.compactMap { snapshot.gate(of: $0, in: environment.value)?.value.approvals?.from }
        guard !asked.isEmpty, !asked.contains(where: { $0.isEmpty || own.counts(among: $0) }) else { return nil }
        let teams = Set(asked.joined()).sorted().joined(separator: ", ")
        return "\(asked.count == 1 ? "the gate asks" : "the gates ask") \(teams), and \(own.person) is none of them"
    }

    /// What a request waits for now that one more has agreed: the controller's record is from before that.
    private func judgedAnew(_ blockers: [Blocker], _ counted: [Approval]) async throws -> [Blocker] {
        let requests = try await RequestList.read(
            workspace.store, Workspace.language, branch: workspace.branch, environment: unit.environment,
            verify: surroundings.verify)
        guard requests[unit]?.state == .open, let snapshot = await controller.currentSnapshot,
            let environment = snapshot.environments[unit.environment],
            let asked = snapshot.gate(of: unit.model, in: environment.value)?.value.approvals
        else { return blockers }
        let people = Set(counted.filter { $0.counts(among: asked.from) }.map(\.person))
        return blockers.compactMap { blocker in
            var blocker = blocker
            switch blocker.kind {
            case .approval:
                guard people.count < asked.count else { return nil }
                let so = people.isEmpty ? "nobody who is asked" : people.sorted().joined(separator: ", ")
                blocker.value = Double(people.count)
                blocker.reason = "\(asked.count) must agree, \(so) has signed"
            case .mode:
                blocker.reason = "\(unit.request) is open, and the controller judges it when it next looks"
            default: break
            }
            return blocker
        }
    }

    /// Where the clone pushes to; `nil` where it is the shared repository itself.
    private func remote() async throws -> String? {
        try await Upstream.of(clone)?.name
    }

    private func run(_ arguments: [String]) async throws -> CommandResult {
        await LocalProcess.run(Command(["git", "-C", folder] + arguments, environment: ProcessFacts.environment))
    }

    private static func address(_ folder: String) async throws -> String {
        let result = await LocalProcess.run(
            Command(["git", "-C", folder, "var", "GIT_COMMITTER_IDENT"], environment: ProcessFacts.environment))
        let text = String(decoding: result.output, as: UTF8.self)
        guard result.succeeded, let open = text.lastIndex(of: "<"), let close = text.lastIndex(of: ">"), open < close
        else { throw WrongUse("git does not know who you are: git config user.email YOU@EXAMPLE.COM, or --as WHO") }
        return String(text[text.index(after: open)..<close])
    }
}

extension Approver.Approved {
    var text: String {
        let what = isRequest ? "the request \(unit.request)" : brings.first ?? unit.model
        var lines = ["Signed for \(what) at \(commit.short) into \(unit.environment), as \(who)."]
        if isRequest { lines.append("It brings \(brings.joined(separator: ", ")).") }
        lines +=
            blockers.isEmpty ? ["Its gate is open."] : blockers.map { "\($0.kind.rawValue) \($0.name): \($0.reason)" }
        return lines.joined(separator: "\n")
    }

    var json: JSON {
        [
            "environment": .string(unit.environment), "model": .string(unit.model),
            "commit": .string(commit.description),
            "request": .bool(isRequest), "version": version?.json ?? .null,
            "brings": .array(brings.map { .string($0) }), "who": .string(who),
            "counts": .bool(refusal == nil), "reason": JSON(refusal), "blockers": .array(blockers.map(\.json)),
        ]
    }
}
