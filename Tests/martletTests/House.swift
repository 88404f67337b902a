import Foundation
import TestSupport
import Testing

/// A model repository with a bare origin, a clone, targets and a probe, for the binary as people run it.
struct House {
    let folder: String

    var origin: String { folder + "/origin.git" }
    var work: String { folder + "/work" }
    var targets: String { folder + "/targets" }

    /// The debug binary beside the tests.
    static let binary: String = {
        if let path = ProcessInfo.processInfo.environment["MARTLET_BINARY"] { return path }
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = ((own ?? CommandLine.arguments[0]) as NSString).deletingLastPathComponent + "/martlet"
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        return (CommandLine.arguments[0] as NSString).deletingLastPathComponent + "/martlet"
    }()

    /// Settings of one environment.
    struct Room {
        var name: String
        var from: [String] = []
        var more = ""

        static let three = [
            Room(name: "dev"), Room(name: "staging", from: ["dev"]), Room(name: "production", from: ["staging"]),
        ]
    }

    /// Makes the repository in an empty folder.
    init(in folder: URL, rooms: [Room] = Room.three, models: [String] = ["tumor"]) throws {
        self.folder = folder.path(percentEncoded: false)
        try git("init", "--quiet", "--bare", "--template=", origin)
        try git("clone", "--quiet", origin, work)
        var files = ["gates/g.yaml": Self.gate()]
        for room in rooms {
            files["environments/\(room.name)/environment.yaml"] = environment(room)
            for model in models { files["environments/\(room.name)/\(model).yaml"] = Self.deployment(model) }
        }
        try commit(files, "The house")
    }

    /// Puts origin, targets and cache aside, to begin from them again and again.
    func save() throws {
        for name in ["origin.git", "targets", "cache"] where FileManager.default.fileExists(atPath: "\(folder)/\(name)")
        {
            try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(folder)/saved.\(name)")
        }
    }

    /// Makes everything as it was saved.
    func restore() throws {
        for name in ["origin.git", "targets", "cache"] {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            guard FileManager.default.fileExists(atPath: "\(folder)/saved.\(name)") else { continue }
            try FileManager.default.copyItem(atPath: "\(folder)/saved.\(name)", toPath: "\(folder)/\(name)")
        }
    }

    static func gate(_ least: Double = 0.5) -> String {
        """
        apiVersion: martlet.dev/v1
        kind: Gate
        metadata: {name: g}
        spec:
          checks:
            - {check: infra.quality-gate, compare: named, metrics: {accuracy: {min: \(least), by: value}}}

        """
    }

    static func deployment(_ model: String, _ pin: String = "") -> String {
        "apiVersion: martlet.dev/v1\nkind: Deployment\nmetadata: {name: \(model)}\nspec:\n  model: \(model)\n\(pin)"
    }

    /// A directory as the target, and a probe that fails for the version that ``makeIll(_:in:)`` names.
    func environment(_ room: Room) -> String {
        """
        apiVersion: martlet.dev/v1
        kind: Environment
        metadata: {name: \(room.name)}
        spec:
          from: [\(room.from.joined(separator: ", "))]
          gate: g
          target: {kind: directory, path: "\(targets)/\(room.name)", layout: plain, file: model.bin}
          verify:
            for: 0s
            interval: 1s
            failureThreshold: 1
            probe: {kind: exec, command: [sh, -c, "! grep -q '^{revision}$' \(folder)/ill/{environment}"]}
        \(room.more)

        """
    }

    static func model(_ name: String, evaluation: String = "{predictions: predictions.csv}") -> String {
        """
        apiVersion: martlet.dev/v1
        kind: Model
        metadata: {name: \(name)}
        spec:
          task: binary-classification
          artifact: {path: model.bin, format: other}
          evaluation: \(evaluation)

        """
    }

    /// A table in which that many of ten predictions are right.
    static func predictions(right: Int) -> String {
        "label,prediction\n" + (0..<10).map { "\($0 % 2),\($0 < right ? $0 % 2 : 1 - $0 % 2)\n" }.joined()
    }
}

