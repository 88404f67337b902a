import Domain
import Engines
import Git
import Glibc
import Manifests

/// A repository to work on: its objects here, and the remote where everybody's references are.
struct Workspace: Sendable {
    let store: GitStore
    let remote: any Remote
    let branch: String
    /// Where fetched artifacts and other things that can be made again are kept.
    let cache: String
    /// The folder of the repository that people push to, where it is on this machine.
    let origin: String?
    /// What a clone calls the repository that people share; `nil` where it knows none.
    var upstream: String?
    /// The files of the clone that is worked from: its own, or of one whose remote is worked on. What DVC keeps there, and remotes relative
    /// to it, are found by it.
    var workTree: String?
    var remoteName: String { upstream ?? "origin" }
    /// Whose branch, as this clone saw it last, counts where it is ahead of its own; `nil` where people push to, for there anybody may push
    /// what looks as if it had been fetched.
    var trackedRemote: String? { store.isBare ? nil : remoteName }

    static let language = YAMLManifests()

    /// Opens the repository for commands that only look at what is here.
    ///
    /// - Parameter checks: Whether checks are to run: they need the cache, and take a branch as the clone last saw it.
    static func local(_ options: RepositoryOptions, checks: Bool = false) async throws -> Workspace {
        let store = try GitFolder.repository(options.path)
        // Several remotes do not matter to a look.
        let upstream = (try? await Upstream.of(store)) ?? nil
        let cache = try checks ? Cache.folder(for: store.path) : Cache.folderOrNone(for: store.path)
        let workspace = Workspace(
            store: store, remote: SameStore(store, requestsOf: upstream?.name),
            branch: await branch(options, store, upstream?.name), cache: cache,
            origin: store.path, upstream: upstream?.name, workTree: store.workTree)
        try await workspace.requireBranch(in: store, orTracked: checks)
        return workspace
    }

    /// Opens the repository for commands that act once: its branch must be there.
    ///
    /// - Parameter isDryRun: Whether nothing will be written, so that it does not matter what is checked out.
    static func acting(_ options: RepositoryOptions, isDryRun: Bool = false) async throws -> Workspace {
        let workspace = try await looping(options, isDryRun: isDryRun)
        if let origin = try workspace.origin.map({ try GitStore(opening: $0) }) {
            try await workspace.requireBranch(in: origin)
        }
        return workspace
    }

    /// Opens the repository to act on the remote that a clone has, through a mirror of it. The branch may be pushed later.
    static func looping(_ options: RepositoryOptions, isDryRun: Bool = false) async throws -> Workspace {
        let isFolder = access(options.path, F_OK) == 0
        // Nobody will put a repository where the user's hand has slipped; a URL may be reached later.
        guard isFolder || !options.path.contains(":") else { return try await mirror(of: options.path, options) }
        let store = try GitFolder.repository(options.path)
        if let upstream = try await Upstream.of(store) {
            let push = upstream.pushURL.map { [GitCommandLine.pushing(to: $0)] } ?? []
            var workspace = try await mirror(of: upstream.url, options, try await store.waysToRemotes() + push)
            workspace.workTree = store.workTree
            if !isDryRun { try await workspace.requireOpenDoor(of: store, upstream) }
            return workspace
        }
        let branch = await branch(options, store, nil)
        if !store.isBare, store.headBranch == branch, !isDryRun {
            throw WrongUse(
                "\(options.path) has the branch '\(branch)' checked out and no remote. \(bareRepository(beside: store))"
            )
        }
        return Workspace(
            store: store, remote: SameStore(store), branch: branch, cache: try Cache.folder(for: store.path),
            origin: store.path, workTree: store.workTree)
    }

    private static func mirror(
        of url: String, _ options: RepositoryOptions, _ settings: [(key: String, value: String)] = []
    ) async throws -> Workspace {
        let cache = try Cache.folder(for: url)
        let mirror = try await Mirror.whole(
            url, at: cache + "/mirror.git", environment: ProcessFacts.environment, settings: settings,
            run: LocalProcess.run)
        let local = url.hasPrefix("file://") ? String(url.dropFirst(7)) : url
        let origin = try? GitStore(opening: local)
        return Workspace(
            store: mirror.store, remote: mirror.remote, branch: await branch(options, of: mirror, origin), cache: cache,
            origin: origin?.path)
    }

