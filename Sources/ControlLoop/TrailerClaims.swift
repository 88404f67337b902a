import Domain

/// Holds a commit's trailers against what the commit does.
enum TrailerClaims {
    /// Why the trailers are not true; `nil` where there are none or they are.
    static func objection(to commit: Commit, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws
        -> String?
    {
        guard let action = Trailer.action.value(in: commit.message) else { return nil }
        let moved = try moves(of: commit, reader, language)
        switch action {
        case "promote":
            if let request = Trailer.request.value(in: commit.message),
                !commit.parents.dropFirst().contains(where: { request.hasSuffix("@\($0)") })
            {
                return "\(commit.id.short): it claims to merge \(request), which is none of its parents"
            }
            let claimed = Set(Trailer.model.values(in: commit.message))
            guard !claimed.isEmpty else {
                return "\(commit.id.short): Martlet-Action: promote needs a Martlet-Model: NAME@REVISION"
            }
            guard let environment = Trailer.environment.value(in: commit.message) else {
                return "\(commit.id.short): Martlet-Action: promote needs a Martlet-Environment"
            }
            let done = Set(
                moved.filter { $0.unit.environment == environment }.compactMap { move in
                    move.new.map { VersionName(model: move.unit.model, revision: $0.revision).description }
                })
            return claimed == done
                ? nil
                : "\(commit.id.short): its trailers claim \(list(claimed)), but it moves \(list(done)) in \(environment)"
        case "rollback":
            let claimed = Set(Trailer.rejects.values(in: commit.message))
            let done = Set(
                moved.compactMap { move in
                    move.old.map { VersionName(model: move.unit.model, revision: $0.revision).description }
                })
            return !claimed.isEmpty && claimed.isSubset(of: done)
                ? nil
                : "\(commit.id.short): its trailers claim to reject \(list(claimed)), but it moves away from \(list(done))"
        case "hold", "lift":
            let names = (action == "hold" ? Trailer.rejects : .lifts).values(in: commit.message)
            return names.allSatisfy { VersionName($0) != nil } && !names.isEmpty
                && Trailer.environment.value(in: commit.message) != nil
                ? nil : "\(commit.id.short): Martlet-Action: \(action) needs a Martlet-Environment and a NAME@REVISION"
        default: return "\(commit.id.short): Martlet-Action: \(action) is none of promote, rollback, hold, lift"
        }
    }

    private static func moves(of commit: Commit, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws
        -> [Transition]
    {
        let parent = try commit.parents.first.map { try reader.commit($0) }
        return try BranchHistory.events(of: commit, after: parent, reader, language).compactMap { event in
            if case .transition(let transition) = event { transition } else { nil }
        }
    }

    private static func list(_ names: Set<String>) -> String {
        names.isEmpty ? "nothing" : names.sorted().joined(separator: ", ")
    }
}
