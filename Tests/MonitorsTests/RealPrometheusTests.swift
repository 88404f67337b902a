import Domain
import Foundation
import TestSupport
import Testing

@testable import Monitors

/// Prometheus itself (Debian's package), which scrapes a page of the test's.
struct RealPrometheusTests {
    @Test func `numbers, no data, several series and wrong queries are told apart`() async throws {
        let model = try LoopbackServer(
            #"""
            def answer(self, body):
                lines = ['# TYPE error_rate gauge', 'error_rate{model="lending/credit-risk"} 0.5', 'error_rate{model="b"} NaN',
                         '# TYPE requests_total counter', 'requests_total{model="lending/credit-risk"} 1200']
                return 200, {"content-type": "text/plain; version=0.0.4"}, ("\n".join(lines) + "\n").encode()
            """#)
        let prometheus = try Prometheus(scraping: model.url)
        func look(_ query: String) async throws -> ProbeResult {
            let probe = try PrometheusProbe(
                settings: ["url": .string(prometheus.url), "query": .string(query), "above": 0.4])
            return await probe.look(at: release, using: realTools)
        }
        // The first scrape is up to a second away.
        var ill = try await look(#"error_rate{model="{model}"}"#)
        for _ in 0..<600 where ill.verdict != .fail {
            try await Task.sleep(for: .milliseconds(100))
            ill = try await look(#"error_rate{model="{model}"}"#)
        }
        #expect(ill.verdict == .fail && ill.value == 0.5, "\(ill)")
        #expect(try await look(#"error_rate{model="{model}"} / 2"#).verdict == .pass)
        #expect(try await look("scalar(vector(0.25))").verdict == .pass)
        #expect(try await look("+Inf").verdict == .fail)
        #expect(try await look(#"error_rate{model="b"}"#).verdict == .inconclusive)
        #expect(try await look(#"error_rate{model="none"}"#).verdict == .inconclusive)
        #expect(try await look("error_rate").verdict == .inconclusive)
        let wrong = try await look("sum(")
        #expect(wrong.verdict == .error && "\(wrong)".contains("parse error"), "\(wrong)")
        #expect(try await look("requests_total[5m]").verdict == .error)
    }
}

/// A Prometheus on the loopback interface that ends with its last reference, or with the test.
private final class Prometheus {
    let url: String
    private let process = Process()
    private let lifeline = Pipe()
    private let folder: URL

    init(scraping target: String) throws {
        folder = try temporaryFolder()
        let config = """
            global: {scrape_interval: 1s}
            scrape_configs: [{job_name: model, static_configs: [{targets: ["\(target.dropFirst(7))"]}]}]
            """
        try Data(config.utf8).write(to: folder.appending(path: "p.yml"))
        let script = """
            prometheus --config.file=p.yml --storage.tsdb.path=data --web.listen-address=127.0.0.1:0 2>log & child=$!
            cat > /dev/null; kill $child; wait $child
            """
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = folder
        process.standardInput = lifeline
        try process.run()
        var found: String?
        for _ in 0..<600 where found == nil {
            usleep(100_000)
            let log = (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
            found = log.firstMatch(of: #/msg="Listening on" address=(127\.0\.0\.1:\d+)/#).map { String($0.1) }
        }
        url = "http://" + (found ?? "127.0.0.1:1")
    }

    deinit {
        try? lifeline.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}
