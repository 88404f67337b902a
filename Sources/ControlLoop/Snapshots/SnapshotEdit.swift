import Domain

/// Puts files into a snapshot, one by one.
struct SnapshotEdit {
    var snapshot: Snapshot
    /// Files that could not be read: their last valid value is to be found in the history.
    private(set) var unreadable: [ManifestPlace] = []

    init(_ snapshot: consuming Snapshot) { self.snapshot = snapshot }

    /// Takes a file in: its documents, or the mark that it is broken, or its absence.
    ///
    /// - Parameter isFormer: Whether its folder cannot be read, so that this is only what it was last.
    mutating func put(_ file: ParsedFile, isFormer: Bool = false) {
        if !file.file.diagnostics.isEmpty || !snapshot.diagnostics.isEmpty {
            snapshot.diagnostics[file.place.path] = file.file.diagnostics.isEmpty ? nil : file.file.diagnostics
        }
        guard let blob = file.blob else { return remove(file.place) }
        if file.isDamaged { snapshot.damaged.insert(blob) }
        let own = file.file.documents.first { $0.manifest.kind == file.place.kind }
        if let own, !file.hasErrors {
            set(own.manifest, blob, file.place, isBroken: isFormer)
        } else {
            forget(file.place)
            unreadable.append(file.place)
        }
    }

    /// Marks a folder that cannot be read.
    mutating func put(_ damage: Damage) {
        snapshot.diagnostics[damage.path] = [damage.diagnostic(of: "folder")]
        snapshot.damagedFolders.insert(damage.id)
    }

    /// Gives a broken file an older value.
    mutating func mend(_ file: ParsedFile) {
        guard let own = file.file.documents.first(where: { $0.manifest.kind == file.place.kind }), let blob = file.blob
        else { return }
        set(own.manifest, blob, file.place, isBroken: true)
    }

    /// Takes in what can be read of a broken file, for whoever looks for more mistakes. Returns whether that is anything.
    @discardableResult
    mutating func put(partial file: ManifestFile, at place: ManifestPlace) -> Bool {
        guard let own = file.partial.first(where: { $0.kind == place.kind }) else { return false }
        set(own, .zero, place, isBroken: false)
        return true
    }

    mutating func setTree(_ tree: ObjectID?, ofModel name: String) {
        guard let tree else {
            snapshot.models[name] = nil
            return
        }
        let manifest = snapshot.models[name]?.manifest ?? .init(blob: .zero, value: .unread, isBroken: true)
        snapshot.models[name] = Snapshot.ModelEntry(tree: tree, manifest: manifest)
    }

    private mutating func set(_ manifest: Manifest, _ blob: ObjectID, _ place: ManifestPlace, isBroken: Bool) {
        switch manifest {
        case .repository(let value): set(value)
        case .model(let value):
            snapshot.models[place.name]?.manifest = .init(blob: blob, value: value, isBroken: isBroken)
        case .dataset(let value): snapshot.datasets[place.name] = .init(blob: blob, value: value, isBroken: isBroken)
        case .gate(let value): snapshot.gates[place.name] = .init(blob: blob, value: value, isBroken: isBroken)
        case .evidence(let value): snapshot.evidence[place.name] = .init(blob: blob, value: value, isBroken: isBroken)
        case .waiver(let value): snapshot.waivers[place.name] = .init(blob: blob, value: value, isBroken: isBroken)
        case .environment(let value):
            let resolved = value.resolved(by: snapshot.settings.defaults)
            snapshot.environments[place.name] = .init(blob: blob, value: resolved, isBroken: isBroken)
        case .deployment(let value):
            snapshot.deployments[place.environment ?? "", default: [:]][place.name] = .init(
                blob: blob, value: value, isBroken: isBroken)
        case .schema: break
        }
    }

    /// Environments take what they do not say themselves from there, whichever file comes first.
    private mutating func set(_ settings: RepositorySettings) {
        let before = snapshot.settings.defaults
        snapshot.settings = settings
        guard settings.defaults != before else { return }
        for (name, entry) in snapshot.environments {
            snapshot.environments[name]?.value = entry.value.resolved(by: settings.defaults)
        }
    }

    private mutating func remove(_ place: ManifestPlace) {
        switch place.kind {
        case RepositorySettings.kind: set(RepositorySettings())
        case Model.kind: snapshot.models[place.name] = nil
        case Dataset.kind: snapshot.datasets[place.name] = nil
        case Gate.kind: snapshot.gates[place.name] = nil
        case ManualEvidence.kind: snapshot.evidence[place.name] = nil
        case Waiver.kind: snapshot.waivers[place.name] = nil
        case Environment.kind: snapshot.environments[place.name] = nil
        case Deployment.kind:
            let environment = place.environment ?? ""
            snapshot.deployments[environment]?[place.name] = nil
            if snapshot.deployments[environment]?.isEmpty ?? false { snapshot.deployments[environment] = nil }
        default: break
        }
    }

    /// Makes the file's value what it is where the file could never be read.
    private mutating func forget(_ place: ManifestPlace) {
        guard place.kind == Model.kind else { return remove(place) }
        snapshot.models[place.name]?.manifest = .init(blob: .zero, value: .unread, isBroken: true)
    }
}

extension Model {
    /// Stands for a manifest that was never readable; its entry is marked broken, so nothing is decided by it.
    static let unread = Model.placeholder
}