extension House {
    @discardableResult
    func commit(
        _ files: [String: String], removing gone: [String] = [], _ message: String = "change", push: Bool = true
    )
        throws -> String
    {
        if push, (try? git("rev-parse", "main", in: origin)) != nil { try pull() }
        for (path, text) in files {
            let file = URL(filePath: "\(work)/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        for path in gone { try FileManager.default.removeItem(atPath: "\(work)/\(path)") }
        try git("add", "--all", in: work)
        try git("commit", "--quiet", "--allow-empty", "-m", message, in: work)
        if push { try inWork("push", "--quiet", "origin", "HEAD:main") }
        return try git("rev-parse", "HEAD", in: work)
    }

    /// A new version of a model; `right` of ten predictions are right.
    @discardableResult
    func push(_ model: String = "tumor", right: Int, _ note: String = "") throws -> String {
        try commit(
            [
                "models/\(model)/model.yaml": Self.model(model),
                "models/\(model)/model.bin": "weights \(right) \(note)\n",
                "models/\(model)/predictions.csv": Self.predictions(right: right),
            ], "\(model) with \(right) right\(note)")
    }

    func pull() throws { try git("pull", "--quiet", "--ff-only", "origin", "main", in: work) }

    /// Makes the probe of an environment say that a version is ill.
    func makeIll(_ revision: String, in environment: String) throws {
        try FileManager.default.createDirectory(atPath: folder + "/ill", withIntermediateDirectories: true)
        try Data("\(revision)\n".utf8).write(to: URL(filePath: "\(folder)/ill/\(environment)"))
    }

    static var variables: [String: String] {
        ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "HOME": "/nonexistent"]
    }

    /// Runs the binary.
    func martlet(
        _ arguments: [String], in place: String? = nil, environment: [String: String] = [:], cache: String = "cache",
        input: String = "", timeout: Duration = .seconds(60)
    ) throws -> Run {
        var variables = Self.variables.merging(environment) { $1 }
        variables["MARTLET_CACHE"] = "\(folder)/\(cache)"
        variables["PATH"] = path
        let ended = try spawn(
            [Self.binary] + arguments, environment: variables, folder: place ?? work, input: Array(input.utf8),
            timeout: timeout)
        return Run(
            code: ended.code, output: String(decoding: ended.output, as: UTF8.self),
            errors: String(decoding: ended.errors, as: UTF8.self))
    }

    /// The search path with the binary in front, so that hooks find it.
    var path: String {
        (Self.binary as NSString).deletingLastPathComponent + ":"
            + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
    }

    @discardableResult
    func reconcile(
        _ more: [String] = [], at place: String? = nil, cache: String = "cache", environment: [String: String] = [:]
    ) throws -> Run {
        let run = try martlet(["reconcile", "-C", place ?? origin] + more, environment: environment, cache: cache)
        guard run.code == 0 else { throw Failed(run: run) }
        return run
    }

    struct Run: CustomStringConvertible {
        let code: Int
        let output: String
        let errors: String
        var description: String { "code \(code)\n\(output)\n\(errors)" }
    }

    struct Failed: Error, CustomStringConvertible {
        let run: Run
        var description: String { run.description }
    }
}

extension House {
    func log(_ format: String = "%s") throws -> [String] {
        try git("log", "--first-parent", "--format=\(format)", "main", in: origin).split(separator: "\n").map(
            String.init)
    }

    func pin(_ environment: String, _ model: String = "tumor") throws -> String? {
        let text = try git("show", "main:environments/\(environment)/\(model).yaml", in: origin)
        return text.split(separator: "\n").first { $0.hasPrefix("  revision: ") }.map(pinnedRevision)
    }

    /// Everything that must not depend on how often Martlet was killed on the way: times and the ids that follow from them are left out.
    func picture() throws -> [String] {
        var lines = try log("%s %T")
        let ours = Set(try git("log", "--format=%H", "--author=Martlet", "main", in: origin).split(separator: "\n"))
        let status = try git("ls-tree", "-r", "--name-only", "refs/martlet/status", in: origin).split(separator: "\n")
        for file in status {
            var text = try git("show", "refs/martlet/status:\(file)", in: origin)
            for id in ours { text = text.replacing(id, with: "OURS") }
            text = text.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/, with: "TIME")
            lines.append("\(file) \(text)")
        }
        lines += try git("ls-tree", "-r", "--name-only", "refs/martlet/evidence", in: origin).split(separator: "\n")
            .map(String.init)
        return lines + files(targets)
    }

    /// Every file below a folder with its content, links with where they lead.
    private func files(_ root: String) -> [String] {
        var found: [String] = []
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: root) else { return [] }
        for name in names.sorted() {
            let path = "\(root)/\(name)"
            if let link = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
                found.append("\(name) -> \(link)")
            } else if let bytes = FileManager.default.contents(atPath: path), !isFolder(path) {
                let text = String(decoding: bytes, as: UTF8.self).replacing(/"(changed|altered)": \d+/, with: "TIME")
                found.append("\(name): \(text)")
            }
        }
        return found
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}

/// Lends a house in a folder that vanishes.
func withHouse<Result>(
    rooms: [House.Room] = House.Room.three, models: [String] = ["tumor"],
    isolation: isolated (any Actor)? = #isolation, _ body: (House) async throws -> Result
) async throws -> Result {
    try await withTemporaryFolder { folder in try await body(House(in: folder, rooms: rooms, models: models)) }
}
