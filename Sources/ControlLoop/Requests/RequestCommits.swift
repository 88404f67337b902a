import Domain

/// The commits that a request would bring into the branch's history, and whether they tell the truth.
struct RequestCommits: Sendable {
    let ids: Set<ObjectID>
    /// The head, where it is among them and can be read.
    let head: Commit?
    /// Why they must not come in; `nil` where they may.
    let objection: String?

    /// Reads what `head` reaches and `tip` does not.
    init(of head: ObjectID, notOn tip: ObjectID, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws {
        let new = try NewCommits(of: head, notOn: tip, reader)
        ids = Set(new.commits.map(\.id))
        self.head = new.commits.first
        var found = new.objection
        for commit in new.commits where found == nil { found = try Self.lie(in: commit, reader, language) }
        objection = found
    }

    static let allowed: Set<Trailer> = [.action, .environment, .model, .from, .gate]

    /// A request may say what it proposes, as Martlet's own do. Holds, evidence and the like are not its to say.
    static func lie(in commit: Commit, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws
        -> String?
    {
        if let disguise = TrailerClaims.disguise(in: commit) { return disguise }
        let used = Trailer.named(in: commit.message)
        guard !used.isEmpty else { return nil }
        if let forged = Trailer.allCases.first(where: { used.contains($0) && !allowed.contains($0) }) {
            return "\(commit.id.short) has the trailer \(forged.rawValue), which only Martlet writes"
        }
        guard Trailer.action.values(in: commit.message) == ["promote"] else {
            return "\(commit.id.short) has trailers of Martlet's, but is no promotion"
        }
        return try TrailerClaims.objection(to: commit, reader, language)
    }
}
