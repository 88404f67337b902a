/// What manifests say about each other, checked over a whole snapshot: names that lead nowhere, circles, ways that do not exist.
///
/// Whether revisions exist is for whoever can look them up.
public struct References {
    /// Finds where a file says something: by the keys that lead there, the last of which may be an item of a list.
    public typealias Locator = (_ file: String, _ fields: [String]) -> Place?

    let snapshot: Snapshot
    private let locate: Locator
    private let exists: (_ model: String, _ file: String) -> Bool
    private let isThere: (_ path: String) -> Bool
    private let isZone: (String) -> Bool
    private let isPerson: (String) -> Bool
    /// Whether each name that was asked for can sign.
    private var people: [String: Bool] = [:]
    let hasSigners: Bool
    /// Whose reviews on the forge count as approvals, where that is asked for: they need no key.
    let reviewers: Set<String>
    private var found: [Diagnostic] = []

    /// All problems, by file and place. Without `locate`, each stands at the start of its file.
    ///
    /// - Parameters:
    ///   - exists: Whether a model's folder has a file, by its path there.
    ///   - isThere: Whether the repository has a file, by its path from the top.
    ///   - isZone: Whether there is a time zone of that name.
    ///   - isPerson: Whether somebody of that name can sign.
    ///   - hasSigners: Whether anybody can.
    public static func problems(
        in snapshot: Snapshot, locate: @escaping Locator = { _, _ in nil },
        exists: @escaping (_ model: String, _ file: String) -> Bool = { _, _ in true },
        isThere: @escaping (_ path: String) -> Bool = { _ in true },
        isZone: @escaping (String) -> Bool = { _ in true }, isPerson: @escaping (String) -> Bool = { _ in true },
        hasSigners: Bool = true
    ) -> [Diagnostic] {
        var references = References(snapshot, exists, isThere, isZone, isPerson, hasSigners, locate)
        references.checkModels()
        references.checkDatasets()
        references.checkEnvironments()
        references.checkGates()
        references.checkRecordSigners()
        references.checkDeployments()
        references.checkEvidence()
        references.checkWaivers()
        references.checkNotifications()
        return references.found.sorted {
            ($0.file, $0.place.line, $0.place.column, $0.message)
                < ($1.file, $1.place.line, $1.place.column, $1.message)
        }
    }

    private init(
        _ snapshot: Snapshot, _ exists: @escaping (String, String) -> Bool, _ isThere: @escaping (String) -> Bool,
        _ isZone: @escaping (String) -> Bool, _ isPerson: @escaping (String) -> Bool, _ hasSigners: Bool,
        _ locate: @escaping Locator
    ) {
        self.snapshot = snapshot
        self.exists = exists
        self.isThere = isThere
        self.isZone = isZone
        self.isPerson = isPerson
        self.hasSigners = hasSigners
        self.locate = locate
        let forge = snapshot.settings.forge
        reviewers = Set((forge?.reviews ?? false ? forge : nil)?.people.values.map { $0.lowercased() } ?? [])
    }

    // MARK: Models

    private mutating func checkModels() {
        for (name, entry) in snapshot.models {
            let model = entry.manifest.value
            func file() -> String { Self.path(Model.kind, name) }
            for data in model.training.data {
                expect(Dataset.kind, data, among: snapshot.datasets, file(), ["spec", "training", "data", data])
            }
            if let data = model.evaluation?.data {
                expect(Dataset.kind, data, among: snapshot.datasets, file(), ["spec", "evaluation", "data"])
            }
            checkNesting(of: name)
            checkAddress(model.artifact, file(), ["spec", "artifact", "uri"])
            if !entry.manifest.isBroken { checkFiles(of: name, model) }
        }
    }

    /// A file that is not there, nor a DVC pointer to it or to a folder around it, nor a lock of DVC's that may name it.
    private mutating func checkFiles(of name: String, _ model: Model) {
        for file in model.files where Self.isMissing(file.path, { exists(name, $0) }) {
            note(
                Self.path(Model.kind, name), file.fields, "missing-file", severity: .warning,
                "\(file.fields.dropFirst().prefix(2).joined(separator: ".")): there is no file "
                    + "'\(Excerpt.line(file.path))' in models/\(name)",
                hint: "commit it, or a Git LFS or DVC pointer to it")
        }
    }

    private static func isMissing(_ path: String, _ exists: (String) -> Bool) -> Bool {
        let parts = path.pathParts()
        guard !parts.isEmpty, !parts.contains("..") else { return false }
        // Nearly always it is there itself, and no other name need be made up.
        return !exists(path) && !ArtifactPointer.files(for: path).contains(where: exists)
    }

