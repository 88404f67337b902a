/// What a plug-in may use of the world outside, handed in with each call.
public struct Tools: Sendable {
    /// Runs a program. What it says comes without the secrets that its command names, so it may be kept and shown.
    public let run: RunCommand
    public var send: @Sendable (Call) async throws -> Reply
    /// The secret of that name, from the environment, or from a mounted file where the name is an absolute path.
    public var secret: @Sendable (String) -> String?
    public var now: @Sendable () -> Timestamp

    public init(
        run: @escaping RunCommand, send: @escaping @Sendable (Call) async throws -> Reply,
        secret: @escaping @Sendable (String) -> String? = { _ in nil }, now: @escaping @Sendable () -> Timestamp
    ) {
        self.run = Self.hidingSecrets(run)
        self.send = send
        self.secret = secret
        self.now = now
    }

    /// The same, but that what programs say comes without the secrets that their commands name.
    public static func hidingSecrets(_ run: @escaping RunCommand) -> RunCommand {
        { command in
            let result = await run(command)
            guard let mask = SecretMask(command.secrets) else { return result }
            return CommandResult(
                ending: result.ending, output: mask.hiding(in: result.output, cutAt: command.outputLimit),
                errors: mask.hiding(in: result.errors, cutAt: command.outputLimit))
        }
    }

    /// One HTTP request.
    public struct Call: Hashable, Sendable {
        public var method: String
        public var url: String
        public var headers: [String: String]
        public var body: [UInt8]
        public var timeout: Duration
        /// The most bytes of the answer that are kept; the rest is dropped. `nil` refuses an answer that is too large.
        public var replyLimit: Int?
        /// Whether redirects are followed, where there are no headers that another host should not see.
        public var followsRedirects = true

        public init(
            _ method: String, _ url: String, headers: [String: String] = [:], body: [UInt8] = [],
            timeout: Duration = .seconds(30), replyLimit: Int? = nil
        ) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
            self.timeout = timeout
            self.replyLimit = replyLimit
        }
    }

    public struct Reply: Hashable, Sendable {
        public let status: Int
        /// By name in lower case; values of a name that came more than once are joined by `, `.
        public let headers: [String: String]
        public let body: [UInt8]

        public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
            self.status = status
            self.headers = headers
            self.body = body
        }
    }
}
