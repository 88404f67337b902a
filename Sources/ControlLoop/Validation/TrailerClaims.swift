import Domain

/// Holds a commit's trailers against what the commit does.
enum TrailerClaims {
    /// A claim that Git shows and nobody here holds against what the commit does; `nil` where there is none.
    static func disguise(in commit: Commit) -> String? {
        Trailer.disguised(in: commit.message).map { line in
            "\(commit.id.short) has the line '\(Excerpt.line(line))', which Git reads as a trailer of Martlet's"
        }
    }

    /// Why the trailers are not true; `nil` where there are none or they are.
    ///
    /// - Parameter withRecords: Whether what they say of evidence and approvals is here, too: a branch comes to another server without.
    static func objection(
        to commit: Commit, withRecords: Bool = true, _ reader: any ObjectReader, _ language: any ManifestLanguage
    ) throws -> String? {
        guard let action = Trailer.action.value(in: commit.message) else {
            let used = Trailer.named(in: commit.message)
            return Trailer.allCases.first(where: used.contains).map {
                "\(commit.id.short): it has the trailer \($0.rawValue), but no \(Trailer.action.rawValue)"
            }
        }
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
            guard claimed == done else {
                return
                    "\(commit.id.short): its trailers claim \(list(claimed)), but it moves \(list(done)) in \(environment)"
            }
            return try excess(of: commit, in: environment, reader) ?? falseSource(of: commit, withRecords, reader)
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

    /// What else it changes than deployments of its environment: a promotion does nothing besides.
    private static func excess(of commit: Commit, in environment: String, _ reader: any ObjectReader) throws -> String?
    {
        let before = try commit.parents.first.map { try reader.commit($0).tree }
        let other = try reader.changes(from: before, to: commit.tree, prefix: "").first { change in
            let place = ManifestPlace(path: change.path)
            return place?.kind != Deployment.kind || place?.environment != environment
        }
        return other.map {
            "\(commit.id.short): a promotion changes nothing besides deployments of \(environment), but this one changes "
                + "\(RequestContent.names([$0.path])); make that a commit of its own"
        }
    }

    /// Where a promotion says that it comes from, what let it in or who agreed, and there is no such thing.
    private static func falseSource(of commit: Commit, _ withRecords: Bool, _ reader: any ObjectReader) throws
        -> String?
    {
        let policy = try reader.commit(commit.parents.first ?? commit.id).tree
        func isThere(_ path: String) throws -> Bool { try reader.entry(at: path, in: policy) != nil }
        func isObject(_ text: Substring?) -> Bool { text.flatMap { ObjectID(String($0)) }.map(reader.has) ?? false }
        for (trailer, isTrue): (Trailer, (String) throws -> Bool) in [
            (.from, { try isThere("environments/\($0)") }), (.gate, { try isThere("gates/\($0).yaml") }),
            (.evidence, { !withRecords || isObject($0[...]) }),
            (.approved, { !withRecords || isObject($0.split(separator: " ").last) }),
        ] {
            if let lie = try trailer.values(in: commit.message).first(where: { try !isTrue($0) }) {
                return "\(commit.id.short): \(trailer.rawValue): \(Excerpt.line(lie)): there is no such thing here"
            }
        }
        return nil
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
