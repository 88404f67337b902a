import Domain

/// Environments that would overwrite each other's versions: their targets are one place, and both deploy a model there.
///
/// Which one was meant cannot be told, so none of them acts: a gate would guard nothing where another environment's stands open.
struct SharedTargets: Sendable {
    /// Two of one place, by name, and a model of each that goes to the same folder there: mostly the same model.
    struct Clash: Hashable, Sendable {
        let environments: [String]
        let place: String
        let models: [String]
    }

    private struct Site: Sendable {
        let environment: String
        let target: any Target
    }

    private(set) var clashes: [Clash] = []
    private(set) var environments: Set<String> = []
    /// The environments of each place.
    private var sites: [String: [Site]] = [:]

    init() {}

    init(_ snapshot: Snapshot, _ targets: Registry) {
        for (name, entry) in snapshot.environments {
            guard let settings = entry.value.target, let target = try? targets.make(settings, as: (any Target).self),
                let place = target.place
            else { continue }
            sites[place, default: []].append(Site(environment: name, target: target))
        }
        for (place, sites) in sites.sorted(by: { $0.key < $1.key }) where sites.count > 1 {
            add(sites.sorted { $0.environment < $1.environment }, place, snapshot)
        }
    }

    private mutating func add(_ sites: [Site], _ place: String, _ snapshot: Snapshot) {
        let models = sites.map { site in
            Dictionary(
                (snapshot.deployments[site.environment] ?? [:]).keys.map { (site.target.name(of: $0), $0) },
                uniquingKeysWith: min)
        }
        for (index, site) in sites.enumerated() {
            for other in sites.indices.dropFirst(index + 1) {
                let shared = models[index].filter { models[other][$0.key] != nil }
                guard let (name, model) = shared.min(by: { $0.key < $1.key }), let theirs = models[other][name] else {
                    continue
                }
                let names = [site.environment, sites[other].environment]
                clashes.append(Clash(environments: names, place: place, models: [model, theirs]))
                environments.formUnion(names)
            }
        }
    }

    /// Whether an environment's deployment of the model runs in a target's place, as far as the places' names tell.
    func serve(_ model: String, from target: any Target, _ snapshot: Snapshot) -> Bool {
        target.place.map { !others(serving: model, at: sites[$0] ?? [], snapshot).isEmpty } ?? false
    }

    /// The targets where environments' deployments of the model run.
    func targets(serving model: String, _ snapshot: Snapshot) -> [any Target] {
        others(serving: model, at: sites.values.joined(), snapshot)
    }

    private func others(serving model: String, at sites: some Sequence<Site>, _ snapshot: Snapshot) -> [any Target] {
        sites.filter { snapshot.deployment(of: model, in: $0.environment)?.value.pin != nil }.map(\.target)
    }

    /// Whether one of several targets has the model where another has it, by whatever name it calls the place: a link may lead there.
    ///
    /// Throws where that cannot be told: what others may run is not taken away. Asks the systems, which may take long.
    static func serve(_ model: String, from target: any Target, by others: [any Target], using tools: Tools)
        async throws -> Bool
    {
        guard !others.isEmpty, let location = try await target.location(of: model, using: tools) else { return false }
        for other in others where try await other.location(of: model, using: tools) == location { return true }
        return false
    }

    /// Deployments of one environment whose names its target writes as one, such as `x/y` and `x__y`: it refuses the second.
    func twins(_ snapshot: Snapshot) -> [Diagnostic] {
        sites.sorted { $0.key < $1.key }.flatMap { place, sites in
            sites.flatMap { site -> [Diagnostic] in
                let models = (snapshot.deployments[site.environment] ?? [:]).keys
                let twins = Dictionary(grouping: models) { site.target.name(of: $0) }.filter { $0.value.count > 1 }
                return twins.sorted { $0.key < $1.key }.flatMap { name, models in
                    models.sorted().map { model in
                        Diagnostic(
                            file: Snapshot.path(ofDeployment: model, in: site.environment), code: "shared-folder",
                            message: "'\(model)' and '\(models.filter { $0 != model }.min() ?? "")' would both be "
                                + "\(name) in \(Excerpt.line(place))",
                            hint: "give one of the two models another name")
                    }
                }
            }
        }
    }

    /// What is wrong, in both files.
    func diagnostics(_ snapshot: Snapshot) -> [Diagnostic] {
        clashes.flatMap { clash in
            let models = Set(clash.models).sorted().joined(separator: " and ")
            let what =
                clash.models[0] == clash.models[1]
                ? "both deploy \(models) to" : "deploy \(models), which would be one, to"
            return zip(clash.environments, clash.environments.reversed()).map { name, other in
                Diagnostic(
                    file: Snapshot.file(ofEnvironment: name),
                    place: snapshot.environments[name]?.value.target?.settings.place ?? Place(line: 1, column: 1),
                    code: "shared-target",
                    message:
                        "target: '\(name)' and '\(other)' \(what) \(Excerpt.line(clash.place)), "
                        + "so each overwrites what the other runs",
                    hint: "give each environment a place of its own")
            }
        }
    }
}
