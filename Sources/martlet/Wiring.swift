import ControlLoop
import Domain
import Engines
import Gates
import Git
import Manifests

/// Puts the rooms together.
enum Wiring {
    static var validation: Validation { validation(signingWith: nil) }

    /// - Parameter key: The public half of the SSH key that this Martlet signs with.
    static func validation(signingWith key: String?) -> Validation {
        Validation(
            language: Workspace.language, checks: BuiltIns.checks, targets: BuiltIns.targets, probes: BuiltIns.probes,
            forges: BuiltIns.forges,
            notifiers: BuiltIns.notifiers, engines: BuiltIns.engines,
            references: { snapshot, files in
                let signers = files.bytes(Signers.file) ?? []
                // Read once, for all who are asked about.
                let names = Signers.names(in: signers)
                return References.problems(
                    in: snapshot,
                    locate: { file, fields in
                        files.bytes(file).flatMap { Workspace.language.place(of: fields, in: $0, path: file) }
                    }, exists: files.exists, isThere: files.isThere, isZone: BuiltIns.isZone,
                    isPerson: { person in
                        // A name is no way out of that folder.
                        (names?.contains(person.lowercased()) ?? true)
                            || !person.contains("/")
                                && [".asc", ".gpg"].contains { files.bytes("\(Signers.folder)/\(person)\($0)") != nil }
                    },
                    hasSigners: !Signers(allowed: signers).isEmpty
                        || files.isThere(Signers.folder)) + SigningKeyRemark.of(key, in: snapshot, files)
            })
    }

    /// Says what signatures of a repository's objects are worth.
    static func verify(_ workspace: Workspace) -> VerifySignature {
        SignatureVerifier(workspace.store, environment: ProcessFacts.environment, run: LocalProcess.run).verdict
    }

    /// - Parameter runsProposed: Whether evaluation commands of versions off the branch may run.
    static func surroundings(_ workspace: Workspace, log: LogOptions? = nil, runsProposed: Bool = false) throws
        -> Surroundings
    {
        let environment = ProcessFacts.environment
        let curl = Curl(environment: environment)
        let tools = Tools(
            run: { await LocalProcess.run($0.inheriting(environment)) }, send: { try await curl.send($0) },
            secret: { secret($0, environment) },
            now: Timestamp.now)
        let events = log.map { EventPrinter(style: $0.style, isVerbose: $0.verbose, now: Timestamp.now) }
        workspace.store.report { events?.tell(Event(.warning, $0)) }
        let key = environment["MARTLET_SIGNING_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        let signer = try key.map {
            try CommitSigner(workspace.store, key: .init($0), environment: environment, run: LocalProcess.run)
        }
        let limit = environment["MARTLET_CACHE_SIZE"].flatMap { $0.isEmpty ? nil : $0 } ?? "20GiB"
        guard let cacheSize = ByteSize(text: limit) else {
            throw WrongUse("MARTLET_CACHE_SIZE is '\(limit)'; write how much artifacts may take here, such as 20GiB")
        }
        let materials = ModelMaterials(workspace, curl: curl, runsProposed: runsProposed)
        var surroundings = Surroundings(
            store: workspace.store, remote: workspace.remote, language: Workspace.language, checks: BuiltIns.checks,
            targets: BuiltIns.targets,
            probes: BuiltIns.probes, judge: BuiltIns.judge, tools: tools, materials: materials.tools,
            validation: validation,
            verify: verify(workspace),
            sign: { head, base in try await signer?.sign(head, above: base) ?? head },
            tell: { events?.tell($0) }, step: DeathPoint.reached)
        if let key {
            let signature = OwnSignature(
                workspace.store, key: .init(key), environment: environment, run: LocalProcess.run)
            surroundings.hasSigned = signature.isOn
            surroundings.ownNames = signature.names
            if let signer { surroundings.signTag = signer.sign(tag:) }
        }
        surroundings.forge = ForgeSync(forges: BuiltIns.forges, tools: tools) { events?.tell($0) }
        surroundings.notifiers = BuiltIns.notifiers
        surroundings.retrain = RetrainRuns(workspace: workspace) { secret($0, environment) }.run
        surroundings.tidy = {
            do {
                try await workspace.store.maintain(environment: environment, run: LocalProcess.run)
                try await materials.prune(to: cacheSize)
            } catch {
                events?.tell(Event(.warning, "\(error)"))
            }
        }
        return surroundings
    }
}

extension Wiring {
    /// A secret by the name that a manifest gives it.
    private static func secret(_ name: String, _ environment: [String: String]) -> String? {
        guard name.hasPrefix("/") else { return environment[name] }
        return (try? LocalFile.bytes(of: name)).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Command {
    /// The command with PATH and HOME where it names none: targets and probes are written by the repository's owners.
    fileprivate func inheriting(_ environment: [String: String]) -> Command {
        var command = self
        for name in Workspace.seenByPrograms where command.environment[name] == nil {
            command.environment[name] = environment[name]
        }
        return command
    }
}
