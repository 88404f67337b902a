import Foundation

/// A real HTTP server on the loopback interface: Python's own, with a handler written in the test. Needs `python3`.
///
/// The script sees `self` in `answer(self, body)` and returns (status, headers, bytes). Ends with the last reference.
public final class LoopbackServer: Sendable {
    public let url: String
    private let process: Process
    private let lifeline = Pipe()

    public init(_ answer: String) throws {
        let script = """
            import http.server, sys, time, hashlib, json, os, threading
            # Gone with the test, however that ends: nobody then holds the other end of the input.
            threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
            \(answer)
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def handle_any(self):
                    body = self.rfile.read(int(self.headers.get("content-length") or 0))
                    status, headers, data = answer(self, body)
                    self.send_response(status)
                    for name, value in headers.items(): self.send_header(name, value)
                    if "content-length" not in headers and "transfer-encoding" not in headers:
                        self.send_header("content-length", str(len(data)))
                    self.end_headers()
                    if self.command != "HEAD": self.wfile.write(data)
                do_GET = do_POST = do_PUT = do_HEAD = do_PATCH = do_DELETE = handle_any
                def log_message(self, *arguments): pass
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            print(server.server_address[1], flush=True)
            server.serve_forever()
            """
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        let output = Pipe()
        process.standardInput = lifeline
        process.standardOutput = output
        try process.run()
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n"), let byte = try output.fileHandleForReading.read(upToCount: 1)?.first {
            line.append(byte)
        }
        url = "http://127.0.0.1:" + String(decoding: line.dropLast(), as: UTF8.self)
    }

    deinit {
        try? lifeline.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
