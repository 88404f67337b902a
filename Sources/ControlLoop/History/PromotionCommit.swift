import Domain

/// Builds the commit that moves pins of one environment to newer versions: a surgical edit of each deployment, nothing else.
struct PromotionCommit: Sendable {
    let environment: String
    let moves: [Action.Move]
    let gates: [String]
    let from: [String]
    let author: Person
    /// What to say of why, line by line.
    let because: [String]
    /// Who agreed, as `PERSON TAG`.
    var approved: [String] = []
    /// The request that it merges, as `promote/ENV/MODEL@HEAD`.
    var request: String?
    /// Whether it only proposes, on a branch of its own.
    var isProposal = false

    /// Writes the commit on top of `tip` and returns it. Moves no reference.
    func write(on tip: ObjectID, _ writer: any ObjectWriter, _ language: any ManifestLanguage) throws -> ObjectID {
        let base = try writer.commit(tip).tree
        var edits: [TreeEdit] = []
        for move in moves {
            let path = Snapshot.path(ofDeployment: move.model, in: environment)
            guard let entry = try writer.entry(at: path, in: base) else { throw LoopError.changedMeanwhile(path) }
            let bytes = try writer.blob(entry.id, atMost: ParsedFile.largest)
            let edited = try language.setting(move.new.pin, in: bytes, path: path)
            edits.append(TreeEdit(set: path, to: try writer.write(blob: edited), mode: entry.mode))
        }
        let tree = try writer.write(tree: base, edits: edits)
        return try writer.write(CommitDraft(tree: tree, parents: [tip], author: author, message: message))
    }

    /// Whether a promotion's message is that of a proposal.
    static func isProposal(_ message: String) -> Bool { message.hasPrefix("Propose ") }

    /// What moves.
    var what: String { moves.count == 1 ? moves[0].new.title : "\(moves.count) models" }

    var subject: String { isProposal ? "Propose \(what) for \(environment)" : "Promote \(what) to \(environment)" }

    var message: String {
        let body = moves.map { move in
            "\(move.model) moves from \(move.old.map(\.label) ?? "nothing") to \(move.new.label ?? move.new.revision.short) in \(environment)."
        }
        var trailers = [Trailer.action.line("promote"), Trailer.environment.line(environment)]
        trailers += moves.map {
            Trailer.model.line(VersionName(model: $0.model, revision: $0.new.revision).description)
        }
        trailers += from.map { Trailer.from.line($0) }
        trailers += gates.map { Trailer.gate.line($0) }
        if let request { trailers.append(Trailer.request.line(request)) }
        trailers += approved.map { Trailer.approved.line($0) }
        trailers += moves.flatMap(\.evidence).map { Trailer.evidence.line($0.description) }
        return ([subject, ""] + body + because + [""] + trailers).joined(separator: "\n") + "\n"
    }
}

extension [Action.Move] {
    /// The gates that count for the models that move.
    func gates(of environment: Environment) -> [String] { Set(compactMap { environment.gate(of: $0.model) }).sorted() }
}
