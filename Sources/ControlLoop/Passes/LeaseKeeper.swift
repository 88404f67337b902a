import Domain

/// Takes, prolongs and gives back the lease for one controller.
///
/// Another's lease has run out when it was not prolonged for its whole duration *as this one saw it*: no clock but its
/// own is trusted, as in Kubernetes' leader election.
public actor LeaseKeeper {
    /// So many beats that nobody who looks three times a lease's duration sees the same one by chance.
    static let beats = 6
    /// A lease is written anew so often, so that `renewed` tells people something.
    private static let round: Duration = .seconds(6 * 3600)
    private static let longest: Duration = .seconds(600)

    private let surroundings: Surroundings
    private let host: String
    private let process: Int
    private let duration: Duration
    private let space: String
    private let isAlive: @Sendable (_ process: Int) -> Bool
    private let holder = String(UInt64.random(in: .min ... .max), radix: 16)

    /// Where the lease is, once that is known.
    private var reference = ""
    private var author = Person(name: "", email: "", time: Timestamp(seconds: 0))
    private var mine: (lease: Lease, commits: [ObjectID], beat: Int)?
    private var prolonged = Timestamp(milliseconds: .min)
    /// What another one's reference was, since when, and for how long it counts.
    private var others: (commit: ObjectID, lease: Lease?, since: Timestamp, duration: Duration)?
    /// Until when this controller acts without a lease, which the remote did not take so many times in a row.
    private var refusal: (until: Timestamp, count: Int)?
    private var isProlonging = false
    /// Whether others may have acted since this controller last did.
    private var hasWaited = false

    /// - Parameters:
    ///   - space: Where process numbers mean the same; one that died there is followed at once.
    ///   - isAlive: Whether a process of this space is.
    public init(
        _ surroundings: Surroundings, host: String, process: Int, duration: Duration = .seconds(60),
        space: String = "", isAlive: @escaping @Sendable (_ process: Int) -> Bool = { _ in true }
    ) {
        self.surroundings = surroundings
        self.host = host
        self.process = process
        self.duration = duration
        self.space = space
        self.isAlive = isAlive
    }

    /// Whether this controller acts, as far as it knows.
    var isHeld: Bool { mine != nil || goesWithout }

    private var goesWithout: Bool { refusal.map { surroundings.tools.now() < $0.until } ?? false }

    /// Whether the one who had a lease was on this machine and is no more. Of one elsewhere nobody here knows; one of this machine's
    /// name from before it was started again, or in another container, is taken for gone, too: this controller then only puts back
    /// what is missing.
    func isGone(_ lease: Lease) -> Bool {
        guard lease.space == space, !space.isEmpty else { return lease.host == host }
        return lease.process == process || !isAlive(lease.process)
    }

    /// How often it is prolonged, and looked at by those who wait for it.
    public nonisolated var pace: Duration { duration / 3 }

    /// Whose turn it is to act.
    enum Turn: Hashable, Sendable {
        case mine
        /// Mine from now on: others may have acted until now.
        case new
        case another
    }

    /// Takes the lease where it is free or has run out.
    func turn(at reference: String, author: Person) async throws -> Turn {
        (self.reference, self.author) = (reference, author)
        if goesWithout { return .mine }
        if mine != nil {
            // A process that slept asks again before it acts.
            if surroundings.tools.now() - prolonged > duration { try await prolong() }
            if mine != nil || goesWithout { return .mine }
        }
        guard try await take() else {
            hasWaited = !goesWithout
            return goesWithout ? .mine : .another
        }
        if refusal != nil {
            refusal = nil
            surroundings.tell(Event(.info, "the remote takes \(reference) again"))
        }
        defer { hasWaited = false }
        return hasWaited ? .new : .mine
    }

    /// Prolongs the lease if this controller has it and it is time to.
    public func prolong() async throws {
        let now = surroundings.tools.now()
        // A clock that was set back would not come to that time for long.
        guard let (lease, commits, beat) = mine, now - prolonged >= pace || now < prolonged, !isProlonging else {
            return
        }
        isProlonging = true
        defer { isProlonging = false }
        if now - lease.renewed >= Self.round {
            let next = self.lease(since: lease.since)
            let new = try await write(next)
            guard try await move(from: commits[beat], to: new[0]) else { return }
            mine = (next, new, 0)
        } else {
            // The same objects once more: no reference holds those of the other beats, and somebody may tidy up.
            let again = try await write(lease), next = (beat + 1) % again.count
            guard try await move(from: commits[beat], to: again[next]) else { return }
            mine = (lease, again, next)
        }
        prolonged = now
    }

    /// Lets the next one act at once.
    public func giveBack() async {
        guard let (_, commits, beat) = mine else { return }
        mine = nil
        // Where this fails, or takes long, the lease runs out by itself.
        let giving = Task { [remote = surroundings.remote, reference] in
            try await remote.push([ReferenceUpdate(reference, from: commits[beat], to: nil)])
        }
        let limit = Task {
            try await Task.sleep(for: .seconds(5))
            giving.cancel()
        }
        _ = try? await giving.value
        limit.cancel()
    }

    private func take() async throws -> Bool {
        let present = try await surroundings.remote.references([reference])[reference]
        var claim = Claim.own
        if let present { claim = try await self.claim(present) }
        guard claim != .counts else { return false }
        let lease = lease(since: surroundings.tools.now())
        let commits = try await write(lease)
        surroundings.step("before-lease")
        guard try await move(from: present, to: commits[0]) else { return false }
        if claim == .ended {
            surroundings.tell(
                Event(.warning, "the controller before this one is silent or gone; taking over its lease"))
        }
        mine = (lease, commits, 0)
        others = nil
        prolonged = lease.renewed
        return true
    }

    /// What a lease that is there is worth.
    private enum Claim { case counts, ended, own }

    private func claim(_ commit: ObjectID) async throws -> Claim {
        let now = surroundings.tools.now()
        if let others, others.commit == commit {
            let hasEnded = now - others.since >= others.duration || others.lease.map(hasDied) ?? false
            return hasEnded ? .ended : .counts
        }
        try await surroundings.remote.fetch([reference])
        let lease = try await surroundings.store.read { try Lease.read(commit, $0) }
        // The remote did not let it prolong its own for a while.
        if let lease, lease.holder == holder { return .own }
        if let lease, hasDied(lease) { return .ended }
        if others == nil {
            surroundings.tell(
                Event(
                    .info,
                    "\(lease?.title ?? "somebody") holds \(reference) and acts; standing by",
                    [("holder", lease?.title ?? "")]))
        }
        others = (commit, lease, now, min(max(lease?.duration ?? duration, .zero), Self.longest))
        return .counts
    }

    /// Whether the one who had a lease ran beside this one, and runs no more.
    private func hasDied(_ lease: Lease) -> Bool {
        lease.space == space && !space.isEmpty && !isAlive(lease.process)
    }

    /// `false` where another was faster, or the remote allows no lease: then this controller acts without one.
    private func move(from old: ObjectID?, to new: ObjectID) async throws -> Bool {
        switch try await surroundings.remote.push([ReferenceUpdate(reference, from: old, to: new)]) {
        case .done: return true
        case .moved:
            if mine != nil { surroundings.tell(Event(.warning, "another controller took the lease over")) }
            (mine, hasWaited) = (nil, true)
        case .refused(let words):
            let count = (refusal?.count ?? 0) + 1
            if count == 1 {
                surroundings.tell(
                    Event(.warning, "the remote refuses \(reference), going on without a lease: \(words)"))
            }
            // A full disk and a hook that fails pass; a rule that allows no such reference stays.
            refusal = (surroundings.tools.now() + duration.doubled(after: count, upTo: .seconds(3600)), count)
            mine = nil
        }
        return false
    }

    private func lease(since: Timestamp) -> Lease {
        Lease(
            holder: holder, host: host, process: process, space: space, since: since,
            renewed: surroundings.tools.now(), duration: duration)
    }

    private func write(_ lease: Lease) async throws -> [ObjectID] {
        var author = author
        author.time = lease.renewed
        return try await surroundings.store.write { [author] in try lease.write(by: author, $0) }
    }
}
