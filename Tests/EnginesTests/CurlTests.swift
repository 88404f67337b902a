import Domain
import Foundation
import TestSupport
import Testing

@testable import Engines

struct CurlTests {
    private static let answers = """
        def answer(self, body):
            path = self.path.split("?")[0]
            if path == "/echo":
                seen = {"method": self.command, "length": len(body), "sha256": hashlib.sha256(body).hexdigest(),
                    "token": self.headers.get("X-Token"), "empty": self.headers.get("X-Empty")}
                return 200, {"content-type": "application/json"}, json.dumps(seen).encode()
            if path == "/missing": return 404, {}, b'{"message": "not found"}'
            if path == "/bytes": return 200, {}, bytes(range(256)) * 10
            if path == "/moved": return 302, {"location": "/echo"}, b""
            if path == "/to-limited": return 302, {"location": "/limited"}, b""
            if path == "/limited": return 429, {"Retry-After": " 7 ", "LINK": '<http://x/?a=1&b=2>; rel="next"'}, b""
            if path == "/round": return 302, {"location": "/round"}, b""
            if path == "/file": return 302, {"location": "file:///etc/passwd"}, b""
            if path == "/slow": time.sleep(5)
            if path == "/cut": return 200, {"content-length": "100", "connection": "close"}, b"short"
            if path == "/chunked":
                self.send_response(200); self.send_header("transfer-encoding", "chunked"); self.end_headers()
                try:
                    for _ in range(400): self.wfile.write(b"2710\\r\\n" + b"x" * 10000 + b"\\r\\n")
                    self.wfile.write(b"0\\r\\n\\r\\n")
                except OSError: pass
                return 200, {}, b""
            return 200, {}, b""
        """
    private static let shared = Result { try LoopbackServer(answers) }
    private let server: LoopbackServer
    private let curl = Curl()

    init() throws { server = try Self.shared.get() }

    @Test func `sends method, headers and body, and gives the answer`() async throws {
        let body = Array(#"{"text": "a \ "quoted" line\#r\#n\#t é"}"#.utf8)
        let reply = try await curl.send(
            Tools.Call("POST", server.url + "/echo", headers: ["X-Token": "s\"e\\cret", "X-Empty": ""], body: body))
        #expect(reply.status == 200)
        let seen = try JSON(parsing: reply.body)
        #expect(seen["method"] == "POST" && seen["token"] == "s\"e\\cret" && seen["empty"] == "")
        #expect(seen["length"]?.int == body.count)
        #expect(seen["sha256"]?.string == SHA256.digest(of: body).digits)
    }

    @Test(arguments: [1, 39_999, 40_001, 3_000_000])
    func `sends any bytes of any size`(count: Int) async throws {
        for start in [0, 1] {
            let body = (0..<count).map { UInt8(truncatingIfNeeded: start + $0 % (256 - start)) }
            let reply = try await curl.send(Tools.Call("PUT", server.url + "/echo", body: body))
            #expect(try JSON(parsing: reply.body)["sha256"]?.string == SHA256.digest(of: body).digits)
        }
    }

    @Test func `an error status is an answer too`() async throws {
        let reply = try await curl.send(Tools.Call("GET", server.url + "/missing"))
        #expect(reply.status == 404 && reply.body == Array(#"{"message": "not found"}"#.utf8))
    }

    @Test func `gives the body byte for byte`() async throws {
        let reply = try await curl.send(Tools.Call("GET", server.url + "/bytes"))
        #expect(reply.body == (0..<10).flatMap { _ in (0...255).map { UInt8($0) } })
        let head = try await curl.send(Tools.Call("HEAD", server.url + "/bytes"))
        #expect(head.status == 200 && head.body == [])
    }

    @Test func `gives the headers of the last answer, by name in lower case`() async throws {
        let reply = try await curl.send(Tools.Call("GET", server.url + "/to-limited"))
        #expect(reply.status == 429)
        #expect(reply.headers["retry-after"] == "7" && reply.headers["location"] == nil)
        #expect(reply.headers["link"] == #"<http://x/?a=1&b=2>; rel="next""#)
    }

    @Test func `follows redirects only where no header could leak`() async throws {
        #expect(try await curl.send(Tools.Call("GET", server.url + "/moved")).status == 200)
        #expect(try await curl.send(Tools.Call("GET", server.url + "/moved", headers: ["X-Token": "s"])).status == 302)
        var call = Tools.Call("GET", server.url + "/moved")
        call.followsRedirects = false
        #expect(try await curl.send(call).status == 302)
        await expect(.invalid, "redirects") { try await curl.send(Tools.Call("GET", server.url + "/round")) }
        await expect(.invalid, "rotocol") { try await curl.send(Tools.Call("GET", server.url + "/file")) }
    }

    @Test func `what is secret is never among the arguments`() async throws {
        let commands = Recorder()
        let curl = Curl(environment: ["GITHUB_TOKEN": "hidden", "https_proxy": "http://proxy:3128"]) { command in
            await commands.add(command)
            return CommandResult(ending: .exited(0), errors: Array("\n204".utf8))
        }
        let call = Tools.Call(
            "POST", "https://user:word@example.com/a?token=query", headers: ["Authorization": "Bearer head"],
            body: Array("inner".utf8))
        #expect(try await curl.send(call).status == 204)
        let command = try #require(await commands.all.first)
        #expect(command.arguments == ["curl", "-q", "--config", "-"])
        #expect(command.environment == ["https_proxy": "http://proxy:3128"])
    }

    @Test func `messages show neither query nor password`() async throws {
        await expect(.unreachable, "http://127.0.0.1:1/a: ", without: ["word", "secret"]) {
            try await curl.send(Tools.Call("GET", "http://user:word@127.0.0.1:1/a?token=secret"))
        }
    }

    @Test func `a server that is not trusted is an outage, told in one line`() async throws {
        let said = """
            curl: (60) SSL certificate problem: self-signed certificate
            More details here: https://curl.se/docs/sslcerts.html

            curl failed to verify the legitimacy of the server and therefore could not
            establish a secure connection to it.
            000
            """
        let curl = Curl { _ in CommandResult(ending: .exited(60), errors: Array(said.utf8)) }
        let failure = await #expect(throws: HTTPFailure.self) {
            try await curl.download("https://example.com/a?b", to: "/tmp/a", atMost: 9)
        }
        #expect(failure?.reason == .untrusted && failure?.isOutage == true)
        let words = "https://example.com/a: curl: (60) SSL certificate problem: self-signed certificate"
        #expect(failure?.description == words)
        #expect(HTTPFailure(.refused, "404").isOutage == false)
    }

