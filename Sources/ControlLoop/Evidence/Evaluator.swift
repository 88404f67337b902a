public import Domain

/// Runs checks of a version and makes evidence of what they find.
public struct Evaluator: Sendable {
    private let surroundings: Surroundings
    private let runs = TimedRuns()

    public init(_ surroundings: Surroundings) { self.surroundings = surroundings }

    /// The subject that checks look at.
    ///
    /// - Parameters:
    ///   - branch: The protected branch, whose history `tip` is.
    ///   - records: Where Martlet's records are, and what of them is believed.
    public func subject(
        _ known: KnownVersion, environment: (name: String, settings: Environment)?, deployed: KnownVersion?,
        earlier: [KnownVersion] = [], statuses: [String: DeploymentStatus] = [:], tip: ObjectID,
        of branch: String, records: RecordTrust = RecordTrust()
    ) -> Subject {
        let (store, notices) = (surroundings.store, NoticeStore(records))
        var tools = surroundings.materials
        tools.verify = surroundings.verify
        tools.read = surroundings.language.read
        tools.branchBefore = { merge, reader in try reader.branch(branch, before: merge) }
        tools.dependencies = { model in try await store.read { try notices.record(of: model, $0) } }
        let (checks, evidence) = (Set(surroundings.checks.ids), EvidenceStore(records))
        tools.evidence = { version in try await store.read { try evidence.newest(of: version, checks, $0) } }
        let now = surroundings.tools.now()
        let subject = { [tools] (known: KnownVersion, deployed: Subject?, earlier: [Subject]) in
            Subject(
                version: known.version, manifest: known.manifest, schema: known.schema, datasets: known.datasets,
                environment: environment, deployed: deployed, earlier: earlier, statuses: statuses, tip: tip, now: now,
                tools: tools)
        }
        return subject(known, deployed.map { subject($0, nil, []) }, earlier.map { subject($0, nil, []) })
    }

    /// Runs one check. What goes wrong inside becomes the verdict `error` with the reason, and so does one that takes too long; nothing
    /// else stops.
    ///
    /// - Parameter monitor: Of the monitor that asks, by which runs of the same check are told apart.
    public func run(_ requirement: Gate.Requirement, on subject: Subject, for monitor: String? = nil) async -> Outcome {
        let (limit, check) = (Self.timeLimit(requirement, on: subject), requirement.check)
        let (version, place) = (subject.version, subject.environment?.name ?? "")
        let name =
            "\(monitor.map { "monitor \($0) " } ?? "")\(place) \(check) \(version.model) \(version.tree) "
            + requirement.settings.json.text()
        let ending = await runs.run(name, within: limit) { await outcome(of: requirement, on: subject) }
        return switch ending {
        case .value(let outcome): outcome
        case .overdue:
            Outcome(
                .error,
                "\(check) had not ended after \(limit.text) and was stopped; make what it reads smaller, or give it longer "
                    + "beside its settings: timeLimit: \(min(limit * 2, Gate.Requirement.longest).text)")
        case .stuck:
            Outcome(
                .error,
                "\(check) was stopped and has still not come to its end; see whether what it reads can be read, and start "
                    + "Martlet anew if it waits for a disk that is gone")
        }
    }

    /// How long a check may take by itself.
    static func timeLimit(_ requirement: Gate.Requirement) -> Duration { requirement.timeLimit ?? .seconds(1800) }

    /// Where the gate says nothing, that and what the models' own commands and servers may take.
    private static func timeLimit(_ requirement: Gate.Requirement, on subject: Subject) -> Duration {
        if let limit = requirement.timeLimit { return limit }
        let evaluations = ([subject, subject.deployed].compactMap(\.self) + subject.earlier).compactMap {
            $0.manifest.evaluation
        }
        let asking = evaluations.filter { !$0.command.isEmpty || $0.endpoint != nil }
        return min(asking.reduce(timeLimit(requirement)) { $0 + $1.timeout }, Gate.Requirement.longest)
    }

    private func outcome(of requirement: Gate.Requirement, on subject: Subject) async -> Outcome {
        do throws(FieldErrors) {
            let check = try surroundings.checks.make(requirement)
            do {
                return try await check.run(on: subject)
            } catch {
                return Outcome(.error, "\(requirement.check) could not run: \(error)")
            }
        } catch {
            let problems = error.problems.map { $0.message + ($0.hint.map { " (\($0))" } ?? "") }
            return Outcome(.error, "\(requirement.check): \(problems.joined(separator: "; "))")
        }
    }
}
