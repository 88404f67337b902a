import Foundation

/// Prometheus itself (Debian's package) on the loopback interface, which ends with its last reference, or with the test.
public final class Prometheus {
    public let url: String
    private let process = Process()
    private let lifeline = Pipe()
    private let folder: URL

    /// - Parameter history: What it has known for long, as OpenMetrics with the time of each sample.
    public init(scraping target: String? = nil, history: String? = nil) throws {
        folder = try temporaryFolder()
        let jobs = target.map { "[{job_name: model, static_configs: [{targets: [\"\($0.dropFirst(7))\"]}]}]" } ?? "[]"
        let config = """
            global: {scrape_interval: 1s}
            scrape_configs: \(jobs)
            """
        try Data(config.utf8).write(to: folder.appending(path: "p.yml"))
        try Data((history ?? "").utf8).write(to: folder.appending(path: "history"))
        let script = """
            test ! -s history || promtool tsdb create-blocks-from openmetrics history data > /dev/null 2>log || exit
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