    private mutating func checkDatasets() {
        for (name, entry) in snapshot.datasets where !entry.isBroken {
            let file = Self.path(Dataset.kind, name)
            checkAddress(entry.value.pointer, file, ["spec", "uri"])
            let folder = String(file[...(file.lastIndex(of: "/") ?? file.startIndex)])
            if let profile = entry.value.profile,
                profile.pathParts().contains("..") || !isThere(folder + profile)
            {
                note(
                    file, ["spec", "profile"], "missing-file", severity: .warning,
                    "profile: there is no file '\(Excerpt.line(profile))' in \(folder.dropLast())",
                    hint: "write one with martlet profile FILE --save, and commit it to Git itself")
            }
            guard let path = entry.value.pointer.path, Self.isMissing(path, { isThere(folder + $0) }) else { continue }
            note(
                file, ["spec", "path"], "missing-file", severity: .warning,
                "path: there is no file '\(Excerpt.line(path))' in \(folder.dropLast())",
                hint: "commit it, or a Git LFS or DVC pointer to it")
        }
    }

    /// A model's identity is the tree of its folder, so a model inside it would change it.
    private mutating func checkNesting(of name: String) {
        var outer = name[...]
        while let slash = outer.utf8.lastIndex(of: UInt8(ascii: "/")) {
            outer = outer[..<slash]
            guard snapshot.models.keys.contains(String(outer)) else { continue }
            note(
                Self.path(Model.kind, name), ["metadata", "name"], "nested-model",
                "the folder of model '\(name)' lies inside that of model '\(outer)'",
                hint: "every change here would make a new version of '\(outer)'; move one of them")
        }
    }

    private mutating func checkEvidence() {
        for (name, entry) in snapshot.evidence {
            expect(
                Model.kind, entry.value.model, among: snapshot.models, Self.path(ManualEvidence.kind, name),
                ["spec", "model"])
            checkSigner(entry.value.author, Self.path(ManualEvidence.kind, name), "author", entry)
            let check = entry.value.check
            guard !Rubric.checks.contains(check) else { continue }
            let near = Suggestion.nearest(to: check, in: Rubric.checks).map { "did you mean '\($0)'?" }
            note(
                Self.path(ManualEvidence.kind, name), ["spec", "check"], "without-effect", severity: .warning,
                "check: '\(Excerpt.line(check))' is none of the 28 tests, so work by hand on it has no points",
                hint: near ?? "martlet score lists the tests")
        }
    }

    // MARK: Environments

    private mutating func checkEnvironments() {
        for (name, entry) in snapshot.environments {
            let file = Self.path(Environment.kind, name)
            checkGates(of: entry.value, file)
            for source in entry.value.from {
                expect(Environment.kind, source, among: snapshot.environments, file, ["spec", "from", source])
            }
            for zone in Set(entry.value.windows.map(\.zone)) where !isZone(zone) {
                note(
                    file, ["spec", "windows", zone], "unknown-zone",
                    "zone: there is no time zone '\(Excerpt.line(zone))'",
                    hint: "write one such as Europe/Berlin, or leave it out for UTC")
            }
            checkReleaseSets(of: name, entry.value, file)
            checkRetraining(in: name, entry.value, file)
            for (field, words) in entry.value.slowLooks {
                note(
                    file, ["spec"] + field, "slow-looks", severity: .warning, words,
                    hint: "fewer or quicker looks, or a longer limit, here or in the defaults of martlet.yaml")
            }
            // With a limit of its own the file is wrong by itself.
            for monitor in entry.value.own.contains(.rollback) ? [] : entry.value.tooPatient(entry.value.rollback) {
                note(
                    file, ["spec", "monitors", monitor.name], "invalid-value", "monitors: \(monitor.isTooPatient)",
                    hint: "that limit is \(entry.value.rollback.failureAgeLimit.text); say another one under rollback, "
                        + "here or in the defaults of martlet.yaml")
            }
        }
        checkWaysIn()
    }

    private mutating func checkReleaseSets(of name: String, _ environment: Environment, _ file: String) {
        for set in environment.releaseSets {
            let place = ["spec", "releaseSets"]
            for model in set.models {
                expect(Model.kind, model, among: snapshot.models, file, place)
                guard snapshot.models[model] != nil, snapshot.deployments[name]?[model] == nil else { continue }
                note(
                    file, place, "incomplete-release-set",
                    "release set '\(set.name)' waits for model '\(model)', which is not deployed in \(name)",
                    hint: "add \(Snapshot.path(ofDeployment: model, in: name)), or take it out of the set")
            }
        }
    }

