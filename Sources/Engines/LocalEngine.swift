public import Domain

/// Runs commands of models on this machine, as Martlet's own user.
///
///     engine: {kind: local, folder: /var/tmp, network: false}
public struct LocalEngine: Engine {
    public static let kind = "local"
    public static let summary = "runs commands of models on this machine"

    public let folder: String
    let network: Bool

    /// With the settings that count where `martlet.yaml` names no engine.
    public init() { (folder, network) = ("/tmp", true) }

    public init(_ fields: Fields) throws(FieldErrors) {
        folder = fields.value(
            "folder", default: "/tmp", "where each command gets a folder of its own, an absolute path")
        network = fields.value(
            "network", default: true,
            "whether commands may use the network; without it they run in a network namespace of their own (unshare, of "
                + "util-linux), and not at all where the system forbids that")
        if !folder.hasPrefix("/") { fields.complain(about: "folder", "must be an absolute path") }
    }

    public func run(_ job: Job, by run: @escaping RunCommand) async -> CommandResult {
        var environment = job.environment.merging(job.secrets) { $1 }
        environment["PATH"] = job.surroundings["PATH"] ?? ProgramPath.standard
        let mortal = MortalCommand.arguments(job.arguments, environment, signal: "KILL")
        let isolated = network ? mortal : ["unshare", "--map-current-user", "--net", "--"] + mortal
        return await run(
            Command(
                isolated, environment: environment, folder: job.work, timeout: job.limits.time,
                memoryLimit: job.limits.memory, fileLimit: job.limits.file, outputLimit: job.limits.output,
                secrets: Array(job.secrets.values)))
    }
}
