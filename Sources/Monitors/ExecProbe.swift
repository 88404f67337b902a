public import Domain

/// Runs a command that says how the deployment is doing.
///
///     probe: {kind: exec, command: [python3, /opt/probes/canary.py, "{model}", "{number}"], timeout: 30s}
///
/// It ends with 0: well; 1: ill; anything else, or in no time: it cannot be told (`error`). A JSON object as its output may carry
/// `message`, `value`, `threshold`, and `verdict` (`pass`, `fail`, `inconclusive`), which then counts for endings 0 and 1.
public struct ExecProbe: Probe {
    public static let kind = "exec"
    public static let summary = "runs a command that ends with 0 where all is well and with 1 where not"

    let command: [String]
    let timeout: Duration
    let folder: String?
    let environment: [String: String]

    public init(_ fields: Fields) throws(FieldErrors) {
        command = try fields.required(
            "command",
            "the command; \(Placeholders.listed) are filled in, and it sees "
                + "MARTLET_MODEL (the model's own name), MARTLET_NUMBER (as the target serves it), MARTLET_VERSION, "
                + "MARTLET_ENVIRONMENT, MARTLET_REVISION, MARTLET_DIGEST"
        )
        timeout = fields.value("timeout", default: .seconds(30), "how long it may take")
        folder = fields.optional("folder", "where it runs, an absolute path")
        environment = fields.value("environment", default: [:], "further environment variables")
        if command.isEmpty { fields.complain(about: "command", "is empty") }
        if let folder, !folder.hasPrefix("/") { fields.complain(about: "folder", "must be an absolute path") }
    }

    public func look(at release: Release, using tools: Tools) async -> ProbeResult {
        let result = await tools.run(command(for: release))
        switch result.ending {
        case .exited(0): return said(result, or: .pass, "'\(command[0])' says that all is well")
        case .exited(1): return said(result, or: .fail, "'\(command[0])' says that it is ill")
        case .exited(let code): return failure("ended with \(code), which says neither well (0) nor ill (1)", result)
        case .signalled(let signal): return failure("was ended by signal \(signal)", result)
        case .timedOut: return failure("did not end within \(timeout.text)", result)
        case .notStarted(let why), .exhausted(let why): return failure("could not be started: \(why)", result)
        }
    }

    private func command(for release: Release) -> Command {
        let facts = Placeholders(release)
        var all = [
            "MARTLET_ENVIRONMENT": release.environment, "MARTLET_MODEL": release.model,
            "MARTLET_REVISION": release.pin.revision.description, "MARTLET_VERSION": release.pin.label,
            "MARTLET_NUMBER": String(release.number), "MARTLET_DIGEST": release.digest?.description ?? "",
        ]
        all.merge(environment) { $1 }
        return Command(
            command.map { facts.fill($0) }, environment: all, folder: folder, timeout: timeout, outputLimit: 1 << 16)
    }

    /// What the output says, as JSON or as plain words.
    private func said(_ result: CommandResult, or verdict: Verdict, _ standard: String) -> ProbeResult {
        guard let json = try? JSON(parsing: result.output, python: true), json.members != nil else {
            let words = result.lastWords
            return ProbeResult(verdict, words.isEmpty ? standard : words)
        }
        let named = json["verdict"]?.string.flatMap { Verdict(rawValue: $0) }
        let allowed: Set<Verdict> = [.pass, .fail, .inconclusive]
        return ProbeResult(
            named.flatMap { allowed.contains($0) ? $0 : nil } ?? verdict, json["message"]?.string ?? standard,
            value: json["value"]?.double.flatMap { $0.isFinite ? $0 : nil },
            threshold: json["threshold"]?.double.flatMap { $0.isFinite ? $0 : nil })
    }

    private func failure(_ what: String, _ result: CommandResult) -> ProbeResult {
        let words = result.lastWords
        return ProbeResult(.error, "'\(command.first ?? "")' \(what)\(words.isEmpty ? "" : ": \(words)")")
    }
}
