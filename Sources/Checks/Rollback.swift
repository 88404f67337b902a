public import Domain

/// I7: reverting the promotion would give back the previous state exactly; the versions that it leads to can still be had; requests would
/// still have what the first of them needs; the last rollback that was really made was quick; and what runs answers as it did.
///
/// The drill is made in the object database: the promotion is committed there, reverted there, and the trees are compared. No reference
/// moves and no target is touched. How long a rollback takes is what the deployment log says, from the commit to when the version was
/// well; where there was none, a promotion stands for it, which goes the same way. The environment's server must answer the golden
/// requests (`spec.serving.golden`) of the version that is said to run there as that version does: after a rollback, as it did before.
public struct Rollback: Check {
    public static let id = "infra.rollback"
    public static let reads: [DeclaredFile] = [.golden]
    public static let version = 5
    public static let summary =
        "Reverting the promotion restores the previous tree, the versions that it leads to are there, rollbacks are quick and what runs answers as it did."
    public static let looksAt: Set<CheckInput> = [.deployed, .earlier, .verified, .history, .environment, .clock]

    let maxTime: Duration
    let maxAge: Duration
    let endpoint: String?
    let tolerance: Double
    let timeout: Duration

    public init(_ fields: Fields) throws(FieldErrors) {
        maxTime = fields.value(
            "maxTime", default: .seconds(600),
            "how long a rollback may take, from its commit to when the version is well")
        if maxTime <= .zero { fields.complain(about: "maxTime", "must be longer than nothing") }
        maxAge = fields.value(
            "maxAge", default: .seconds(30 * 86_400),
            "how long ago the last rollback or promotion may have been that shows how long it takes")
        if maxAge <= .zero { fields.complain(about: "maxAge", "must be longer than nothing") }
        endpoint = fields.serverAddress(
            "the environment's server, asked the golden requests of the version that runs there; {model} is filled in. Without it, "
                + "the one whose /v2/models/ the environment's probe asks by HTTP")
        tolerance = fields.value(
            "tolerance", default: 1e-6, within: .atLeast(0),
            "how far a golden answer may be from the one that was kept, where that says nothing of its own")
        timeout = fields.answerTimeout()
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let environment = subject.environment?.name else {
            return Outcome(.skipped, "a rollback can be tried where a version enters an environment; name one")
        }
        guard let deployed = subject.deployed else {
            let words = "nothing runs in \(environment) yet: the first version has nothing to be rolled back to"
            return Outcome(.warn, words, findings: [Finding(.warn, words)])
        }
        let drill = Drill(
            path: Snapshot.path(ofDeployment: subject.version.model, in: environment), tip: subject.tip,
            now: subject.now, old: deployed.version.revision, new: subject.version.revision, tools: subject.tools)
        return try await Outcome.from {
            let result: Drill.Result
            do { result = try await subject.tools.store.write { try drill.run($0) } } catch let gap as MissingEvidence {
                throw gap
            } catch {
                return Outcome([Finding(.error, "the rollback could not be rehearsed: \(error)")], otherwise: "")
            }
            var findings = result.findings
            for good in [deployed] + subject.earlier.prefix(1) { findings += await artifactFindings(of: good) }
            if let earlier = result.earlier { findings += try await warnings(about: earlier, before: deployed) }
            findings += InputLoss(from: deployed, to: subject).findings
            let moves = try await Move.all(of: subject)
            let move = Move.measure(moves, since: subject.now + (.zero - maxAge))
            findings += [finding(about: move, among: moves, subject)].compactMap(\.self)
            let golden = try await golden(subject, environment)
            findings += golden.findings
            return Outcome(
                findings,
                otherwise:
                    "reverting the promotion restores \(environment) exactly; \(deployed.version.title) can be had"
                    + (move.map { "; \($0.title) took \($0.text)" } ?? "") + (golden.words.map { "; \($0)" } ?? ""),
                measurements: .object(
                    [
                        ("back_to", .string(deployed.version.revision.description)),
                        ("before_that", JSON(result.earlier?.description)), ("time", move?.json ?? .null),
                    ] + (golden.json.map { [("golden", $0)] } ?? [])))
        }
    }

