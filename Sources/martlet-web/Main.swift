import ArgumentParser
import Domain
import Engines
import Glibc
import WebServer

/// Webhooks in, a wake-up of the controller out.
@main
struct MartletWeb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet-web", abstract: "Wake the controller when a forge says that something changed",
        discussion: """
            Answers POST /webhooks/github, /webhooks/gitlab, /webhooks/gitea and /webhooks/forgejo, and GET /healthz. A forge is known when its \
            secret is: in MARTLET_WEBHOOK_GITHUB (GITLAB, GITEA, FORGEJO), or in the file that MARTLET_WEBHOOK_GITHUB_FILE names. Put a \
            server that speaks TLS before it. Where no controller listens at the socket, a delivery is answered with 503; nothing is lost, \
            since a controller looks by itself, too. So is what comes beyond 256 connections at a time, or 32 MiB of bodies (twice \
            --max-body, where that is more).

                martlet-web --socket /srv/git/models.git/martlet.sock --port 8080
            """)

    @Option(help: "The controller's socket: martlet.sock in the repository that it watches") var socket: String
    @Option(help: "The address to listen at") var host: String = "127.0.0.1"
    @Option(help: "The port to listen at") var port: Int = 8080
    @Option(help: "The greatest body that is taken, in bytes; GitHub sends up to 25 MiB") var maxBody: Int = 1 << 20

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be 0 to 65535") }
    }

    func run() async throws {
        OwnSecrets.hide()
        let secrets = try Dictionary(uniqueKeysWithValues: WebhookRule.all.keys.map { ($0, try Self.secret(of: $0)) })
        let known = secrets.compactMapValues(\.self)
        guard !known.isEmpty else {
            throw ValidationError(
                "no secret is set; set MARTLET_WEBHOOK_GITHUB, _GITLAB, _GITEA or _FORGEJO, or one with _FILE")
        }
        let waker = ControllerWaker(socket: socket)
        let handler = WebhookHandler(bodyLimit: maxBody, secret: { known[$0] }, now: Self.now, wake: waker.wake)
        let server = try await WebServer(handler, host: host, port: port)
        print("listening at \(host):\(server.port) for \(known.keys.sorted().joined(separator: ", "))")
        fflush(nil)
        try await server.wait()
    }

    private static func secret(of forge: String) throws -> String? {
        let name = "MARTLET_WEBHOOK_\(forge.uppercased())"
        if let secret = getenv(name).map({ String(cString: $0) }) { return secret.isEmpty ? nil : secret }
        guard let path = getenv(name + "_FILE").map({ String(cString: $0) }) else { return nil }
        guard let file = fopen(path, "r") else {
            throw ValidationError("cannot read \(path), which \(name)_FILE names: \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
        let line = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first
        return line.map(String.init)
    }

    private static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec))
    }
}
