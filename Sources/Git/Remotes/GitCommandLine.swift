public import Domain

/// A remote anywhere, reached through the git program.
public struct GitCommandLine: Remote {
    let program: GitProgram
    let address: RemoteAddress
    /// For each call of git, without a trace in its arguments.
    private let settings: [(key: String, value: String)]
    private let store: GitStore
    private let timeout: Duration
    /// How long a look may take, which transfers next to nothing: as long as it hangs nobody knows what is there.
    private let patience: Duration

    /// - Parameters:
    ///   - remote: A URL, a path, or the name of a remote that the repository has in its configuration.
    ///   - environment: The process's variables; those that concern git, SSH and proxies are handed on.
    ///   - settings: What a clone's own configuration says besides, of which the repository here knows nothing.
    ///   - timeout: How long a transfer may take before it is killed.
    public init(
        _ remote: String, for store: GitStore, environment: [String: String],
        settings: [(key: String, value: String)] = [], timeout: Duration = .seconds(300), run: @escaping RunCommand
    ) throws(GitError) {
        address = try RemoteAddress(remote)
        self.settings = address.settings + settings
        program = GitProgram(repository: store.path, environment: environment, run: run)
        self.store = store
        self.timeout = timeout
        patience = min(timeout, .seconds(30))
    }

    /// The setting by which pushes go to another address than the one that is read from.
    public static func pushing(to address: String) -> (key: String, value: String) {
        (RemoteAddress.pushKey, address)
    }

    public func references(_ patterns: [String]) async throws -> [String: ObjectID] {
        try await references(patterns.map { try ReferencePattern($0) })
    }

    public func fetch(_ patterns: [String]) async throws {
        let patterns = try patterns.map { try ReferencePattern($0) }
        if store.isBare { try Mirror.restore(at: store.path) }
        let first = await fetch(patterns)
        if first.succeeded { return try refuseShallow(first) }
        // An exact name that is not there makes git fetch nothing at all. What is there decides, not git's words.
        guard case .exited = first.ending, patterns.contains(where: \.isExact) else { throw fetchFailure(first) }
        let there = try await references(patterns)
        let present = patterns.filter { !$0.isExact || there[$0.text] != nil }
        guard present.count < patterns.count else { throw fetchFailure(first) }
        if !present.isEmpty {
            let second = await fetch(present)
            guard second.succeeded else { throw fetchFailure(second) }
            try refuseShallow(second)
        }
        try await forget(patterns.filter { $0.isExact && there[$0.text] == nil }.map(\.text))
    }

    /// The branch that the remote's `HEAD` names; `nil` where it does not say.
    public func headBranch() async throws -> String? {
        let result = await program.result(
            ["ls-remote", "--symref", "--quiet", address.argument, "HEAD"], settings: settings, timeout: patience
        )
        guard result.succeeded else {
            throw GitError(result, "look at the default branch of \(address.printable)", timeout: patience)
        }
        let start = "ref: refs/heads/", end = "\tHEAD"
        let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
        let line = lines.first { $0.hasPrefix(start) && $0.hasSuffix(end) }
        return line.map { String($0.dropFirst(start.count).dropLast(end.count)) }
    }

    public func push(_ updates: [ReferenceUpdate]) async throws -> PushOutcome {
        guard !updates.isEmpty else { return .done }
        var arguments = ["push", "--atomic", "--porcelain", "--no-follow-tags", "--recurse-submodules=no"]
        var refspecs: [String] = []
        for update in updates {
            guard try ReferencePattern(update.name).isExact else {
                throw GitError(.invalid, "push \(update.name)", "a push needs whole names")
            }
            arguments.append("--force-with-lease=\(update.name):\(update.old.map { "\($0)" } ?? "")")
            refspecs.append("\(update.new.map { "\($0)" } ?? ""):\(update.name)")
        }
        let result = await program.result(
            arguments + [address.argument] + refspecs, settings: settings, timeout: timeout)
        switch PushReport(result) {
        case .done:
            await follow(updates)
            return .done
        case .moved: return .moved
        case .refused(let words):
            // A server that lost a race under its own locks says so in words of its own.
            let there = try await references(updates.map(\.name))
            return updates.allSatisfy { there[$0.name] == $0.old } ? .refused(words) : .moved
        case .failed:
            let other = settings.last { $0.key == RemoteAddress.pushKey }?.value
            let place = other.map { Excerpt.withoutCredentials(Sanitized.text($0)) } ?? address.printable
            throw GitError(result, "push to \(place)", timeout: timeout)
        }
    }