    private func finding(about move: Move?, among moves: [Move], _ subject: Subject) -> Finding? {
        guard let move else {
            guard let last = moves.max(by: { $0.ready < $1.ready }) else {
                return Finding(
                    .warn,
                    "how long a rollback takes is not known: no rollback or promotion that ended well is on record")
            }
            let days = (subject.now - last.ready).milliseconds / 86_400_000
            return Finding(
                .warn,
                "\(last.title) is the last on record and was \(days) days ago, allowed \(maxAge.text) (maxAge): roll back once as a drill"
            )
        }
        guard move.took > maxTime else { return nil }
        return Finding(
            .fail,
            "\(move.title) took \(move.text), allowed \(maxTime.text): committed at \(move.committed), well since \(move.ready)",
            value: Double(move.took.milliseconds) / 1000, threshold: Double(maxTime.milliseconds) / 1000)
    }

    /// What the environment's server answers to the golden requests of the version that is said to run there. Where that keeps none, or no
    /// server is known, nothing is claimed.
    private func golden(
        _ subject: Subject, _ environment: String
    ) async throws -> (findings: [Finding], words: String?, json: JSON?) {
        guard let running = try await RunningVersion(of: subject, endpoint: endpoint),
            let path = running.version.manifest.serving?.golden
        else { return ([], nil, nil) }
        let title = running.version.version.title
        guard let address = running.address else {
            let words =
                "the golden requests of \(title) were not asked: no server of \(environment) is known; name it as endpoint"
            return ([Finding(.skipped, words)], nil, nil)
        }
        var isAsked = false
        do {
            let answers = try GoldenAnswers(try await running.version.evidence(path, "golden answers"), path: path)
            isAsked = true
            let server = InferenceServer(at: address, of: subject, timeout: timeout)
            let departures = try await answers.departures(at: server, tolerance: tolerance)
            let since = running.rollback.map { " since the rollback \($0.short)" } ?? ""
            let count = answers.cases.count
            let findings = departures.first.map { first in
                Finding(
                    .fail,
                    "\(environment) is said to run \(title)\(since), and \(departures.count) of its \(count) golden requests are "
                        + "answered otherwise (\(path):\(first.line): \(first.words)); make \(address) serve that version, or roll "
                        + "back again", file: path, line: first.line, value: Double(departures.count), threshold: 0,
                    mayChange: true)
            }
            return (
                findings.map { [$0] } ?? [], "\(title) gives its \(count) golden answers there\(since)",
                [
                    "revision": .string(running.version.version.revision.description), "requests": .int(count),
                    "otherwise": .int(departures.count), "rollback": JSON(running.rollback?.description),
                ]
            )
        } catch {
            let unanswered = (error as? any Failure).map { Finding(.error, "\($0)") }
            guard var gap = Finding(gap: error) ?? unanswered else { throw error }
            // How a server does is no matter of commits.
            gap.mayChange = gap.mayChange || isAsked
            return ([gap], nil, nil)
        }
    }

    private func artifactFindings(of deployed: Subject) async -> [Finding] {
        do {
            let artifact = try await deployed.tools.artifact(deployed.version, deployed.manifest.artifact)
            guard let digest = deployed.version.digest, digest != artifact.digest else { return [] }
            return [.changed(deployed.version, artifact.digest, expected: digest)]
        } catch let failure as ArtifactFailure {
            return [.gone(deployed.version, failure)]
        } catch { return [Finding(.error, "the artifact of \(deployed.version.title): \(error)")] }
    }

    /// The version before the last promotion: what a second rollback would lead to.
    private func warnings(about revision: ObjectID, before deployed: Subject) async throws -> [Finding] {
        let model = deployed.version.model
        let isThere = try await deployed.tools.store.read { reader in
            guard let commit = try? reader.commit(revision) else { return false }
            return try reader.entry(at: "models/\(model)", in: commit.tree) != nil
        }
        return isThere
            ? [] : [Finding(.warn, "the version before that, \(revision.short), is no longer in the repository")]
    }
}

extension Finding {
    fileprivate static func gone(_ version: ModelVersion, _ failure: ArtifactFailure) -> Finding {
        Finding(
            failure.reason == .unreachable ? .error : .fail,
            "the artifact of \(version.title), which a rollback leads to, cannot be had: \(failure)",
            mayChange: failure.mayChange)
    }

    fileprivate static func changed(_ version: ModelVersion, _ found: Digest, expected: Digest) -> Finding {
        Finding(.fail, "the artifact of \(version.title) is \(found), the deployment promised \(expected)")
    }
}
