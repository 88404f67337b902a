import ControlLoop
import Domain
import Engines
import Forges
import Foundation
import TestSupport
import Testing

/// A stage whose requests an emulated forge shows: a real server on loopback, over the stage's own origin.
struct ForgeScene {
    let stage: Stage
    let server: LoopbackServer
    let kind: String

    var forgeSync: ForgeSync { get throws { try #require(stage.surroundings.forge) } }

    static func forgeSync(_ surroundings: Surroundings) -> ForgeSync {
        let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        var tools = surroundings.tools
        tools.send = { try await Curl(environment: environment).send($0) }
        tools.secret = { $0 == "FORGE_TOKEN" ? EmulatedForge.token : nil }
        return ForgeSync(
            forges: Registry([GitHub.self, GitLab.self, Gitea.self]), tools: tools, tell: surroundings.tell)
    }

    init(_ kind: String, _ stage: Stage, config: [String: JSON] = [:]) throws {
        (self.stage, self.kind) = (stage, kind)
        server = try EmulatedForge.start(kind, over: stage.repository.origin, config: config)
    }

    /// `martlet.yaml` that names the forge.
    func settings(_ more: String = "", url: String? = nil, teams: String = "") -> String {
        let url = url ?? EmulatedForge.address(of: server, kind)
        return """
            apiVersion: martlet.dev/v1
            kind: Repository
            metadata: {name: m}
            spec:
              branch: main
            \(teams)
              forge: {kind: \(kind), url: "\(url)", repository: acme/models, token: {env: FORGE_TOKEN}\(more)}

            """
    }

    func use(_ more: String = "", url: String? = nil) throws {
        try stage.commit(["martlet.yaml": settings(more, url: url)], message: "The forge")
    }

    /// Lets loop and sync go on until both have nothing to do, as after a webhook.
    func go() async throws {
        stage.clock.advance(.seconds(3))
        try await forgeSync.lookNow()
        for _ in 0..<5 {
            try await stage.settle()
            try await forgeSync.work()
        }
    }

    /// Another controller goes on, with a sync that knows nothing yet.
    func restarted() async throws -> ForgeSync {
        var fresh = stage.surroundings
        let forgeSync = Self.forgeSync(fresh)
        fresh.forge = forgeSync
        let controller = Controller(fresh, branch: "main")
        for _ in 0..<3 {
            try await controller.settle()
            await forgeSync.work()
        }
        return forgeSync
    }

    /// The sync looks again, before the loop does.
    func lookAgain() async {
        stage.clock.advance(.seconds(3))
        await stage.surroundings.forge?.lookNow()
        await stage.surroundings.forge?.work()
    }

    @discardableResult
    func control(_ what: String, _ body: JSON? = nil) async throws -> JSON {
        let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        let call = Tools.Call("POST", "\(server.url)/control/\(what)", body: Array((body ?? .empty).text().utf8))
        return try JSON(parsing: try await Curl(environment: environment).send(call).body)
    }

    func pages() async throws -> [JSON] { try await control("state")["requests"]?.array ?? [] }
    func comments() async throws -> [String] {
        (try await control("state")["comments"]?.array ?? []).compactMap { $0["body"]?.string }
    }

    /// The newest status of each name on a commit, as `state: description`.
    func statuses(on head: ObjectID) async throws -> [String: String] {
        let all = (try await control("state")["statuses"]?.array ?? []).filter { $0["sha"]?.string == head.description }
        return Dictionary(
            all.map {
                ($0["context"]?.string ?? "", "\($0["state"]?.string ?? ""): \($0["description"]?.string ?? "")")
            }
        ) { $1 }
    }

    func writes() async throws -> Int {
        (try await control("log").array ?? []).filter { $0["method"] != "GET" }.count
    }

    /// A person's review of the newest page, in each forge's own words.
    func review(_ person: String, approves: Bool, of head: ObjectID) async throws {
        let state =
            kind == "gitlab"
            ? (approves ? "approved" : "requested_changes")
            : (approves ? "APPROVED" : kind == "gitea" ? "REQUEST_CHANGES" : "CHANGES_REQUESTED")
        try await control(
            "reviews", ["person": .string(person), "state": .string(state), "commit": .string("\(head)")])
    }
}

/// Lends a stage of requests with a forge. Whatever breaks the forge's published description is a failure.
func withForgeScene(
    _ kind: String, gate: String = "  soakFor: 1h", settings: String? = "", config: [String: JSON] = [:],
    _ body: (ForgeScene) async throws -> Void
) async throws {
    try await withRequests(gate: gate, hooks: { $0.forge = ForgeScene.forgeSync($0) }) { stage in
        let scene = try ForgeScene(kind, stage, config: config)
        if let settings { try scene.use(settings) }
        try await body(scene)
        let problems = try await scene.control("problems").array ?? []
        #expect(problems == [], "what breaks the published description")
    }
}
