/// A command of a model that an engine runs, and how much it may take.
public struct Job: Hashable, Sendable {
    /// What schedulers and people call it: lower-case letters, digits and `-`, at most 63 of them, and no two jobs the same.
    public let name: String
    public let arguments: [String]
    /// What the command sees of the environment, but for `PATH`.
    public let environment: [String: String]
    /// The job's own folder, which goes when it has ended.
    public let folder: String
    /// The folder in it that the command starts in.
    public let work: String
    public let limits: Limits
    /// Secrets that the command is given, by the name of the environment variable.
    public let secrets: [String: String]
    /// What a program of this machine may see of Martlet's own environment: where programs and home are, in what language it speaks.
    public let surroundings: [String: String]

    public init(
        name: String, arguments: [String], environment: [String: String], folder: String, work: String, limits: Limits,
        secrets: [String: String] = [:], surroundings: [String: String] = [:]
    ) {
        self.name = name
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.work = work
        self.limits = limits
        self.secrets = secrets
        self.surroundings = surroundings
    }

    /// How much a job may take.
    public struct Limits: Hashable, Sendable {
        public var time: Duration
        /// The most bytes of address space that each of its processes may use.
        public var memory: Int?
        /// The most bytes that a file may have which it writes.
        public var file: Int?
        /// The most bytes of output that are kept of each stream.
        public var output: Int

        public init(time: Duration, memory: Int? = nil, file: Int? = nil, output: Int = 1 << 20) {
            self.time = time
            self.memory = memory
            self.file = file
            self.output = output
        }
    }

    /// A name for a job about `subject`, such as a model's name, that no other job has.
    public static func name(for subject: String) -> String {
        let letters = subject.lowercased().utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "-")
            }
        }
        let number = String(UInt64.random(in: .min ... .max), radix: 36)
        return "martlet-\(String(decoding: letters.prefix(40), as: UTF8.self))-\(number)"
    }
}
