import Domain
import Engines
import Foundation
import TestSupport
import Testing

@testable import WebServer

/// Over a real connection.
struct WebServerTests {
    private func withServer(_ body: (String, WebhookHandlerTests.Waker) async throws -> Void) async throws {
        let waker = WebhookHandlerTests.Waker()
        let handler = WebhookHandler(
            bodyLimit: 100_000, secret: { ["github": "g"][$0] }, now: { Timestamp(seconds: 0) }, wake: { waker.wake() })
        let server = try await WebServer(handler, host: "127.0.0.1", port: 0, connections: 8)
        do {
            try await body("http://127.0.0.1:\(server.port)", waker)
        } catch {
            await server.close()
            throw error
        }
        await server.close()
    }

    private func send(_ method: String, _ url: String, _ headers: [String: String] = ["X-A": "b"], _ body: [UInt8] = [])
        async throws -> Int
    {
        try await Curl(environment: ["PATH": "/usr/bin:/bin"]).send(
            Tools.Call(method, url, headers: headers, body: body)
        ).status
    }

    @Test func `wakes for a signed push, and says so`() async throws {
        try await withServer { (url, waker) async throws in
            let body = Array(repeating: UInt8(ascii: "x"), count: 90_000)
            let code = HMAC.sha256(of: body, key: Array("g".utf8)).digits
            let headers = [
                "X-GitHub-Event": "push", "X-GitHub-WebhookRequest": "1", "X-Hub-Signature-256": "sha256=" + code,
            ]
            #expect(try await send("POST", url + "/webhooks/github?x=1", headers, body) == 202)
            #expect(waker.wakes == 1)
            #expect(try await send("POST", url + "/webhooks/github", headers, Array(body.dropLast())) == 401)
            #expect(waker.wakes == 1)
        }
    }

    @Test func `answers what it is not there for`() async throws {
        try await withServer { (url, waker) async throws in
            #expect(try await send("GET", url + "/healthz") == 200)
            #expect(try await send("POST", url + "/healthz") == 405)
            #expect(try await send("GET", url + "/") == 404)
            #expect(try await send("POST", url + "/webhooks/nobody", [:], [1]) == 404)
            #expect(try await send("PUT", url + "/webhooks/github", [:], [1]) == 405)
            #expect(waker.wakes == 0)
        }
    }

    @Test func `takes no larger body than it was told to, announced or not`() async throws {
        try await withServer { (url, waker) async throws in
            let large = [UInt8](repeating: 0x20, count: 100_001)
            let headers = ["X-Hub-Signature-256": "sha256=00"]
            #expect(try await send("POST", url + "/webhooks/github", headers, large) == 413)
            let ended = try spawn(
                [
                    "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Transfer-Encoding: chunked", "-H",
                    "X-Hub-Signature-256: sha256=00",
                    "--data-binary",
                    "@-", url + "/webhooks/github",
                ], environment: ["PATH": "/usr/bin:/bin"], input: large)
            #expect(String(decoding: ended.output, as: UTF8.self).hasSuffix("413"))
            #expect(waker.wakes == 0)
        }
    }

    @Test func `a target that names its host is answered`() async throws {
        try await withServer { (url, waker) async throws in
            let ended = try spawn(
                [
                    "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--request-target", url + "/healthz?x", url,
                ], environment: ["PATH": "/usr/bin:/bin"])
            #expect(String(decoding: ended.output, as: UTF8.self) == "200")
        }
    }

    /// Connections that say what they are given and then wait, held open by a program for as long as the body runs.
    private func withIdlers(
        _ count: Int, _ url: String, saying words: String, _ body: () async throws -> Void
    ) async throws {
        let address = url.dropFirst(7).split(separator: ":").map(String.init)
        let script = """
            import socket, sys
            held = []
            for _ in range(\(count)):
                one = socket.create_connection(("\(address[0])", \(address[1])))
                one.sendall(sys.argv[1].encode())
                held.append(one)
            print("held", flush=True)
            sys.stdin.read()
            """
        let program = Process()
        program.executableURL = URL(filePath: "/usr/bin/env")
        program.arguments = ["python3", "-c", script, words]
        let (input, output) = (Pipe(), Pipe())
        program.standardInput = input
        program.standardOutput = output
        try program.run()
        defer {
            try? input.fileHandleForWriting.close()
            program.waitUntilExit()
        }
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).hasPrefix("held"))
        try await body()
    }

    @Test func `beyond so many connections the next is told to come again, and is served when they are gone`()
        async throws
    {
        try await withServer { (url, waker) async throws in
            try await withIdlers(8, url, saying: "POST /webhooks/github HTTP/1.1\r\n") {
                let ended = try spawn(["curl", "-s", "-i", url + "/healthz"], environment: ["PATH": "/usr/bin:/bin"])
                let words = String(decoding: ended.output, as: UTF8.self).lowercased()
                #expect(words.contains("503") && words.contains("retry-after: 30"), "\(words)")
            }
            var status = 0
            for _ in 0..<50 where status != 200 {
                try await Task.sleep(for: .milliseconds(100))
                status = try await send("GET", url + "/healthz")
            }
            #expect(status == 200)
        }
    }

    @Test func `what is kept of all bodies together has an end`() {
        let load = Load(connections: 2, bytes: 100)
        #expect(load.open() && load.open() && !load.open())
        load.close()
        load.close()
        #expect(load.open())
        #expect(load.keep(60) && !load.keep(41) && load.keep(40) && !load.keep(1))
        load.drop(40)
        #expect(load.keep(40))
    }

    @Test func `what is no HTTP ends the connection and nothing else`() async throws {
        try await withServer { (url, _) async throws in
            let address = url.dropFirst(7).split(separator: ":").map(String.init)
            let script = "exec 3<>/dev/tcp/\(address[0])/\(address[1]); printf 'HELO\\r\\n\\r\\n' >&3; cat <&3"
            let ended = try spawn(
                ["bash", "-c", script], environment: ["PATH": "/usr/bin:/bin"], timeout: .seconds(30))
            #expect(!ended.timedOut)
            #expect(try await send("GET", url + "/healthz") == 200)
        }
    }
}
