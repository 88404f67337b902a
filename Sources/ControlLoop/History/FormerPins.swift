import Domain

/// The versions that deployments had before, read from the branch's commits only as far back as somebody asks.
///
/// One walk serves all who ask: the history may be long, and many deployments may have failed.
struct FormerPins: Sendable {
    private let wanted: Set<Unit>
    private let branch: String
    /// Where to go on; `nil` once all has been read.
    private var next: ObjectID?
    /// How many commits are read next: few hold the answer mostly.
    private var window = 32
    /// The newest first.
    private var found: [Unit: [Pin]] = [:]

    init(of wanted: Set<Unit>, from tip: ObjectID?, on branch: String) {
        (self.wanted, next, self.branch) = (wanted, tip, branch)
    }

    /// The version that a deployment had so many moves before the present one; `nil` where it had none.
    mutating func pin(_ index: Int, of unit: Unit, _ store: any Store, _ language: any ManifestLanguage) async throws
        -> Pin?
    {
        while found[unit, default: []].count <= index, let start = next {
            let (window, wanted, branch) = (window, wanted, branch)
            let read = try await store.read { reader in
                var walk = HistoryWalk(reader, language)
                var last: Commit?, left = window
                try reader.line(from: start, of: branch) { commit in
                    try walk.take(commit)
                    last = commit
                    left -= 1
                    return left >= 0
                }
                let rest = last.flatMap { $0.parents.isEmpty ? nil : $0.id }
                let moves = try walk.transitions(reachesRoot: rest == nil).filter { wanted.contains($0.unit) }
                return (moves.compactMap { move in move.old.map { (move.unit, $0) } }, rest)
            }
            for (unit, pin) in read.0 { found[unit, default: []].append(pin) }
            (next, self.window) = (read.1, min(window * 4, 8000))
        }
        let pins = found[unit, default: []]
        return pins.indices.contains(index) ? pins[index] : nil
    }
}
