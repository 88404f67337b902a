public import Domain

/// Any system that a command can speak to.
///
///     target: {kind: exec, apply: [./deploy.sh], observe: [./deployed.sh], timeout: 5m}
///
/// Both commands see `MARTLET_ACTION` (`apply`, `remove`, `observe`), `MARTLET_ENVIRONMENT`, `_MODEL`, `_REVISION`, `_VERSION`, `_DIGEST`,
/// `_NUMBER`, and `_ARTIFACT` (the path; for `apply` only), what `environment` sets, and the secrets that are named, which are hidden in
/// what they say. `apply` may be run again at any time. `observe` ends with 0: runs as wanted; 1: runs something else, its output says what; 2: runs nothing.
public struct Exec: Target {
    public static let kind = "exec"
    public static let summary = "runs a command to deploy and another to look"

    public let apply: [String]
    public let observe: [String]
    public let timeout: Duration
    public let folder: String?
    public let environment: [String: String]
    public let secrets: [String]

    public init(_ fields: Fields) throws(FieldErrors) {
        apply = try fields.required(
            "apply",
            "the command that makes the system run the version, or removes it. It sees MARTLET_ACTION (apply, remove; "
                + "observe in the other), MARTLET_ENVIRONMENT, MARTLET_MODEL, MARTLET_REVISION, MARTLET_VERSION, MARTLET_DIGEST, "
                + "MARTLET_NUMBER, and MARTLET_ARTIFACT, the path of the verified file")
        observe = try fields.required(
            "observe",
            "the command that ends with 0 where that version runs, 1 where another, 2 where none; it sees the same, but "
                + "no artifact")
        timeout = fields.value("timeout", default: .seconds(600), "how long each may take")
        folder = fields.optional("folder", "where they run, an absolute path")
        environment = fields.value("environment", default: [:], "further environment variables")
        secrets = fields.value(
            "secrets", default: [], "secrets that they get as environment variables of the same name")
        if apply.isEmpty { fields.complain(about: "apply", "is empty") }
        if observe.isEmpty { fields.complain(about: "observe", "is empty") }
        if let folder, !folder.hasPrefix("/") { fields.complain(about: "folder", "must be an absolute path") }
    }

    public func apply(_ release: Release, using tools: Tools) async throws {
        let action = release.artifact == nil ? "remove" : "apply"
        let result = await tools.run(try command(apply, action, release, tools))
        guard result.succeeded else { throw TargetFailure("apply: " + words(apply, result), remedy: .retry) }
    }

    public func observe(_ release: Release, using tools: Tools) async throws -> Running {
        let result = await tools.run(try command(observe, "observe", release, tools))
        switch result.ending {
        case .exited(0): return .asWanted
        case .exited(1):
            let said = result.lastWords
            return .other(said.isEmpty ? "'\(observe[0])' says that something else runs" : said)
        case .exited(2): return .nothing
        case .exited:
            throw TargetFailure(
                "observe: \(words(observe, result)) (0 means that it runs, 1 that something else does, 2 that nothing does)",
                remedy: .retry)
        default: throw TargetFailure("observe: " + words(observe, result), remedy: .retry)
        }
    }

    private func command(
        _ arguments: [String], _ action: String, _ release: Release, _ tools: Tools
    ) throws -> Command {
        var all = environment
        var hidden: [String] = []
        for name in secrets {
            guard let value = tools.secret(name) else {
                throw TargetFailure(
                    "there is no secret '\(name)', which the target's commands need; set it where Martlet runs")
            }
            all[name] = value
            hidden.append(value)
        }
        let wanted = release.pin.revision != .zero
        all["MARTLET_ACTION"] = action
        all["MARTLET_ENVIRONMENT"] = release.environment
        all["MARTLET_MODEL"] = release.model
        all["MARTLET_REVISION"] = wanted ? release.pin.revision.description : ""
        all["MARTLET_VERSION"] = wanted ? release.pin.label : ""
        all["MARTLET_DIGEST"] = release.digest?.description ?? ""
        all["MARTLET_NUMBER"] = String(release.number)
        all["MARTLET_ARTIFACT"] = release.artifact?.path ?? ""
        return Command(arguments, environment: all, folder: folder, timeout: timeout, secrets: hidden)
    }

    /// How it ended, and what it said.
    private func words(_ arguments: [String], _ result: CommandResult) -> String {
        let name = arguments.first ?? ""
        let ending =
            switch result.ending {
            case .exited(let code): "'\(name)' ended with \(code)"
            case .signalled(let signal): "'\(name)' was ended by signal \(signal)"
            case .timedOut: "'\(name)' did not end within \(timeout.text)"
            case .notStarted(let why), .exhausted(let why): "'\(name)' could not be started: \(why)"
            }
        let said = result.lastWords
        return said.isEmpty ? ending : "\(ending): \(said)"
    }
}
