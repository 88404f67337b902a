import Checks
import ControlLoop
import Domain
import Engines
import Git

/// Runs a model's own evaluation command or asks its server, once for each content, and keeps the predictions.
actor PredictionRuns {
    private var runs: [Key: Task<Content, any Error>] = [:]
    /// What went wrong last, and until when it would go wrong again: each check of a version asks.
    private var failures: [Key: Failure] = [:]
    /// Whether the user has asked for the commands of versions that are only proposed.
    private let runsProposed: Bool

    init(runsProposed: Bool) { self.runsProposed = runsProposed }

    private struct Failure {
        let error: any Error
        let pause: Duration
        let until: ContinuousClock.Instant

        /// One that goes wrong again and again is tried ever more seldom.
        init(_ error: any Error, after last: Failure?) {
            self.error = error
            pause = min(.seconds(3600), last.map { $0.pause * 2 } ?? .seconds(60))
            until = .now + pause
        }
    }

    private struct Key: Hashable {
        let tree: ObjectID
        let data: [String: ObjectID]
    }

    /// The most bytes of a table of predictions, and of any file that a command writes.
    private static let outputLimit = 1 << 30

    /// The predictions that `{output}` holds after the command ended well.
    func predictions(
        of subject: Subject, _ evaluation: Model.Evaluation, _ tools: Subject.Tools, _ workspace: Workspace
    ) async throws -> Content {
        let key = Key(tree: subject.version.tree, data: subject.version.data)
        if runs[key] == nil, !evaluation.command.isEmpty, !runsProposed {
            try await Self.requireTrust(in: subject)
        }
        if let failure = failures[key], ContinuousClock.now < failure.until { throw failure.error }
        while true {
            // Another may have begun it meanwhile.
            let run = runs[key] ?? begin(subject, evaluation, tools, workspace)
            runs[key] = run
            do {
                let content = try await withTaskCancellationHandler {
                    try await run.value
                } onCancel: {
                    run.cancel()
                }
                failures[key] = nil
                return content
            } catch {
                if runs[key] == run { runs[key] = nil }
                // Another that waited was stopped, and the run with it.
                guard error is CancellationError, !Task.isCancelled else {
                    if !(error is CancellationError) { failures[key] = Failure(error, after: failures[key]) }
                    throw error
                }
            }
        }
    }

    private func begin(
        _ subject: Subject, _ evaluation: Model.Evaluation, _ tools: Subject.Tools, _ workspace: Workspace
    ) -> Task<Content, any Error> {
        // It copies files, which blocks.
        let thread = TaskThread("predictions")
        return Task(executorPreference: thread) {
            defer { withExtendedLifetime(thread) {} }
            do { return try await Self.run(subject, evaluation, tools, workspace) } catch {
                // How a command ended that we ended ourselves says nothing.
                try Task.checkCancellation()
                throw error
            }
        }
    }

    /// A command runs with our own rights: only what is on the branch may, or what people signed whom the branch lets sign.
    ///
    /// Every commit counts that changes the model's folder on the way: who signs the last one need not have looked at those below. The
    /// commit that a CI system made to see what a merge would give is signed by nobody, but shows what a parent of it shows.
    private static func requireTrust(in subject: Subject) async throws {
        guard try await !subject.isOnBranch() else { return }
        let (version, tip) = (subject.version, subject.tip)
        let (signers, makers) = try await subject.tools.store.read { reader in
            (try Signers(in: reader.commit(tip).tree, reader), try self.makers(of: version, notOn: tip, reader))
        }
        for commit in makers {
            if case .good = try await subject.tools.verify(commit, signers) { continue }
            throw ArtifactFailure(
                .invalid,
                "the evaluation command of \(version.title) is not run: \(commit.short), which changes the model, is not on the "
                    + "branch, and nobody of \(Signers.file) signed it; 'martlet check --run-commands' runs it with your own rights"
            )
        }
    }

    /// The commits that only the version's history has and that change the model's folder, the newest first.
    private static func makers(of version: ModelVersion, notOn tip: ObjectID, _ reader: any ObjectReader) throws
        -> [ObjectID]
    {
        let folder = "models/\(version.model)"
        func content(_ commit: ObjectID) throws -> ObjectID? {
            try reader.entry(at: folder, in: reader.commit(commit).tree)?.id
        }
        var makers: [ObjectID] = [], waiting = [version.revision], known: Set<ObjectID> = []
        while let id = waiting.popLast() {
            guard known.insert(id).inserted, try !reader.reaches(id, from: tip) else { continue }
            guard known.count <= mostCommits else {
                throw ArtifactFailure(
                    .invalid,
                    "\(version.title) is more than \(mostCommits) commits away from the branch: who made it is not known"
                )
            }
            let parents = try reader.commit(id).parents, own = try content(id)
            if try !parents.contains(where: { try content($0) == own }) { makers.append(id) }
            waiting += parents
        }
        return makers
    }

    private static let mostCommits = 10_000

    private static func run(
        _ subject: Subject, _ evaluation: Model.Evaluation, _ tools: Subject.Tools, _ workspace: Workspace
    ) async throws -> Content {
        guard !evaluation.command.isEmpty else {
            if evaluation.endpoint != nil { return .bytes(try await EndpointPredictions.table(of: subject)) }
            throw ArtifactFailure(
                .missing, "\(subject.version.title) has no evaluation.predictions, command or endpoint")
        }
        return try await workspace.sandbox().withFolder { folder in
            let version = subject.version
            let files = try await folder.place(filesOf: version, tools)
            // Beside the model's folder, where no older predictions lie.
            var places = ["{output}": "../predictions.csv", "{model}": "."]
            places["{artifact}"] = try await place(
                subject.manifest.artifact, of: version, among: files,
                isNamed: evaluation.command.contains { $0.contains("{artifact}") }, in: folder, tools)
            if let name = evaluation.data {
                let ending = subject.datasets[name]?.format.rawValue ?? "csv"
                places["{data}"] = try folder.place(
                    try await tools.data(version, name), at: "data/\(name).\(ending)")
            }
            let arguments = evaluation.command.map { argument in
                places.reduce(argument) { text, place in
                    text.split(separator: place.key, omittingEmptySubsequences: false).joined(separator: place.value)
                }
            }
            let script = #"cd model && exec "$@""#
            let result = await folder.run(
                ["/bin/sh", "-c", script, "sh"] + arguments, about: version.model,
                within: .init(time: evaluation.timeout, memory: evaluation.memoryLimit.bytes, file: outputLimit))
            guard result.succeeded else {
                // This machine may be to blame: a program that it lacks, a full disk.
                throw ArtifactFailure(
                    .notYet,
                    "the evaluation command of \(version.title) \(result.story(within: evaluation))")
            }
            guard let output = try folder.read("predictions.csv", atMost: outputLimit) else {
                throw ArtifactFailure(
                    .notYet,
                    "the evaluation command of \(version.title) ended well but wrote no {output}; its words: \(result.lastWords)"
                )
            }
            return .bytes(output)
        }
    }
}

