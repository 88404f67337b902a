import Foundation

/// A program that was started and has ended.
public struct Ended: Sendable {
    /// The exit code, or minus the signal that ended it.
    public let code: Int
    public let timedOut: Bool
    public let output: [UInt8]
    public let errors: [UInt8]
}

/// Runs a program in its own process group and waits for it; kills the whole group at the time limit.
///
/// Output goes to files and not to pipes, so that a grandchild that keeps them open cannot hold up a test.
public func spawn(
    _ arguments: [String], environment: [String: String], folder: String? = nil, input: [UInt8] = [],
    timeout: Duration = .seconds(60)
) throws -> Ended {
    let streams = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: streams) }
    let names = ["input", "output", "errors"].map { streams.appending(path: $0).path(percentEncoded: false) }
    try Data(input).write(to: URL(filePath: names[0]))
    let child = try start(arguments, environment: environment, folder: folder, streams: names)
    let (status, timedOut) = wait(for: child, until: ContinuousClock.now + timeout)
    let signal = status & 0x7f
    return Ended(
        code: signal == 0 ? Int(status >> 8 & 0xff) : -Int(signal), timedOut: timedOut,
        output: try Array(Data(contentsOf: URL(filePath: names[1]))),
        errors: try Array(Data(contentsOf: URL(filePath: names[2]))))
}

private func start(
    _ arguments: [String], environment: [String: String], folder: String?, streams: [String]
) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, streams[0], O_RDONLY, 0)
    for stream in 1...2 {
        posix_spawn_file_actions_addopen(&actions, Int32(stream), streams[stream], O_WRONLY | O_CREAT, 0o600)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    var child: pid_t = 0
    // posix_spawn's own way to change the folder is hidden from Swift here.
    let arguments = folder.map { ["/usr/bin/env", "-C", $0] + arguments } ?? arguments
    let words = arguments.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    let program = try executable(arguments.first ?? "", environment)
    let code = posix_spawn(&child, program, &actions, &attributes, words, variables)
    guard code == 0 else { throw CannotStart(program: program, reason: String(cString: strerror(code))) }
    return child
}

private func wait(for child: pid_t, until deadline: ContinuousClock.Instant) -> (status: Int32, timedOut: Bool) {
    var status: Int32 = 0
    var pause: UInt32 = 200
    while waitpid(child, &status, WNOHANG) == 0 {
        guard ContinuousClock.now < deadline else {
            kill(-child, SIGKILL)
            waitpid(child, &status, 0)
            return (status, true)
        }
        usleep(pause)
        pause = min(pause * 2, 5000)
    }
    return (status, false)
}

private func executable(_ name: String, _ environment: [String: String]) throws -> String {
    if name.contains("/") { return name }
    for folder in (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    where access("\(folder)/\(name)", X_OK) == 0 {
        return "\(folder)/\(name)"
    }
    throw CannotStart(program: name, reason: "it is not in the PATH")
}

struct CannotStart: Error, CustomStringConvertible {
    let program: String
    let reason: String

    var description: String { "cannot start \(program): \(reason)" }
}
