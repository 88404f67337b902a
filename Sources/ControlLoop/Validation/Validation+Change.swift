import Domain

/// What a change makes worse.
extension Validation {
    /// The errors of a commit that an older one has not. Where nothing but pins has moved, only those are looked at.
    func errors(at new: ObjectID, since old: ObjectID?, in store: any Store) async throws -> [Diagnostic] {
        let moved = try await store.read { try movedPins(from: old, to: new, $0) }
        let errors = try await errors(at: new, moved, in: store)
        guard let old, !errors.isEmpty else { return errors }
        return news(errors, since: try await self.errors(at: old, moved, in: store))
    }

    /// The same, of a commit that an older one is known of: only what differs is read.
    func errors(at new: ObjectID, since old: Snapshot, in store: any Store) async throws -> [Diagnostic] {
        guard try await store.read({ try movedPins(from: old.revision, to: new, $0) }) == nil else {
            return try await errors(at: new, since: old.revision, in: store)
        }
        let snapshot = try await SnapshotBuilder(store: store, language: language).update(old, to: new).snapshot
        let errors = try await problems(of: snapshot, in: store).filter { $0.severity == .error }
        return errors.isEmpty ? [] : news(sorted(errors), since: try await problems(of: old, in: store))
    }

    private func news(_ errors: [Diagnostic], since before: [Diagnostic]) -> [Diagnostic] {
        let known = Set(before.map(Fault.init))
        return errors.filter { !known.contains(Fault($0)) }
    }

    /// An error wherever in its file it stands.
    private struct Fault: Hashable {
        let file, code, message: String

        init(_ diagnostic: Diagnostic) {
            (file, code, message) = (diagnostic.file, diagnostic.code, diagnostic.message)
        }
    }

    private func errors(at revision: ObjectID, _ moved: [ManifestPlace]?, in store: any Store) async throws
        -> [Diagnostic]
    {
        let found: [Diagnostic]
        if let moved {
            found = try await store.read { try pins(moved, at: revision, $0) }
        } else {
            found = try await diagnostics(at: revision, in: store)
        }
        return found.filter { $0.severity == .error }
    }

    /// The deployments that changed; `nil` where anything else did by which names could lead nowhere now.
    func movedPins(from old: ObjectID?, to new: ObjectID, _ reader: any ObjectReader) throws
        -> [ManifestPlace]?
    {
        guard let old else { return nil }
        let changes = try reader.changes(from: reader.commit(old).tree, to: reader.commit(new).tree, prefix: "")
        var places: [ManifestPlace] = []
        for change in changes {
            guard let place = ManifestPlace(path: change.path) else {
                if change.new?.mode == .symlink { return nil }
                continue
            }
            guard place.kind == Deployment.kind, change.old != nil, change.new != nil else { return nil }
            let models = try [change.old, change.new].map {
                try ParsedFile.read(place, $0, reader, language).deployment?.model
            }
            guard models[0] == models[1] else { return nil }
            places.append(place)
        }
        return places
    }

    private func pins(_ places: [ManifestPlace], at revision: ObjectID, _ reader: any ObjectReader) throws
        -> [Diagnostic]
    {
        let tree = try reader.commit(revision).tree
        var edit = SnapshotEdit(Snapshot(revision: revision, tree: tree))
        for place in places {
            edit.put(try ParsedFile.read(place, reader.entry(at: place.path, in: tree), reader, language))
        }
        let validation = PinValidation(language: language) { path in
            (try? reader.entry(at: path, in: tree)).flatMap { try? reader.blob($0.id, atMost: ParsedFile.largest) }
        }
        return validation.diagnostics(edit.snapshot, in: revision, reader)
    }
}
