import Domain

/// What goes on beside the passes of a loop: checks of versions, reading of artifacts, visits to what runs, and trainings.
///
/// A pass waits for what it began, but not for long; what ends later wakes the loop. All that it leaves is taken over by a later pass, so
/// that nothing is lost or doubled when it dies or comes too late.
struct SideWork: Sendable {
    enum Kind: Hashable, Sendable { case checks, artifacts, visits, looks, trainings }

    enum Key: Hashable, Sendable {
        case check(Digest)
        case artifact(VersionName)
        case visit(Unit)
        case look(CheckLook)
        /// Of a model.
        case training(String)
    }

    struct Job: Sendable {
        let key: Key
        let unit: Unit
        let run: @Sendable () async -> Void
    }

    /// How many workers there have been.
    private(set) var count = 0
    /// Called when one has come to its end; `nil` outside a loop, where each pass waits for all that it began.
    var wake: (@Sendable () async -> Void)?
    /// How long this pass still waits.
    var patience: Duration = .zero
    /// The pass that waits, and outside a loop visits that wait for the looks of checks.
    var waiters: [CheckedContinuation<Void, Never>] = []
    /// Of what waits or runs.
    private(set) var keys: Set<Key> = []
    /// Checks, those of monitors too, and artifacts need the machine; visits wait for others, and what one of these holds up must not hold up the rest.
    private var lanes: [Kind: Lane] = [
        .checks: Lane(width: 2), .artifacts: Lane(width: 2), .visits: Lane(width: 16), .looks: Lane(width: 2),
        .trainings: Lane(width: 2),
    ]

    func isDone(_ wanted: Set<Key>) -> Bool { keys.isDisjoint(with: wanted) }

    /// Adds what is not there yet. Returns a number for a new worker, where it needs one more.
    ///
    /// - Parameter group: Jobs of a group run one after another.
    mutating func add(_ job: Job, to kind: Kind, group: String) -> Int? {
        guard keys.insert(job.key).inserted, var lane = lanes.removeValue(forKey: kind) else { return nil }
        defer { lanes[kind] = lane }
        guard lane.add(job, group) else { return nil }
        count += 1
        return count
    }

    /// A group that nobody works on.
    mutating func takeGroup(of kind: Kind) -> String? { lanes[kind]?.takeGroup() }

    /// The next job of a group that was taken; `nil` gives it back.
    mutating func takeJob(of kind: Kind, in group: String) -> Job? { lanes[kind]?.takeJob(in: group) }

    mutating func end(_ job: Job) { keys.remove(job.key) }

    mutating func remember(_ worker: Task<Void, Never>, _ number: Int, for kind: Kind) {
        lanes[kind]?.workers[number] = worker
    }

    mutating func forget(_ number: Int, for kind: Kind) { lanes[kind]?.workers[number] = nil }

    /// Forgets what has not begun.
    mutating func dropWaiting() {
        for kind in Array(lanes.keys) {
            for job in lanes[kind]?.dropWaiting() ?? [] { keys.remove(job.key) }
        }
    }

    func cancel() {
        for worker in lanes.values.flatMap(\.workers.values) { worker.cancel() }
    }

    private struct Lane: Sendable {
        let width: Int
        var workers: [Int: Task<Void, Never>] = [:]
        private var working = 0
        private var jobs: [String: [Job]] = [:]
        /// Groups with jobs, in the order in which they came, and how many of them have been taken.
        private var order: [String] = []
        private var taken = 0

        init(width: Int) { self.width = width }

        mutating func add(_ job: Job, _ group: String) -> Bool {
            if jobs[group]?.append(job) == nil {
                jobs[group] = [job]
                order.append(group)
            }
            guard working < width, taken < order.count else { return false }
            working += 1
            return true
        }

        mutating func takeGroup() -> String? {
            guard taken < order.count else {
                (order, taken) = ([], 0)
                working -= 1
                return nil
            }
            defer { taken += 1 }
            return order[taken]
        }

        mutating func takeJob(in group: String) -> Job? {
            guard jobs[group]?.isEmpty == false else {
                jobs[group] = nil
                return nil
            }
            return jobs[group]?.removeFirst()
        }

        mutating func dropWaiting() -> [Job] {
            defer { for group in jobs.keys { jobs[group] = [] } }
            return jobs.values.flatMap(\.self)
        }
    }
}
