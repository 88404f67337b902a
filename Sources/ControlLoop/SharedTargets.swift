import Domain

/// Environments that would overwrite each other's versions: their targets are one place, and both deploy a model there.
///
/// Which one was meant cannot be told, so none of them acts: a gate would guard nothing where another environment's stands open.
struct SharedTargets: Sendable {
    /// Two of one place, by name, and one of the models that both deploy.
    struct Clash: Hashable, Sendable {
        let environments: [String]
        let place: String
        let model: String
    }

    private(set) var clashes: [Clash] = []
    private(set) var environments: Set<String> = []
    /// The environments of each place.
    private var names: [String: [String]] = [:]

    init() {}

    init(_ snapshot: Snapshot, _ targets: Registry) {
        for (name, entry) in snapshot.environments {
            guard let settings = entry.value.target,
                let place = ((try? targets.make(settings)) as? any Target)?.place
            else { continue }
            names[place, default: []].append(name)
        }
        for (place, names) in names.sorted(by: { $0.key < $1.key }) where names.count > 1 {
            add(names.sorted(), place, snapshot)
        }
    }

    private mutating func add(_ names: [String], _ place: String, _ snapshot: Snapshot) {
        for (index, name) in names.enumerated() {
            let models = snapshot.deployments[name] ?? [:]
            for other in names[(index + 1)...] {
                let others = snapshot.deployments[other] ?? [:]
                guard let model = models.keys.filter({ others[$0] != nil }).min() else { continue }
                clashes.append(Clash(environments: [name, other], place: place, model: model))
                environments.formUnion([name, other])
            }
        }
    }

    /// Whether an environment's deployment of the model runs at that place.
    func serves(_ model: String, at place: String, _ snapshot: Snapshot) -> Bool {
        names[place]?.contains { snapshot.deployment(of: model, in: $0)?.value.pin != nil } ?? false
    }

    /// What is wrong, in both files.
    func diagnostics(_ snapshot: Snapshot) -> [Diagnostic] {
        clashes.flatMap { clash in
            zip(clash.environments, clash.environments.reversed()).map { name, other in
                Diagnostic(
                    file: "environments/\(name)/environment.yaml",
                    place: snapshot.environments[name]?.value.target?.settings.place ?? Place(line: 1, column: 1),
                    code: "shared-target",
                    message:
                        "target: '\(name)' and '\(other)' both deploy \(clash.model) to \(Excerpt.line(clash.place)), "
                        + "so each overwrites what the other runs",
                    hint: "give each environment a place of its own")
            }
        }
    }
}