    @Test func `an answer that does not come in time is a time-out`() async throws {
        await expect(.timedOut, "timed out") {
            try await curl.send(Tools.Call("GET", server.url + "/slow", timeout: .milliseconds(400)))
        }
    }

    @Test func `an answer that breaks off is no answer`() async throws {
        await expect(.unreachable, "bytes remaining") { try await curl.send(Tools.Call("GET", server.url + "/cut")) }
    }

    @Test(arguments: ["ftp://example.com/", "file:///etc/passwd", "-o/tmp/x", "", "http://a b/", "http://a/\r\nX: y"])
    func `refuses what is no web address`(url: String) async throws {
        await expect(.invalid, "'") { try await curl.send(Tools.Call("GET", url)) }
    }

    @Test func `refuses headers that would start another header`() async throws {
        await expect(.invalid, "does not allow") {
            try await curl.send(Tools.Call("GET", server.url, headers: ["X": "a\r\nY: b"]))
        }
    }

    @Test func `downloads a file of at most the promised size`() async throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/bytes"
        try await curl.download(server.url + "/bytes", to: path, atMost: 2560)
        #expect(try folder.bytes(of: "bytes").count == 2560)
        await expect(.tooLarge, "larger than 2559 bytes") {
            try await curl.download(server.url + "/bytes", to: path, atMost: 2559)
        }
        await expect(.tooLarge, "larger than 1000000 bytes") {
            try await curl.download(server.url + "/chunked", to: path, atMost: 1_000_000)
        }
        await expect(.refused, "404") { try await curl.download(server.url + "/missing", to: path, atMost: 9) }
    }

    private func expect<Value>(
        _ reason: HTTPFailure.Reason, _ words: String, without hidden: [String] = [], _ body: () async throws -> Value
    ) async {
        do {
            _ = try await body()
            Issue.record("there was an answer")
        } catch let failure as HTTPFailure {
            #expect(failure.reason == reason && failure.description.contains(words), "\(failure)")
            for word in hidden { #expect(!failure.description.contains(word)) }
        } catch {
            Issue.record(error)
        }
    }

    private actor Recorder {
        var all: [Command] = []
        func add(_ command: Command) { all.append(command) }
    }
}
