/// A program to run, away from any shell.
public struct Command: Hashable, Sendable {
    public var arguments: [String]
    /// All that the program sees of the environment.
    public var environment: [String: String]
    public var folder: String?
    public var input: [UInt8]
    public var timeout: Duration
    /// The most bytes of address space that each of its processes may use.
    public var memoryLimit: Int?
    /// The most bytes that a file may have which it writes: beyond, it gets SIGXFSZ, or the error EFBIG where it ignores that.
    public var fileLimit: Int?
    /// The most bytes of output that are kept of each stream; more is read and dropped.
    public var outputLimit: Int
    /// Secrets that the program is given: ``Tools/run`` hides them in all that it says.
    public var secrets: [String]

    public init(
        _ arguments: [String], environment: [String: String] = [:], folder: String? = nil, input: [UInt8] = [],
        timeout: Duration = .seconds(60), memoryLimit: Int? = nil, fileLimit: Int? = nil, outputLimit: Int = 1 << 20,
        secrets: [String] = []
    ) {
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.input = input
        self.timeout = timeout
        self.memoryLimit = memoryLimit
        self.fileLimit = fileLimit
        self.outputLimit = outputLimit
        self.secrets = secrets
    }
}

/// How a program ended.
public struct CommandResult: Hashable, Sendable {
    public enum Ending: Hashable, Sendable {
        case exited(Int)
        case signalled(Int)
        case timedOut
        /// It could not be started.
        case notStarted(String)
        /// The machine had nothing left to start it with, such as files, processes or memory: it says nothing of the program.
        case exhausted(String)
    }

    public var ending: Ending
    public var output: [UInt8]
    public var errors: [UInt8]

    public init(ending: Ending, output: [UInt8] = [], errors: [UInt8] = []) {
        self.ending = ending
        self.output = output
        self.errors = errors
    }

    public var succeeded: Bool { ending == .exited(0) }

    /// The program's last words, for a message: at most the last 20 lines of its errors, or of its output.
    public var lastWords: String {
        let stream = errors.isEmpty ? output : errors
        let lines = String(decoding: stream.suffix(8192), as: UTF8.self).split(separator: "\n")
        return lines.suffix(20).joined(separator: "\n")
    }
}

/// Runs programs. A closure, so that a room needs no process library and a test can hand in a real or a recording one.
public typealias RunCommand = @Sendable (Command) async -> CommandResult
