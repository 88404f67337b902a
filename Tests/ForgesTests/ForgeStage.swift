import Domain
import Engines
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Forges

/// An emulated forge on loopback over a real repository, and a client that talks to it.
struct ForgeStage: Sendable {
    static let branch = "promote/production/credit-risk"
    static let query = PullRequestQuery(into: "main", reviewed: [branch])

    let repository: TemporaryRepository
    let server: LoopbackServer
    let kind: String
    let pauses = Pauses()

    /// How long a client wanted to wait; nobody waits in a test.
    final class Pauses: Sendable {
        private let list = Mutex<[Duration]>([])
        var all: [Duration] { list.withLock { $0 } }
        func add(_ pause: Duration) { list.withLock { $0.append(pause) } }
    }

    init(_ kind: String, _ repository: TemporaryRepository, config: [String: JSON] = [:], description: String? = nil)
        throws
    {
        self.repository = repository
        self.kind = kind
        server = try EmulatedForge.start(kind, over: repository.origin, config: config, description: description)
        // A request's branch with one change, as `martlet promote` pushes it.
        try repository.git("switch", "--quiet", "-c", Self.branch)
        try repository.commit(
            ["environments/production/credit-risk.yaml": "version: 2\n"], message: "Promote credit-risk")
    }

    var head: ObjectID {
        get throws { try #require(ObjectID(try repository.git("rev-parse", "refs/remotes/origin/\(Self.branch)"))) }
    }

    var url: String { EmulatedForge.address(of: server, kind) }

    /// The client of this kind of forge, with settings as `martlet.yaml` has them.
    func client(_ more: [String: JSON] = [:]) throws -> any Forge {
        var settings: [String: JSON] = [
            "url": .string(url), "repository": "acme/models", "token": ["env": "FORGE_TOKEN"],
        ]
        for (name, value) in more { settings[name] = value == .null ? nil : value }
        let node = ManifestTree(.object(settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
        let pauses = pauses
        let patience = Patience(pause: { pauses.add($0) }, jitter: { 0 })
        switch kind {
        case "github":
            var forge = try GitHub(node: node)
            forge.patience = patience
            return forge
        case "gitlab":
            var forge = try GitLab(node: node)
            forge.patience = patience
            return forge
        default:
            var forge = try Gitea(node: node)
            forge.patience = patience
            return forge
        }
    }

    var tools: Tools { tools(["FORGE_TOKEN": EmulatedForge.token]) }

    func tools(_ secrets: [String: String]) -> Tools {
        let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        return Tools(
            run: { command in
                var command = command
                command.environment["PATH"] = environment["PATH"]
                return await LocalProcess.run(command)
            }, send: Curl(environment: environment).send, secret: { secrets[$0] },
            now: { Timestamp(seconds: 1_795_000_000) })
    }

    // MARK: Behind the client's back

    @discardableResult
    func control(_ what: String, _ body: JSON? = nil) async throws -> JSON {
        let call = Tools.Call("POST", "\(server.url)/control/\(what)", body: Array((body ?? .empty).text().utf8))
        return try JSON(parsing: try await tools.send(call).body)
    }

    func log() async throws -> [JSON] { try await control("log").array ?? [] }
    func problems() async throws -> [String] { try await control("problems").array?.compactMap(\.string) ?? [] }
    func state(_ name: String) async throws -> [JSON] { try await control("state")[name]?.array ?? [] }

    /// The requests that write, as `METHOD path`.
    func writes() async throws -> [String] {
        try await log().filter { $0["method"] != "GET" }.map {
            "\($0["method"]?.string ?? "") \($0["path"]?.string ?? "")"
        }
    }

    func push(_ text: String) throws -> ObjectID {
        try #require(ObjectID(try repository.commit(["environments/production/credit-risk.yaml": text])))
    }

    // MARK: What is shown

    func presentation(
        _ wish: RequestPresentation.Wish = .open, statuses: [RequestPresentation.Status]? = nil,
        title: String = "Promote credit-risk v2",
        report: RequestReport? = RequestReport(
            environment: "production", parts: [.init(model: "credit-risk", candidate: "v2", running: "v1")])
    ) throws -> RequestPresentation {
        RequestPresentation(
            branch: Self.branch, base: "main", head: try head, reference: Self.branch,
            statuses: statuses ?? [.init("martlet/production", .pending, "2 of 7 checks are missing")],
            page: .init(title: title, about: "credit-risk v2 passed staging.", report: report, wish: wish))
    }
}

/// Lends an emulated forge.
func withForge(
    _ kind: String, config: [String: JSON] = [:], _ body: (ForgeStage) async throws -> Void
) async throws {
    try await withTemporaryRepository(files: ["environments/production/credit-risk.yaml": "version: 1\n"]) {
        repository in
        let stage = try ForgeStage(kind, repository, config: config)
        try await body(stage)
        let problems = try await stage.problems()
        #expect(problems == [], "what breaks the published description")
    }
}
