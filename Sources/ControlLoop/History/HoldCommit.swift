import Domain

/// A commit that changes no file and keeps versions out of an environment, or lets them in again.
struct HoldCommit: Sendable {
    let unit: Unit
    let names: [VersionName]
    let isLift: Bool
    let cause: String

    func write(on tip: ObjectID, by author: Person, _ writer: any ObjectWriter) throws -> ObjectID {
        try writer.write(
            CommitDraft(tree: try writer.commit(tip).tree, parents: [tip], author: author, message: message))
    }

    private var message: String {
        let trailers =
            [Trailer.action.line(isLift ? "lift" : "hold"), Trailer.environment.line(unit.environment)]
            + names.map { (isLift ? Trailer.lifts : .rejects).line($0.description) } + [Trailer.cause.line(cause)]
        return "\(isLift ? "Lift the hold on" : "Hold") \(unit.model) in \(unit.environment)\n\n\(cause)\n\n"
            + trailers.joined(separator: "\n") + "\n"
    }
}
