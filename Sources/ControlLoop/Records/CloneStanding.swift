public import Domain

/// How a clone's branch stands to what the controller recorded there. Only the remote's branch can tell that it was rewritten.
public enum CloneStanding: Hashable, Sendable {
    case upToDate
    /// It has nothing of what the controller recorded, though there may be much: Git fetches branches and tags unasked, and no more.
    case withoutRecords(remote: String, prefix: String)
    /// The controller has acted on a commit that the branch here has not, though nobody rewrote it.
    case behind
    /// That commit is not in this clone at all.
    case lacks(ObjectID)

    /// Looks at the branch, at where the clone last saw it at `remote`, and at the records below `prefix`.
    public static func of(_ branch: String, remote: String, records prefix: String, _ reader: any ObjectReader) throws
        -> CloneStanding
    {
        guard try reader.resolve(prefix + "/status") != nil else {
            return .withoutRecords(remote: remote, prefix: prefix)
        }
        guard let record = try reader.record(at: prefix + "/status"),
            let acted = Trailer.observed.value(in: record.message).flatMap({ ObjectID($0) }),
            let tip = try reader.resolve("refs/heads/\(branch)")
        else { return .upToDate }
        guard (try? reader.commit(acted)) != nil else { return .lacks(acted) }
        if try reader.reaches(acted, from: tip) { return .upToDate }
        guard let seen = try reader.resolve("refs/remotes/\(remote)/\(branch)") else { return .behind }
        return try reader.reaches(acted, from: seen) || reader.reaches(tip, from: acted) ? .behind : .upToDate
    }

    /// Whether the controller is known to have acted on a newer commit than the branch's here.
    public var isBehind: Bool {
        switch self {
        case .upToDate, .withoutRecords: false
        case .behind, .lacks: true
        }
    }

    /// What to say of it, and what helps; `nil` where nothing is amiss.
    public var words: String? {
        switch self {
        case .upToDate: nil
        case .withoutRecords(let remote, let prefix):
            "This clone has nothing of what the controller recorded, so this is what the branch alone says. To get it: "
                + "git fetch \(remote) \"+\(prefix)/*:\(prefix)/*\" \"+refs/notes/martlet*:refs/notes/martlet*\""
        case .behind: "This clone is behind what the controller acted on: git pull"
        case .lacks(let commit):
            "This clone is behind what the controller acted on: it has no commit \(commit.short). git pull brings it; "
                + "if not, the branch was rewritten"
        }
    }
}
