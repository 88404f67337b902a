import Domain

/// What is wrong with manifests, as commands tell people who asked for something else.
enum ProblemText {
    private static let most = 20

    /// Says the first of them, after an empty line.
    static func say(_ problems: [Diagnostic]) {
        guard !problems.isEmpty else { return }
        Terminal.say("")
        for problem in problems.prefix(most) { Terminal.say(problem.description) }
        if problems.count > most {
            Terminal.say("… and \(problems.count - most) more; martlet validate shows all of them")
        }
    }
}

extension [Diagnostic] {
    var json: JSON { .array(map(\.json)) }
}
