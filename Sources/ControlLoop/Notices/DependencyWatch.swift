import Domain

/// Finds which dependencies of models the commits of the branch changed.
struct DependencyWatch: Sendable {
    let context: NoticeContext
    let language: any ManifestLanguage
    let now: Timestamp

    /// By model, what the commits after `start` changed, newest first. A model that is new has nothing to change from.
    func changes(since start: ObjectID, _ reader: any ObjectReader) throws -> [String: [DependencyChange]] {
        var found: [String: [DependencyChange]] = [:]
        for step in try RecordSteps.read(to: context.tip, from: .at(start), orSince: now, reader) {
            guard let old = step.old else { continue }
            for model in try touched(from: old, to: step.new, reader) {
                guard let before = try blobs(of: model, at: old.id, reader),
                    let after = try blobs(of: model, at: step.new.id, reader)
                else { continue }
                let changes = ModelDependencies.differences(before, after).map {
                    DependencyChange(path: $0, blob: after[$0], commit: step.new.id, seen: now)
                }
                if !changes.isEmpty { found[model, default: []].insert(contentsOf: changes, at: 0) }
            }
        }
        return found
    }

    /// For the first look: by model, all in which the versions that run and the newest one are not the same.
    func differences(among pins: [String: Set<ObjectID>], _ reader: any ObjectReader) throws -> [String:
        [DependencyChange]]
    {
        var found: [String: [DependencyChange]] = [:]
        for (model, revisions) in pins where context.models[model] != nil {
            let all = try (revisions.sorted { $0.description < $1.description } + [context.tip]).compactMap {
                try blobs(of: model, at: $0, reader)
            }
            guard let newest = all.last else { continue }
            let paths = Set(all.flatMap { ModelDependencies.differences($0, newest) }).sorted()
            let changes = paths.flatMap { path in
                Set(all.map { $0[path] }).sorted { ($0?.description ?? "") < ($1?.description ?? "") }.map {
                    DependencyChange(path: path, blob: $0, commit: context.tip, seen: now)
                }
            }
            if !changes.isEmpty { found[model] = changes }
        }
        return found
    }

    /// The models that a commit may have changed something for.
    private func touched(from old: Commit, to new: Commit, _ reader: any ObjectReader) throws -> [String] {
        var models: Set<String> = []
        var data: Set<String> = [], files: Set<String> = []
        for folder in ["models", "data"] {
            let before = try reader.entry(at: folder, in: old.tree)?.id
            guard let after = try reader.entry(at: folder, in: new.tree)?.id, after != before else { continue }
            for change in try reader.changes(from: before, to: after, prefix: folder) {
                if folder == "data" {
                    data.insert(DependencyChange.name(of: change.path))
                    files.insert(change.path)
                } else {
                    models.formUnion(ModelFolders.names(containing: change.path).filter { context.models[$0] != nil })
                }
            }
        }
        if !data.isEmpty {
            for (name, entry) in context.datasets where !files.isDisjoint(with: entry.value.files(as: name)) {
                data.insert(name)
            }
            for (name, entry) in context.models where !data.isDisjoint(with: entry.manifest.value.datasets) {
                models.insert(name)
            }
        }
        return models.sorted()
    }

    private func blobs(of model: String, at revision: ObjectID, _ reader: any ObjectReader) throws -> [String:
        ObjectID]?
    {
        let name = VersionName(model: model, revision: revision)
        guard let known = try? KnownVersion.read(name, reader, language) else { return nil }
        return try ModelDependencies.blobs(
            of: known.version, schema: known.manifest.schema, locks: context.locks, reader)
    }
}

extension DependencyChange {
    /// The notice of the changes that one commit brought to a model.
    static func notice(of changes: [DependencyChange], _ model: String, _ context: NoticeContext) -> Notice? {
        guard let first = changes.first else { return nil }
        let names = Set(changes.map { name(of: $0.path) }).sorted().joined(separator: ", ")
        return Notice(
            .dependencyChanged, from: "dependencies \(first.commit)", model: model,
            "\(model) depends on what has changed: \(names) (\(first.commit.short))",
            details: changes.map { "\($0.path) is \($0.blob.map { "now \($0.short)" } ?? "gone")" },
            owners: context.owners(of: model), commit: first.commit, at: first.seen)
    }
}
