public import Domain

/// Hands commands of models to a program that runs them elsewhere: a scheduler, a container, another machine.
///
///     engine:
///       kind: command
///       command: [srun, --quiet, "--job-name={job}", "--mem={memoryMiB}M", "--time={minutes}"]
///       folder: /shared/martlet
///
/// The program gets two words more, `/bin/sh` and the path of a script in the job's folder, which sets the job's environment and limits and
/// becomes its command. It has to wait for the job's end, and pass on what that says. What the script notes in the folder tells a job that
/// failed from one that was never begun: the latter says nothing of the model.
public struct CommandEngine: Engine {
    public static let kind = "command"
    public static let summary = "runs commands of models through a program such as srun, docker run or ssh"

    public let folder: String
    let command: [String]
    let cancel: [String]
    let environment: [String: String]

    /// How long the program that ends a job may take.
    private static let patience = Duration.seconds(30)

    public init(_ fields: Fields) throws(FieldErrors) {
        command = try fields.required(
            "command",
            "the program that runs a job, such as [srun, \"--mem={memoryMiB}M\"]; /bin/sh and the path of the job's script follow. "
                + "\(JobPlaceholders.listed) are filled in")
        folder = try fields.required(
            "folder",
            "where each job gets a folder of its own: an absolute path that leads to the same files wherever jobs run")
        cancel = fields.value(
            "cancel", default: [],
            "a command that ends a job which is to stop, where ending the program does not, such as [docker, kill, \"{job}\"]"
        )
        environment = fields.value(
            "environment", default: [:], "further environment variables of these programs, such as SLURM_CONF")
        if command.isEmpty { fields.complain(about: "command", "is empty") }
        for (name, words) in [("command", command), ("cancel", cancel)] {
            for unknown in JobPlaceholders.unknown(in: words) {
                fields.complain(
                    about: name, "'{\(Excerpt.line(unknown))}' is nothing that is filled in",
                    hint: "known: \(JobPlaceholders.listed)")
            }
        }
        // ssh, for one, hands it to a shell there.
        if !folder.isEmpty, !folder.hasPrefix("/") || !folder.utf8.allSatisfy(Self.isPlain) {
            fields.complain(
                about: "folder", "must be an absolute path of letters, digits, '-', '_' and '.'")
        }
    }

    public func run(_ job: Job, by run: @escaping RunCommand) async -> CommandResult {
        let notes = JobNotes(job)
        do { try notes.writeScript(job) } catch { return CommandResult(ending: .notStarted("\(error)")) }
        let result = await run(launch(job, notes.script))
        switch result.ending {
        case .notStarted, .exhausted: return result
        case .exited where !Task.isCancelled: return notes.judge(result, of: command[0])
        // Any other end may have left the job behind.
        case .exited, .signalled, .timedOut: if cancel.isEmpty { return result }
        }
        let ending = Command(
            JobPlaceholders(job).fill(cancel), environment: surroundings(of: job), timeout: Self.patience)
        // Not in this task, which may be cancelled.
        let ended = await Task { await run(ending) }.value
        guard !ended.succeeded else { return result }
        var told = result
        told.errors += Array("\n'\(cancel[0])', which should end the job, failed: \(ended.lastWords)\n".utf8)
        return told
    }

    /// Limits are the script's: a launcher may take more memory than a job may.
    private func launch(_ job: Job, _ script: String) -> Command {
        let environment = surroundings(of: job).merging(job.secrets) { $1 }
        let words = JobPlaceholders(job).fill(command) + ["/bin/sh", script]
        return Command(
            // It may end the job before it goes.
            MortalCommand.arguments(words, environment, signal: "TERM"), environment: environment, folder: job.work,
            timeout: job.limits.time, outputLimit: job.limits.output, secrets: Array(job.secrets.values))
    }

    private func surroundings(of job: Job) -> [String: String] { job.surroundings.merging(environment) { $1 } }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