    /// An environment can be entered if everything that it takes from can; what is left holds a circle, or comes after one.
    private mutating func checkWaysIn() {
        let sources = snapshot.environments.mapValues { Set($0.value.from) }
        var waiting: [String: Int] = sources.mapValues(\.count)
        var followers: [String: [String]] = [:]
        for (name, from) in sources { for source in from { followers[source, default: []].append(name) } }
        var ready = waiting.filter { $0.value == 0 }.map(\.key)
        // What does not exist has been named already.
        for source in followers.keys where sources[source] == nil { ready.append(source) }
        while let name = ready.popLast() {
            waiting[name] = nil
            for follower in followers[name] ?? [] {
                guard let count = waiting[follower] else { continue }
                waiting[follower] = count - 1
                if count == 1 { ready.append(follower) }
            }
        }
        reportCircles(among: Set(waiting.keys), sources)
    }

    private mutating func reportCircles(among stuck: Set<String>, _ sources: [String: Set<String>]) {
        // For each that was looked at, one of the circle that it is in or waits for; "" while it is looked at.
        var circles: [String: String] = [:]
        for start in stuck.sorted() where circles[start] == nil {
            var path: [String] = []
            var name = start
            while circles[name] == nil {
                circles[name] = ""
                path.append(name)
                name = sources[name]?.filter(stuck.contains).min() ?? name
            }
            let first = path.firstIndex(of: name) ?? path.endIndex
            if first < path.endIndex { noteCircle(Array(path[first...])) }
            let circle = circles[name].flatMap { $0.isEmpty ? nil : $0 } ?? name
            for other in path { circles[other] = circle }
            for other in path[..<first] { noteNoWayIn(other, circle) }
        }
    }

    private mutating func noteCircle(_ circle: [String]) {
        note(
            Self.path(Environment.kind, circle[0]), ["spec", "from", circle.dropFirst().first ?? circle[0]], "cycle",
            "from: runs in a circle: \((circle + [circle[0]]).joined(separator: " ← "))",
            hint: "no version can ever enter; one of them must take versions from models/ (from: [])")
    }

    private mutating func noteNoWayIn(_ name: String, _ circle: String) {
        note(
            Self.path(Environment.kind, name), ["spec", "from"], "no-way-in",
            "no version can ever enter '\(name)': it waits for the circle around '\(circle)'",
            hint: "break that circle first")
    }

    // MARK: Deployments

    private mutating func checkDeployments() {
        for (environment, deployments) in snapshot.deployments {
            let sources = snapshot.environments[environment]?.value.from
            let before = (sources ?? []).filter { snapshot.environments[$0] != nil }.map {
                (name: $0, deployments: snapshot.deployments[$0] ?? [:])
            }
            for index in deployments.indices {
                // By place, because a copy of each entry costs more than all that is asked of it.
                let model = deployments.keys[index], named = deployments.values[index].value.model
                if sources == nil || !snapshot.models.keys.contains(named) {
                    let file = Snapshot.path(ofDeployment: model, in: environment)
                    expect(Model.kind, named, among: snapshot.models, file, ["spec", "model"])
                    expect(Environment.kind, environment, among: snapshot.environments, file, ["kind"])
                }
                if let rollout = deployments.values[index].value.rollout {
                    note(
                        Snapshot.path(ofDeployment: model, in: environment), ["spec", "rollout"], "without-effect",
                        severity: .warning, "rollout '\(rollout.kind)' is read, and no built-in target acts on it",
                        hint:
                            "the target replaces a version as a whole; leave 'rollout' out, or let the target's system see to it"
                    )
                }
                for source in before where !source.deployments.keys.contains(model) {
                    noteMissing(model, in: source.name, before: environment)
                }
            }
        }
    }

    private mutating func noteMissing(_ model: String, in source: String, before environment: String) {
        note(
            Snapshot.path(ofDeployment: model, in: environment), ["spec", "model"], "no-way-in", severity: .warning,
            "'\(model)' cannot enter \(environment): it is not deployed in \(source), which comes before",
            hint: "add \(Snapshot.path(ofDeployment: model, in: source))")
    }

    // MARK: Gates

