import Domain

/// What the loop knows of the forge: a copy of what the sync saw last. Pure.
struct ForgeView: Sendable {
    private(set) var round = 0
    /// When the forge last answered, also where nothing was new.
    var time: Timestamp?
    /// What the forge did not do last, by branch.
    var troubles: [String: String] = [:]
    private var open: [String: PullRequest] = [:]
    private var byNumber: [Int: PullRequest] = [:]

    init() {}

    /// - Parameter base: The branch that is promoted on; a pull request that was turned to another one is none of ours any more.
    init(_ sight: ForgeSync.Sight, into base: String) {
        (round, time) = (sight.round, sight.time)
        for pull in sight.pulls where pull.base == base {
            byNumber[pull.number] = pull
            // Requests are ASCII; another name may pass for one of them in a look-up.
            if !pull.isFork, pull.state == .open, pull.branch.utf8.allSatisfy({ $0 < 0x80 }) {
                open[pull.branch] = pull
            }
        }
    }

    /// The page of a request: the open one of its branch, or else the one that it had.
    func pull(for unit: Unit, known number: Int?) -> PullRequest? {
        open[unit.request] ?? number.flatMap { byNumber[$0] }
    }

    /// The requests whose page is not as it was.
    func units(differingFrom other: ForgeView) -> Set<Unit> {
        let names = Set(open.keys).union(other.open.keys).filter { open[$0] != other.open[$0] }
        let numbers = Set(byNumber.keys).union(other.byNumber.keys).filter { byNumber[$0] != other.byNumber[$0] }
        let branches = names.union(numbers.compactMap { (byNumber[$0] ?? other.byNumber[$0])?.branch })
        return Set(branches.compactMap { RequestName.unit(of: "refs/heads/\($0)") })
    }

    /// The open pull requests that propose something else than a promotion by request: those of the repository's own branches, then those
    /// of forks, which anybody can open in any number; the newest first.
    var others: [PullRequest] {
        byNumber.values.filter {
            $0.state == .open && ($0.isFork || RequestName.unit(of: "refs/heads/\($0.branch)") == nil)
        }.sorted { $0.isFork == $1.isFork ? $0.number > $1.number : $1.isFork }
    }

    /// The open pages of requests, by branch.
    var requests: [Unit: PullRequest] {
        Dictionary(
            open.compactMap { name, pull in RequestName.unit(of: "refs/heads/\(name)").map { ($0, pull) } }
        ) { first, _ in first }
    }
}
