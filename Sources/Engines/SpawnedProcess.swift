import Domain
import Glibc

/// A program that was started and not waited for yet: the leader of its own session and process group.
struct SpawnedProcess: ~Copyable {
    let id: pid_t
    let output: Descriptor
    let errors: Descriptor

    /// Starts the program, or says why it cannot be.
    init(_ command: Command) throws(StartFailure) {
        try Self.check(command)
        let arguments = try Self.arguments(of: command)
        let input = try Self.input(command.input)
        guard let output = PipeEnds(), let errors = PipeEnds() else {
            throw StartFailure("no pipe to the program", code: errno)
        }
        let environment = command.environment.map { "\($0.key)=\($0.value)" }
        var actions = SpawnActions()
        actions.connect(input.number, to: STDIN_FILENO)
        actions.connect(output.writing.number, to: STDOUT_FILENO)
        actions.connect(errors.writing.number, to: STDERR_FILENO)
        actions.closeTheRest()
        if let folder = command.folder { try actions.enter(folder) }
        id = try actions.spawn(arguments, environment)
        self.output = output.reading
        self.errors = errors.reading
    }

    private static func check(_ command: Command) throws(StartFailure) {
        let texts = command.arguments + command.environment.keys + command.environment.values
        if texts.contains(where: { $0.utf8.contains(0) }) {
            throw StartFailure("an argument or environment value holds a NUL character")
        }
        if let name = command.environment.keys.first(where: { $0.isEmpty || $0.utf8.contains(UInt8(ascii: "=")) }) {
            throw StartFailure("'\(name)' is no name for an environment variable")
        }
    }

    /// The program's path and its arguments. Limits are set by a shell that then becomes the program: a limit set from outside would
    /// come too late for what the program does first.
    private static func arguments(of command: Command) throws(StartFailure) -> [String] {
        guard let name = command.arguments.first, !name.isEmpty else { throw StartFailure("the command is empty") }
        let program = try ProgramPath.find(name, for: command).get()
        let rest = command.arguments.dropFirst()
        // In KiB, and in blocks of 512 bytes (POSIX, ulimit): whoever writes just as much as is allowed is not stopped.
        let limits = [
            command.memoryLimit.map { "ulimit -v \(max(1, $0 / 1024)) 2>/dev/null; " },
            command.fileLimit.map { "ulimit -f \(max(0, $0) / 512 + 1) 2>/dev/null; " },
        ].compactMap(\.self)
        guard !limits.isEmpty else { return [program] + rest }
        return ["/bin/sh", "-c", limits.joined() + #"exec "$0" "$@""#, program] + rest
    }

    /// Input is a file in memory rather than a pipe: nobody has to feed it, and a program that does not read it raises no SIGPIPE here.
    private static func input(_ bytes: [UInt8]) throws(StartFailure) -> Descriptor {
        if bytes.isEmpty {
            guard let null = Descriptor(owning: open("/dev/null", O_RDONLY | O_CLOEXEC)) else {
                throw StartFailure("/dev/null", code: errno)
            }
            return null
        }
        guard let file = MemoryFile.holding(bytes) else {
            throw StartFailure("cannot hold the program's input in memory", code: errno)
        }
        return file
    }
}
