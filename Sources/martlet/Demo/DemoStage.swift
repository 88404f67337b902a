import Domain
import Engines
import Glibc

/// Where the demo plays: a folder with a bare origin, a clone of it, what is served, and the programs that act there.
struct DemoStage: Sendable {
    let folder: String

    var origin: String { folder + "/origin.git" }
    var clone: String { folder + "/clone" }
    var log: String { folder + "/controller.log" }

    /// Makes an empty folder that nobody else can look into.
    static func make() throws -> DemoStage {
        let base = ProcessFacts.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(base)/martlet-demo.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw DemoFailure("cannot make a folder in \(base): \(String(cString: strerror(errno)))")
        }
        return DemoStage(folder: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// All that git, its hooks and the controller see of the environment: nothing of the user's own Git settings.
    var environment: [String: String] {
        let path = ProcessFacts.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return [
            "PATH": "\(folder)/bin:\(path)", "HOME": folder, "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "MARTLET_CACHE": folder + "/cache",
        ]
    }

    /// Makes the repository, its clone with the first commit's files, what the probe needs, and the hooks.
    func build() async throws {
        for program in ["git", "python3"] { try await run([program, "--version"]) }
        try await run(["mkdir", "-p", folder + "/bin", folder + "/served"])
        guard symlink(try ownBinary(), folder + "/bin/martlet") == 0 else {
            throw DemoFailure("cannot link the binary into \(folder)/bin: \(String(cString: strerror(errno)))")
        }
        try place("probe.py", at: "probe/probe.py")
        try place("data/served.csv", at: "probe/served.csv")
        try place("steps/1-first/models/tumor/score.py", at: "probe/score.py")
        try await run(["git", "init", "--quiet", "--bare", "--initial-branch=main", origin])
        try await run(["martlet", "hook", "install", "--server", "-C", origin])
        try await run(["git", "clone", "--quiet", origin, clone])
        try await git("config", "user.name", "Ann")
        try await git("config", "user.email", "ann@example.org")
        try await git("symbolic-ref", "HEAD", "refs/heads/main")
        try unfold("repository")
        for table in ["train.csv", "eval.csv"] { try place("data/" + table, at: "clone/data/" + table) }
        try await git("add", "--all")
        try await git("commit", "--quiet", "--message", "Begin: three environments, two gates, two tables")
        try await git("push", "--quiet", "origin", "main")
    }

    /// Copies the embedded files below `source` over the clone.
    func unfold(_ source: String) throws {
        for file in Self.files where file.path.hasPrefix(source + "/") {
            try put(file, at: "clone/" + file.path.dropFirst(source.utf8.count + 1))
        }
    }

    /// Copies one embedded file to a place below the folder.
    func place(_ source: String, at path: String) throws {
        guard let file = Self.files.first(where: { $0.path == source }) else {
            throw DemoFailure("the binary was built without manifests/demo/\(source)")
        }
        try put(file, at: path)
    }

    /// Manifests name places of this machine: `@DEMO@` stands for the folder.
    private func put(_ file: EmbeddedFile, at path: String) throws {
        var bytes = file.bytes
        if path.hasSuffix(".yaml") {
            let text = String(decoding: bytes, as: UTF8.self)
            bytes = Array(
                text.split(separator: "@DEMO@", omittingEmptySubsequences: false).joined(separator: folder).utf8)
        }
        try LocalFile.write(bytes, to: "\(folder)/\(path)", replacing: true)
    }

    private static let files = DemoFiles.all

    private func ownBinary() throws -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { throw DemoFailure("cannot tell where this program is: /proc/self/exe cannot be read") }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes everything.
    func strike() async {
        // Where git is not found, other programs may not be either.
        var environment = environment
        environment["PATH"] = (environment["PATH"].map { $0 + ":" } ?? "") + "/usr/local/bin:/usr/bin:/bin"
        _ = await LocalProcess.run(Command(["rm", "-rf", folder], environment: environment))
    }
}

// MARK: Programs

extension DemoStage {
    /// Runs a program in the folder. Where it fails, its own words become the error.
    @discardableResult
    func run(_ arguments: [String], in place: String? = nil) async throws -> String {
        let result = await attempt(arguments, in: place)
        guard result.succeeded else {
            throw DemoFailure("'\(arguments.joined(separator: " "))' \(result.story)")
        }
        return String(decoding: result.output, as: UTF8.self)
    }

    func attempt(_ arguments: [String], in place: String? = nil) async -> CommandResult {
        await LocalProcess.run(
            Command(arguments, environment: environment, folder: place ?? folder, timeout: .seconds(30)))
    }

    /// Runs git in the clone.
    @discardableResult
    func git(_ arguments: String...) async throws -> String { try await run(["git"] + arguments, in: clone) }

    /// What a martlet command that prints JSON says about the origin.
    func ask(_ arguments: String...) async throws -> JSON {
        let text = try await run(["martlet"] + arguments + ["-C", origin, "--output", "json"])
        do { return try JSON(parsing: text) } catch {
            throw DemoFailure("'martlet \(arguments.joined(separator: " "))' printed no JSON: \(error.message)")
        }
    }

    /// The controller, until the task is cancelled. Its log goes to a file, so that the demo can read along.
    func controller() async -> CommandResult {
        await LocalProcess.run(
            Command(
                [
                    "/bin/sh", "-c", #"exec martlet controller -C "$0" --poll 1s --log text 2> "$1""#, origin, log,
                ], environment: environment, folder: folder, timeout: .seconds(300)))
    }

    /// The lines of the controller's log after the first `count`.
    func logLines(after count: Int = 0) -> [String] {
        let bytes = (try? LocalFile.bytes(of: log)) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst(count).map(String.init)
    }
}
