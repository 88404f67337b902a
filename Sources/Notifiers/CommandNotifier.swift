public import Domain

/// Hands each notice to a program, as JSON on its standard input.
///
///     {kind: command, command: [/opt/notify.sh], secrets: [PAGER_TOKEN]}
///
/// It sees no more of Martlet's environment than where programs and home are, what `environment` sets, and the secrets that are named.
/// Ending with 0 means that it took the notice; anything else is tried again.
public struct CommandNotifier: Notifier {
    public static let kind = "command"
    public static let summary = "hands each notice to a program, as JSON on its standard input"

    let command: [String]
    let timeout: Duration
    let environment: [String: String]
    let secrets: [String]

    public init(_ fields: Fields) throws(FieldErrors) {
        command = try fields.required("command", "the program and its arguments")
        timeout = fields.value("timeout", default: .seconds(30), "how long it may take")
        environment = fields.value("environment", default: [:], "further environment variables")
        secrets = fields.value("secrets", default: [], "secrets that it gets as environment variables of the same name")
        if command.isEmpty { fields.complain(about: "command", "is empty") }
        if timeout <= .zero { fields.complain(about: "timeout", "must be longer than nothing") }
    }

    public func notify(_ notice: Notice, using tools: Tools) async throws {
        var all = environment
        var hidden: [String] = []
        for name in secrets {
            guard let value = tools.secret(name) else {
                throw NotifierFailure(
                    "there is no secret '\(name)', which '\(command[0])' needs; set it where Martlet runs")
            }
            all[name] = value
            hidden.append(value)
        }
        let program = Program(arguments: command, timeout: timeout, environment: all)
        try await program.take(Array((notice.json.text() + "\n").utf8), hiding: hidden, using: tools)
    }
}