    /// Throws where the remote, a clone of this machine, takes no push to the branch.
    private func requireOpenDoor(of store: GitStore, _ upstream: Upstream) async throws {
        guard let path = origin, let there = try? GitStore(opening: path), try await there.refusesPushes(to: branch)
        else { return }
        let place = there.workTree ?? there.path
        let fault =
            "the remote '\(upstream.name)' of \(store.workTree ?? store.path) is the work clone \(place), which has "
            + "the branch '\(branch)' checked out, so that Git refuses every push to it. "
        guard store.isBare else { throw WrongUse(fault + Self.bareRepository(beside: there)) }
        throw WrongUse(
            fault + "If people push to \(store.path), it needs no remote: "
                + "git -C \(store.path) remote remove \(upstream.name)")
    }

    private static func bareRepository(beside store: GitStore) -> String {
        """
        Martlet writes commits, never files: it needs a bare repository that people push to. To make one, in \
        \(store.workTree ?? store.path):
            git clone --bare . ../models.git && git -C ../models.git remote remove origin \
        && git remote add origin "$PWD/../models.git"
        """
    }

    /// A remote that cannot be reached now is looked for later; then its branch is the one that the mirror has from earlier, or the usual one.
    private static func branch(_ options: RepositoryOptions, of mirror: Mirror, _ origin: GitStore?) async -> String {
        if let branch = options.branch { return branch }
        if let origin { return await branch(options, origin, nil) }
        let named = try? await (mirror.remote as? GitCommandLine)?.headBranch()
        guard let head = named else { return await protectedBranch(of: mirror.store) }
        try? await mirror.remote.fetch(["refs/heads/\(head)"])
        return await setting(on: head, in: mirror.store) ?? head
    }

    private static func branch(_ options: RepositoryOptions, _ store: GitStore, _ upstream: String?) async -> String {
        if let branch = options.branch { return branch }
        return await protectedBranch(of: store, upstream ?? "origin")
    }

    /// - Parameter orTracked: Whether it is enough that a clone has seen the branch at its remote.
    private func requireBranch(in store: GitStore, orTracked: Bool = false) async throws {
        let (branch, upstream) = (branch, remoteName)
        let (isTracked, others) = try await store.read { reader -> (Bool, [String]?) in
            let isTracked = try reader.resolve("refs/remotes/\(upstream)/\(branch)") != nil
            if try reader.resolve("refs/heads/\(branch)") != nil || orTracked && isTracked { return (isTracked, nil) }
            let names = try reader.references(matching: "refs/heads/*").map {
                String($0.name.dropFirst("refs/heads/".count))
            }
            return (isTracked, names)
        }
        guard let others else { return }
        // Git does not fetch into what is checked out, though it be not there yet.
        let isHead = !store.isBare && store.headBranch == branch
        let fetching = isHead ? "git pull \(upstream) \(branch)" : "git fetch \(upstream) \(branch):\(branch)"
        guard !isTracked else {
            throw WrongUse("There is no branch '\(branch)' here, only at the remote: \(fetching)")
        }
        let names = others.filter { !$0.hasPrefix("promote/") }
        // Nobody asked the remote: it may well have what this clone never fetched.
        let isClone = self.upstream != nil
        guard !names.isEmpty else {
            let advice =
                isClone
                ? "here. If the remote has it: \(fetching); else push a first commit." : "yet: push a first commit."
            throw CouldNot(message: "There is no branch '\(branch)' \(advice)")
        }
        let here = store.headBranch.flatMap { names.contains($0) ? $0 : nil } ?? names[0]
        throw WrongUse(
            "There is no branch '\(branch)'; name the protected one with --branch NAME. "
                + Known.words(for: branch, among: names)
                + (isClone ? " Or, if the remote has it: \(fetching)." : "")
                + (branch == "main"
                    ? " Or rename it: git branch -m \(here) main; or say spec.branch: \(here) in martlet.yaml." : ""))
    }
}