    private mutating func checkGates() {
        for (name, entry) in snapshot.gates {
            if entry.value.asksForNoCheck {
                note(
                    Self.path(Gate.kind, name), ["spec", "checks"], "no-checks", severity: .warning,
                    "checks: gate '\(name)' asks for no check and no score: versions enter without being looked at",
                    hint: "name checks; martlet kinds lists them")
            }
            let reviewsCount = snapshot.settings.forge?.reviews ?? false
            if let asked = entry.value.approvals, asked.count > 0, !hasSigners, !reviewsCount {
                note(
                    Self.path(Gate.kind, name), ["spec", "approvals"], "no-signers", severity: .warning,
                    "approvals: nobody can approve: there is no \(Signers.file), or it names nobody",
                    hint:
                        "commit \(Signers.file) with a line 'NAME KEY' for each who may sign: man ssh-keygen, ALLOWED SIGNERS"
                )
            }
            checkPeople(entry.value.approvals?.from ?? [], name, "approvals")
            checkPeople(entry.value.waivers?.from ?? [], name, "waivers")
        }
        checkTeams()
    }

    // MARK: Waivers

    private mutating func checkWaivers() {
        for (name, entry) in snapshot.waivers {
            let file = Self.path(Waiver.kind, name)
            expect(Model.kind, entry.value.model, among: snapshot.models, file, ["spec", "model"])
            checkSigner(entry.value.by, file, "by", entry)
            guard let environment = entry.value.environment else { continue }
            expect(Environment.kind, environment, among: snapshot.environments, file, ["spec", "environment"])
        }
    }

    // MARK: Notifications

    /// What is for an environment or model that is not there is told to nobody.
    private mutating func checkNotifications() {
        for one in snapshot.settings.notifications {
            for name in one.environments where snapshot.environments[name] == nil {
                noteUntold(one, "environments", Environment.kind, name, Array(snapshot.environments.keys))
            }
            for name in one.models where !snapshot.models.keys.contains(where: { ModelName.means($0, by: name) }) {
                noteUntold(one, "models", Model.kind, name, Array(snapshot.models.keys))
            }
        }
    }

    private mutating func noteUntold(
        _ settings: NotificationSettings, _ field: String, _ kind: String, _ name: String, _ known: [String]
    ) {
        // A file that is there but broken is reported for itself.
        guard snapshot.diagnostics[Self.path(kind, name)]?.isEmpty ?? true else { return }
        let near = Suggestion.nearest(to: name, in: known).map { "did you mean '\($0)'?" }
        let what = name.hasSuffix("/*") ? "\(kind.lowercased()) below" : kind.lowercased()
        note(
            RepositorySettings.file, ["spec", "notifications", settings.name], "unknown-\(kind.lowercased())",
            severity: .warning,
            "notifications: '\(settings.name)' is for \(field), but there is no \(what) '\(Excerpt.line(name))'",
            hint: near ?? "as long as that is so, nothing is told for that name")
    }

    // MARK: Reporting

    /// Whether somebody of that name can sign.
    mutating func canSign(_ name: String) -> Bool {
        if let known = people[name] { return known }
        let answer = isPerson(name)
        people[name] = answer
        return answer
    }

    /// Notes that `name` leads nowhere. A file that is there but broken is reported for itself.
    mutating func expect<Value>(
        _ kind: String, _ name: String, among known: [String: Value], _ file: @autoclosure () -> String,
        _ fields: @autoclosure () -> [String]
    ) {
        guard !known.keys.contains(name), snapshot.diagnostics[Self.path(kind, name)]?.isEmpty ?? true,
            !isLacking(name, file())
        else { return }
        let near = Suggestion.nearest(to: name, in: known.keys).map { "did you mean '\($0)'?" }
        note(
            file(), fields(), "unknown-\(kind.lowercased())", "there is no \(kind.lowercased()) '\(name)'",
            hint: near ?? "expected \(Self.path(kind, name))")
    }

    /// Whether a broken file says no name at all, which is told of it already.
    func isLacking(_ name: String, _ file: @autoclosure () -> String) -> Bool {
        name.isEmpty && snapshot.diagnostics[file()] != nil
    }

    static func path(_ kind: String, _ name: String) -> String {
        ManifestPath.path(ofKind: kind, name: name) ?? name
    }

    mutating func note(
        _ file: String, _ fields: [String], _ code: String, severity: Diagnostic.Severity = .error, _ message: String,
        hint: String
    ) {
        let place = locate(file, fields) ?? Place(line: 1, column: 1)
        found.append(
            Diagnostic(file: file, place: place, severity: severity, code: code, message: message, hint: hint))
    }
}