extension PredictionRuns {
    /// Puts the artifact where the command finds it, at its own path in the model's folder, and gives that path.
    private static func place(
        _ pointer: ArtifactPointer, of version: ModelVersion, among files: [String], isNamed: Bool,
        in folder: SandboxFolder,
        _ tools: Subject.Tools
    ) async throws -> String {
        // The bytes themselves, or what a pointer of Git LFS stands for, are there by now.
        if let path = pointer.path, files.contains(where: { $0 == path || $0.hasPrefix(path + "/") }) { return path }
        // Beside the model's folder, in which another file may have that name.
        let address = pointer.uri?.prefix { $0 != "?" && $0 != "#" }.pathParts().last.map(String.init)
        let name = address.flatMap { $0 == "." || $0 == ".." ? nil : $0 } ?? "artifact"
        let path = pointer.path ?? "../artifact/" + name
        // A command that names it needs it; any other may look for it where the manifest says that it lies.
        guard isNamed || pointer.path != nil else { return path }
        let artifact: Artifact
        do { artifact = try await tools.artifact(version, pointer) } catch {
            guard isNamed || error is CancellationError else { return path }
            throw error
        }
        let place = pointer.path.map { "model/" + $0 } ?? "artifact/" + name
        for file in try LocalFile.plainFiles(below: artifact.path) {
            try folder.place(.file(path: artifact.path + file, size: artifact.size), at: place + file)
        }
        return path
    }
}

extension CommandResult {
    /// How it ended, with its own last words.
    var story: String {
        let end =
            switch ending {
            case .exited(let code): "failed with exit status \(code)"
            case .signalled(let signal): "was killed by signal \(signal)"
            case .timedOut: "took too long and was stopped"
            case .notStarted(let reason), .exhausted(let reason): "could not be started: \(reason)"
            }
        return end + quoted
    }

    private var quoted: String { lastWords.isEmpty ? "" : "; its last words:\n\(lastWords)" }

    /// The same of an evaluation command, with the limits that may have ended it.
    func story(within evaluation: Model.Evaluation) -> String {
        switch ending {
        case .timedOut:
            "took longer than \(evaluation.timeout.text) and was stopped (evaluation.timeout sets that limit)" + quoted
        // SIGXFSZ, of itself or, as a shell says it, of what it started.
        case .signalled(25), .exited(153):
            "was stopped when it wrote a file of more than 1GiB, which none of its files may have" + quoted
        case .signalled, .exited(1...):
            story
                + "\n(each of its processes may use \(evaluation.memoryLimit.text) of memory, which evaluation.memoryLimit sets, "
                + "and none of its files have more than 1GiB)"
        case .exited, .notStarted, .exhausted: story
        }
    }
}
