import Domain

/// The commits that a request would bring into the branch's history, and whether they tell the truth.
struct RequestCommits: Sendable {
    static let most = 1000

    private(set) var ids: Set<ObjectID> = []
    /// Why they must not come in; `nil` where they may.
    private(set) var objection: String?

    /// Reads what `head` reaches and `tip` does not.
    init(
        of head: ObjectID, notOn tip: ObjectID, base: ObjectID?, _ reader: any ObjectReader,
        _ language: any ManifestLanguage
    ) throws {
        var waiting = [head]
        while let id = waiting.popLast() {
            guard id != base, !ids.contains(id), try !reader.reaches(id, from: tip) else { continue }
            ids.insert(id)
            guard ids.count <= Self.most else {
                objection = "it has more than \(Self.most) commits that the branch does not have"
                return
            }
            let commit = try reader.commit(id)
            if let lie = try Self.lie(in: commit, reader, language) {
                objection = lie
                return
            }
            waiting += commit.parents
        }
    }

    static let allowed: Set<Trailer> = [.action, .environment, .model, .from, .gate]

    /// A request may say what it proposes, as Martlet's own do. Holds, evidence and the like are not its to say.
    static func lie(in commit: Commit, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws
        -> String?
    {
        if let disguise = TrailerClaims.disguise(in: commit) { return disguise }
        let used = Trailer.allCases.filter { !$0.values(in: commit.message).isEmpty }
        guard !used.isEmpty else { return nil }
        if let forged = used.first(where: { !allowed.contains($0) }) {
            return "\(commit.id.short) has the trailer \(forged.rawValue), which only Martlet writes"
        }
        guard Trailer.action.values(in: commit.message) == ["promote"] else {
            return "\(commit.id.short) has trailers of Martlet's, but is no promotion"
        }
        return try TrailerClaims.objection(to: commit, reader, language)
    }
}