    private func references(_ patterns: [ReferencePattern]) async throws -> [String: ObjectID] {
        guard !patterns.isEmpty else { return [:] }
        let operation = "look at the references of \(address.printable)"
        let result = await program.result(
            ["ls-remote", "--refs", "--quiet", address.argument] + patterns.map(\.text), settings: settings,
            timeout: patience)
        guard result.succeeded else { throw GitError(result, operation, timeout: patience) }
        var found: [String: ObjectID] = [:]
        for line in result.output.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard fields.count == 2, let id = ObjectID(fields[0]) else {
                throw GitError(
                    .unsupported, operation,
                    "git listed something else: \(Sanitized.text(fields.first ?? "", limit: 80))",
                    hint: "Martlet works with SHA-1 repositories")
            }
            // ls-remote compares the ends of names only: refs/x/refs/heads/main would pass for refs/heads/main.
            if let pattern = patterns.first(where: { $0.matches(fields[1]) }) { found[pattern.key(of: fields[1])] = id }
        }
        return found
    }

    private func fetch(_ patterns: [ReferencePattern]) async -> CommandResult {
        let options = [
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
            "--recurse-submodules=no", store.isBare ? "--prune" : "--no-prune",
        ]
        var pause = Duration.milliseconds(50)
        while true {
            // Not --atomic: a deleted branch `a` and a new one `a/b` would then fail in every fetch to come.
            let result = await program.result(
                options + [address.argument] + patterns.map { "+\($0.text):\($0.text)" }, settings: settings,
                timeout: timeout)
            guard isLocked(result), pause < .milliseconds(500) else { return result }
            // A Martlet that was killed leaves locks, and a fetch of its that goes on for a moment.
            _ = LockClaim.clear(in: store.commonPath + "/")
            if Mirror.isOne(at: store.path) { StaleLocks.remove(below: store.path) }
            try? await Task.sleep(for: pause)
            pause *= 2
        }
    }

    /// Whether something here is locked, not at the remote.
    private func isLocked(_ result: CommandResult) -> Bool {
        guard case .exited = result.ending, !result.succeeded else { return false }
        let words = String(decoding: result.errors.suffix(16_384), as: UTF8.self)
        return words.contains(".lock': File exists") && words.contains("'\(store.commonPath)/")
    }

    /// Brings a mirror's own references along with a push, so that the next look finds nothing to fetch.
    private func follow(_ updates: [ReferenceUpdate]) async {
        guard store.isBare else { return }
        // Where this fails a fetch does it.
        try? await store.write { writer in
            for update in updates {
                let old = try writer.resolve(update.name)
                _ = try writer.move(update.name, from: old, to: update.new, reason: "push")
            }
        }
    }

    /// Removes local references that the remote has no more, where this repository only mirrors it.
    private func forget(_ names: [String]) async throws {
        guard store.isBare, !names.isEmpty else { return }
        try await store.write { writer in
            for name in names {
                guard let old = try writer.resolve(name) else { continue }
                _ = try writer.move(name, from: old, to: nil, reason: "fetch: gone at the remote")
            }
        }
    }

    /// git leaves out the branches of a shallow remote, and only warns of it: they would look as though they were not there.
    private func refuseShallow(_ result: CommandResult) throws(GitError) {
        guard String(decoding: result.errors.suffix(16_384), as: UTF8.self).contains("shallow roots are not allowed")
        else { return }
        throw GitError(
            .unsupported, "fetch from \(address.printable)", "it is a shallow clone, so history is missing",
            hint: "run there: git fetch --unshallow; or name the repository that it was cloned from")
    }

    private func fetchFailure(_ result: CommandResult) -> GitError {
        GitError(result, "fetch from \(address.printable)", timeout: timeout)
    }
}
