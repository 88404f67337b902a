import Domain
import Foundation
import TestSupport
import Testing

/// A real HTTP server that behaves as its path says, and writes down what it took.
final class NoticeServer: Sendable {
    /// A part of every path, which with many services is the secret.
    static let token = "T0KEN-B0B0-x7Q9"
    let scratch: ScratchFolder
    let server: LoopbackServer

    init() throws {
        scratch = try ScratchFolder()
        server = try LoopbackServer(
            """
            folder = "\(scratch.path)"
            def answer(self, body):
                how = self.path.split("/")[1]
                if how == "flaky" and not os.path.exists(folder + "/flaked"):
                    open(folder + "/flaked", "w").close()
                    return 500, {}, b"try " + self.path.encode() + b" again"
                if how == "slow": time.sleep(4)
                if how == "echoes": return 400, {}, b"\\x1b[31mno such hook: " + self.path.encode()
                if how == "moved": return 302, {"location": "/takes"}, b""
                with open(folder + "/taken", "a") as log:
                    log.write(json.dumps({"path": self.path, "headers": dict(self.headers), "body": body.decode()}) + "\\n")
                if how == "talkative": return 200, {}, b"x" * 30_000_000
                if how == "endless":
                    self.send_response(200); self.send_header("connection", "close"); self.end_headers()
                    try:
                        while True: self.wfile.write(b"x" * 65536); time.sleep(0.01)
                    except OSError: pass
                return 204, {}, b""
            """)
    }

    func url(_ how: String) -> String { "\(server.url)/\(how)/\(Self.token)?key=\(Self.token)" }

    func url(_ behaviour: Behaviour) -> String {
        // Port 1 of this machine: nobody is there.
        behaviour == .dead ? "http://127.0.0.1:1/\(Self.token)" : url(behaviour.rawValue)
    }

    struct Taken {
        let headers: [String: String]
        let body: String
        var json: JSON { get throws { try JSON(parsing: Array(body.utf8)) } }
    }

    func taken() throws -> [Taken] {
        guard let text = try? scratch.text(of: "taken") else { return [] }
        return try text.split(separator: "\n").map { line in
            let json = try JSON(parsing: Array(line.utf8))
            let headers = (json["headers"]?.members ?? []).map { ($0.key.lowercased(), $0.value.string ?? "") }
            return Taken(
                headers: Dictionary(headers) { first, _ in first }, body: try #require(json["body"]?.string))
        }
    }
}
