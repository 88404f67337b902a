import Domain
import Foundation
import Git
import TestSupport
import Testing

/// Smart HTTP with a password, through git's own backend.
struct HTTPRemoteTests {
    @Test func `looks, fetches and pushes with a password, from the address or from a credential helper`() async throws
    {
        try await withServer { repository, store, address in
            let first = try objectID(repository.git("rev-parse", "HEAD"))
            let inAddress = try remote("http://bot:tok123@\(address)/origin.git", store)
            #expect(try await inAddress.references(["refs/heads/main"]) == ["refs/heads/main": first])
            let helper = ["GIT_CONFIG_KEY_0": "credential.helper", "GIT_CONFIG_COUNT": "1"].merging([
                "GIT_CONFIG_VALUE_0": "!f() { echo username=bot; echo password=tok123; }; f"
            ]) { $1 }
            let helped = try remote("http://\(address)/origin.git", store, helper)
            try await helped.fetch(["refs/heads/main"])
            let next = try objectID(repository.commit(["a": "1"], push: false))
            try repository.git("push", "--quiet", store.path, "main:refs/heads/incoming")
            let update = ReferenceUpdate("refs/heads/main", from: first, to: next)
            #expect(try await helped.push([update]) == .done)
            #expect(try await inAddress.push([update]) == .done, "what is there already is not pushed again")
            #expect(try await helped.push([ReferenceUpdate("refs/heads/main", from: first, to: first)]) == .moved)
            #expect(try git("rev-parse", "main", in: repository.origin) == "\(next)")
        }
    }

    @Test func `a wrong password, none, and a wrong path ask a human`() async throws {
        try await withServer { _, store, address in
            for (url, code) in [
                ("http://bot:wr0ng@\(address)/origin.git", GitError.Code.authentication),
                ("http://\(address)/origin.git", .authentication),
                ("http://bot:tok123@\(address)/missing.git", .notFound),
            ] {
                let error = await #expect(throws: GitError.self) {
                    try await remote(url, store).references(["refs/heads/main"])
                }
                #expect(error?.code == code, "\(error?.description ?? "")")
                #expect(error?.remedy == .askHuman)
                #expect(error?.description.contains("wr0ng") == false)
            }
        }
    }

    private func remote(
        _ url: String, _ store: GitStore, _ more: [String: String] = [:]
    ) throws -> GitCommandLine {
        try GitCommandLine(
            url, for: store, environment: plainGitEnvironment.merging(more) { $1 }, timeout: .seconds(60),
            run: runForTests)
    }

    private func withServer(
        _ body: (TemporaryRepository, GitStore, _ address: String) async throws -> Void
    ) async throws {
        try await withTemporaryRepository { repository in
            try git("config", "http.receivepack", "true", in: repository.origin)
            let store = try GitStore.create("\(repository.folder.path())/mirror.git")
            let script = repository.folder.appending(path: "server.py")
            try Self.server.write(to: script, atomically: true, encoding: .utf8)
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["python3", script.path(), repository.folder.path()]
            process.standardError = FileHandle.nullDevice
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            defer { process.terminate() }
            let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            let port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
            try await body(repository, store, "127.0.0.1:\(port)")
        }
    }

    /// Runs `git http-backend` for each request, as a web server would.
    private static let server = #"""
        import base64, http.server, os, subprocess, sys

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args): pass

            def answer(self):
                if self.headers.get("Authorization") != "Basic " + base64.b64encode(b"bot:tok123").decode():
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="git"')
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                path, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                backend = subprocess.run(["git", "http-backend"], input=body, capture_output=True, env={
                    "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": sys.argv[1], "GIT_HTTP_EXPORT_ALL": "1",
                    "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_USER": "bot",
                    "CONTENT_TYPE": self.headers.get("Content-Type") or "", "CONTENT_LENGTH": str(len(body)),
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
                    "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "", "GIT_CONFIG_GLOBAL": "/dev/null",
                    "GIT_CONFIG_NOSYSTEM": "1"})
                head, _, content = backend.stdout.partition(b"\r\n\r\n")
                fields = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
                self.send_response(int(next((v.split()[0] for k, v in fields if k == "Status"), "200")))
                for key, value in fields:
                    if key != "Status": self.send_header(key, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = answer

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_port, flush=True)
        server.serve_forever()
        """#
}
