import Domain
import Glibc

/// The script that a launcher starts somewhere, and what it leaves in the job's folder: that it began, and how the command ended.
///
/// Launchers end with statuses of their own where they cannot run a job, or lose it. Without these notes that looked like the command's end.
struct JobNotes {
    let script: String
    private let begun: String
    private let ended: String

    init(_ job: Job) {
        (script, begun, ended) = (
            "\(job.folder)/\(job.name).sh", "\(job.folder)/\(job.name).begun", "\(job.folder)/\(job.name).ended"
        )
    }

    func writeScript(_ job: Job) throws {
        guard let file = Descriptor(owning: open(script, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)) else {
            throw SandboxFailure("cannot write \(script)", code: errno)
        }
        var bytes = Array(text(job).utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(file.number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SandboxFailure("cannot write \(script)", code: errno) }
            bytes = bytes.dropFirst(count)
        }
    }

    /// `PATH` is that of the place where it runs. Secrets come by the launcher, and not through a file. A signal to the shell is passed on:
    /// in a container it may be the only process that gets one.
    private func text(_ job: Job) -> String {
        let variables = job.environment.sorted { $0.key < $1.key }.map { "export \($0.key)=\(Self.quoted($0.value))" }
        // What is for the launcher alone, and what that may hand on.
        let foreign = job.surroundings.keys.filter { $0 != "PATH" && job.environment[$0] == nil }.sorted()
        let limits = [
            // In KiB, and in blocks of 512 bytes (POSIX, ulimit).
            job.limits.memory.map { "ulimit -v \(max(1, $0 / 1024))" },
            job.limits.file.map { "ulimit -f \(max(0, $0) / 512 + 1)" },
        ].compactMap(\.self)
        let command = job.arguments.map(Self.quoted).joined(separator: " ")
        return """
            : > \(Self.quoted(begun)) && cd \(Self.quoted(job.work)) || exit 126
            \(foreign.isEmpty ? "" : "unset " + foreign.joined(separator: " "))
            \(variables.joined(separator: "\n"))
            child=
            trap '[ -z "$child" ] || kill -s TERM "$child" 2>/dev/null' TERM HUP INT
            (
            \(limits.map { "\($0) 2>/dev/null" }.joined(separator: "\n"))
            exec \(command)
            ) &
            child=$!
            wait "$child"
            status=$?
            while kill -s 0 "$child" 2>/dev/null; do wait "$child"; status=$?; done
            echo $status > \(Self.quoted(ended)).new && mv \(Self.quoted(ended)).new \(Self.quoted(ended))
            exit $status

            """
    }

    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: #"'\''"#) + "'" }

    /// How the job ended, where its launcher has.
    func judge(_ result: CommandResult, of launcher: String) -> CommandResult {
        guard case .exited(let status) = result.ending else { return result }
        var judged = result
        if let own = note(at: ended) {
            // As a shell tells a signal (POSIX, 2.8.2).
            judged.ending = own > 128 ? .signalled(own - 128) : .exited(own)
        } else if access(begun, F_OK) != 0 {
            judged.ending = .notStarted("'\(launcher)' ended with \(status), and the job has not begun")
        } else if status == 0 {
            judged.ending = .notStarted(
                "'\(launcher)' ended with 0 before the job had: it has to wait for the job's end")
        }
        return judged
    }

    private func note(at path: String) -> Int? {
        guard let file = Descriptor(owning: open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = read(file.number, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes.prefix(count).filter { $0 > 32 }, as: UTF8.self)).flatMap {
            (0...255).contains($0) ? $0 : nil
        }
    }
}
