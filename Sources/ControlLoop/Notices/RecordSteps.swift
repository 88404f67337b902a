import Domain

/// The commits of one of Martlet's records that came since it was last read, oldest first, each with the one before.
enum RecordSteps {
    /// More are not looked at: the record itself tells the rest.
    private static let most = 10_000

    /// How far back to go.
    enum Start {
        /// To this commit; where there was no record yet, to the first.
        case at(ObjectID?)
        /// To what was written since.
        case since(Timestamp)
    }

    /// - Parameter lost: Stands in for a start that cannot be reached any more, because the record was rewritten.
    static func read(
        to tip: ObjectID?, from start: Start, orSince lost: Timestamp, _ reader: any ObjectReader
    ) throws -> [(old: Commit?, new: Commit)] {
        guard let tip else { return [] }
        var end: ObjectID?
        var oldest: Timestamp?
        switch start {
        case .since(let time): oldest = time
        case .at(let commit?):
            if commit == tip { return [] }
            let isThere = (try? reader.commit(commit)) != nil
            if isThere, try reader.reaches(commit, from: tip) { end = commit } else { oldest = lost }
        case .at(nil): break
        }
        var steps: [(old: Commit?, new: Commit)] = []
        var newer: Commit?
        try reader.firstParents(from: tip) { commit in
            if let newer { steps.append((commit, newer)) }
            newer = nil
            let isOld = commit.id == end || oldest.map { commit.committer.time < $0 } ?? false
            guard !isOld, steps.count < most else { return false }
            newer = commit
            return true
        }
        if let newer { steps.append((nil, newer)) }
        return steps.reversed()
    }
}
