import Foundation

/// An environment for git in which the developer's own configuration is off and people and moments are fixed.
public let plainGitEnvironment = [
    "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C",
    "HOME": "/nonexistent",
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
]

/// git said no.
public struct GitProgramFailure: Error, CustomStringConvertible {
    public let arguments: [String]
    public let code: Int
    public let words: String

    public var description: String { "git \(arguments.joined(separator: " ")) ended with \(code): \(words)" }
}

/// Runs git with the developer's own configuration off, and gives its output without the last line end.
@discardableResult
public func git(
    _ arguments: String..., in folder: String? = nil, input: String = "", environment: [String: String] = [:]
) throws -> String {
    try git(arguments, in: folder, input: input, environment: environment)
}

/// The same for arguments in a list.
@discardableResult
public func git(
    _ arguments: [String], in folder: String? = nil, input: String = "", environment: [String: String] = [:]
) throws -> String {
    let ended = try spawn(
        ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"] + arguments,
        environment: plainGitEnvironment.merging(environment) { $1 }, folder: folder, input: Array(input.utf8))
    guard ended.code == 0 else {
        let words = String(decoding: ended.errors + ended.output, as: UTF8.self)
        throw GitProgramFailure(arguments: arguments, code: ended.code, words: words)
    }
    let output = String(decoding: ended.output, as: UTF8.self)
    return output.hasSuffix("\n") ? String(output.dropLast()) : output
}
