public import Domain

/// How a clone's branch stands to what the controller recorded there. Only the remote's branch can tell that it was rewritten.
public enum CloneStanding: Hashable, Sendable {
    case upToDate
    /// The controller has acted on a commit that the branch here has not, though nobody rewrote it.
    case behind
    /// That commit is not in this clone at all.
    case lacks(ObjectID)

    /// Looks at the branch, at where the clone last saw it at `remote`, and at the records below `prefix`.
    public static func of(_ branch: String, remote: String, records prefix: String, _ reader: any ObjectReader) throws
        -> CloneStanding
    {
        guard let record = try reader.record(at: prefix + "/status"),
            let acted = Trailer.observed.value(in: record.message).flatMap({ ObjectID($0) }),
            let tip = try reader.resolve("refs/heads/\(branch)")
        else { return .upToDate }
        guard (try? reader.commit(acted)) != nil else { return .lacks(acted) }
        if try reader.reaches(acted, from: tip) { return .upToDate }
        guard let seen = try reader.resolve("refs/remotes/\(remote)/\(branch)") else { return .behind }
        return try reader.reaches(acted, from: seen) || reader.reaches(tip, from: acted) ? .behind : .upToDate
    }

    /// What to say of it, and what helps; `nil` where nothing is amiss.
    public var words: String? {
        switch self {
        case .upToDate: nil
        case .behind: "This clone is behind what the controller acted on: git pull"
        case .lacks(let commit):
            "This clone is behind what the controller acted on: it has no commit \(commit.short). git pull brings it; "
                + "if not, the branch was rewritten"
        }
    }
}
