import ControlLoop
import Domain
import Engines
import Foundation
import Notifiers
import TestSupport
import Testing

/// Where notices arrive: a real HTTP server, which can be told to behave badly.
final class Inbox: Sendable {
    let scratch: ScratchFolder
    private let server: LoopbackServer

    init() throws {
        scratch = try ScratchFolder()
        server = try LoopbackServer(
            """
            folder = "\(scratch.path)"
            def answer(self, body):
                name = self.path.strip("/")
                with open(folder + "/asked-" + name, "a") as log: log.write("x")
                how = folder + "/how-" + name
                if os.path.exists(how):
                    words = open(how).read().split()
                    if words[0] == "slow": time.sleep(float(words[1]))
                    else: return int(words[0]), {}, b"no"
                with open(folder + "/taken-" + name, "a") as log: log.write(body.decode() + "\\n")
                return 200, {}, b"ok"
            """)
    }

    func url(_ name: String) -> String { "\(server.url)/\(name)" }

    /// `500`, `400`, `slow 3`; `nil` is well again.
    func behave(_ how: String?, _ name: String = "a") throws {
        if let how {
            try scratch.write(Array(how.utf8), to: "how-\(name)")
        } else {
            try FileManager.default.removeItem(atPath: "\(scratch.path)/how-\(name)")
        }
    }

    func taken(_ name: String = "a") throws -> [JSON] {
        guard let text = try? scratch.text(of: "taken-\(name)") else { return [] }
        return try text.split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
    }

    func asked(_ name: String = "a") -> Int { (try? scratch.bytes(of: "asked-\(name)").count) ?? 0 }

    /// What was told: the event, and where.
    func events(_ name: String = "a") throws -> [String] {
        try taken(name).map { json in
            let places = (json["environments"]?.array ?? []).compactMap(\.string).joined(separator: "+")
            return "\(json["event"]?.string ?? "?")\(places.isEmpty ? "" : " \(places)")"
        }
    }
}

/// A stage with people who want to know.
final class NoticeStage {
    let stage: Stage
    let inbox: Inbox
    private(set) var noticeSender: NoticeSender

    init(_ stage: Stage, _ inbox: Inbox, _ notifications: [String]) throws {
        (self.stage, self.inbox) = (stage, inbox)
        noticeSender = Self.noticeSender(stage)
        try configure(notifications)
    }

    func configure(_ notifications: [String]) throws {
        let lines = notifications.map { "    - {\($0)}\n" }.joined()
        try stage.commit(
            [
                "martlet.yaml":
                    "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec:\n  branch: main\n  notifications:\n\(lines)"
            ], message: "settings")
    }

    /// Goes around until all is quiet and told, with the clock standing.
    func settle() async throws {
        repeat { try await stage.settle() } while await noticeSender.settle()
    }

    /// A new controller and sender that know nothing: what a restart after kill -9 is.
    func restart() {
        stage.restart()
        noticeSender = Self.noticeSender(stage)
    }

    private static func noticeSender(_ stage: Stage) -> NoticeSender {
        NoticeSender(stage.surroundings, stage.controller, uptime: { [clock = stage.clock] in clock.uptime })
    }

    /// What Git knows of a notifier.
    func record(_ name: String = "webhook") throws -> JSON {
        try JSON(
            parsing: Array(git("show", "refs/martlet/notices:notifiers/\(name).json", in: stage.repository.origin).utf8)
        )
    }

    var commits: Int {
        get throws { try stage.log(of: "refs/martlet/notices").count }
    }
}

/// Lends a stage whose `martlet.yaml` has these notifications; without any, one webhook to the inbox `a`, for everything.
func withNoticeSender(
    _ environments: [EnvironmentText] = [.dev, .staging], models: [String] = ["tumor"], gate: String = "",
    _ notifications: (Inbox) -> [String] = { ["kind: webhook, url: \"\($0.url("a"))\", timeout: 1s"] },
    hooks: (inout Surroundings) -> Void = { _ in },
    isolation: isolated (any Actor)? = #isolation, _ body: (NoticeStage) async throws -> Void
) async throws {
    let inbox = try Inbox()
    let curl = Curl(environment: ["PATH": "/usr/bin:/bin"])
    try await withTemporaryFolder { folder in
        let stage = try Stage(in: folder, environments, models: models, gate: gate) { surroundings in
            surroundings.notifiers = Registry([Webhook.self, ChatWebhook.self, CommandNotifier.self])
            surroundings.tools.send = { try await curl.send($0) }
            hooks(&surroundings)
        }
        try await body(NoticeStage(stage, inbox, notifications(inbox)))
    }
}
