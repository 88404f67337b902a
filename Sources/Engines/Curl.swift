public import Domain

/// HTTP by way of the `curl` program, a child that can be killed.
///
/// No HTTP library: each would cost every start of `martlet` tens of milliseconds and minutes of build, for a few requests that wait on the
/// network anyway. `curl` brings proxies, certificate stores and HTTP/2. Debian: `apt-get install curl`. Nothing secret is in its arguments.
public struct Curl: Sendable {
    /// The largest answer that is taken.
    static let replyLimit = 64 << 20
    /// What fits into a line of `curl`'s configuration, whatever has to be escaped.
    private static let inlineLimit = 40_000

    private let run: RunCommand
    private let environment: [String: String]

    /// Of `environment`, what `curl` knows is handed on: proxies, certificates and where programs are.
    public init(environment: [String: String] = [:], run: @escaping RunCommand = LocalProcess.run) {
        let known: Set = [
            "PATH", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
            "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR",
        ]
        self.environment = environment.filter { known.contains($0.key) }
        self.run = run
    }

    /// The answer, whatever its status. Throws ``HTTPFailure`` where there is none.
    ///
    /// Redirects are followed only where the call has no headers: `curl` would hand a token on to the other host.
    public func send(_ call: Tools.Call) async throws -> Tools.Reply {
        var config = try CurlConfig(call.url, timeout: call.timeout)
        try config.headers(call.headers)
        if call.headers.isEmpty, call.followsRedirects { config.followRedirects() }
        if call.method == "HEAD" { config.flag("head") } else { config.option("request", call.method) }
        let body = try config.body(call.body, inlineLimit: Self.inlineLimit)
        let headers = CurlHeaders()
        if let headers { config.option("dump-header", headers.reference) }
        let limit = call.replyLimit ?? Self.replyLimit + 1
        let result = await start(["curl", "-q", "--config", "-"], config, call.timeout, keeping: limit)
        withExtendedLifetime(body) {}
        let isEnough = call.replyLimit.map { result.output.count >= $0 } ?? false
        guard let status = try status(of: result, call.url, isEnough: isEnough) else {
            throw HTTPFailure(.unreachable, "\(CurlConfig.redacted(call.url)): no HTTP answer")
        }
        guard call.replyLimit != nil || result.output.count <= Self.replyLimit else {
            throw HTTPFailure(.tooLarge, "\(CurlConfig.redacted(call.url)) answered with more than 64 MiB")
        }
        return Tools.Reply(
            status: status, headers: headers?.read() ?? [:], body: call.method == "HEAD" ? [] : result.output)
    }

    /// Fetches a file to `path`, which may hold part of it where this throws. Whether it is the right one is for the caller to check.
    public func download(
        _ url: String, to path: String, atMost size: Int
    ) async throws {
        let timeout = Duration.seconds(3600)
        var config = try CurlConfig(url, timeout: timeout)
        config.followRedirects()
        config.option("output", path)
        config.option("max-filesize", "\(max(1, size))")
        config.flag("fail")
        // A transfer that stands still for a minute will not come back.
        config.option("speed-limit", "1")
        config.option("speed-time", "60")
        // Where no length is announced, `curl` 7 does not look at max-filesize; the file system then does.
        let script = #"ulimit -f "$0" 2>/dev/null; exec "$@""#
        let limited = ["/bin/sh", "-c", script, "\(max(0, size) / 512 + 1)", "curl", "-q", "--config", "-"]
        let result = await start(limited, config, timeout, keeping: 1 << 16)
        _ = try status(of: result, url, size: size)
    }

    private func start(
        _ arguments: [String], _ config: CurlConfig, _ timeout: Duration, keeping limit: Int
    ) async -> CommandResult {
        let command = Command(
            arguments, environment: environment, input: config.text, timeout: timeout + .seconds(2), outputLimit: limit)
        return await run(command)
    }

    /// The HTTP status that `curl` wrote at the end; throws what went wrong otherwise. The codes are of `man curl`, EXIT CODES.
    ///
    /// - Parameter isEnough: Whether as much of the body came as was wanted: then it does not matter how it ends.
    private func status(
        of result: CommandResult, _ url: String, size: Int? = nil, isEnough: Bool = false
    ) throws(HTTPFailure) -> Int? {
        let lines = String(decoding: result.errors, as: UTF8.self).split(separator: "\n")
        let status = lines.last.flatMap { Int($0) }
        // After its own line it explains at length where to read on.
        let said = lines.dropLast(status == nil ? 0 : 1)
        let words = said.first { $0.hasPrefix("curl: (") }.map(String.init) ?? said.joined(separator: " ")
        func failure(_ reason: HTTPFailure.Reason, _ text: String) -> HTTPFailure {
            HTTPFailure(reason, "\(CurlConfig.redacted(url)): \(text)")
        }
        if size != nil, let status, status >= 400 {
            throw failure(status >= 500 || status == 429 ? .unreachable : .refused, "the server answered \(status)")
        }
        switch result.ending {
        case .exited(0): return status == 0 ? nil : status
        case .exited(127) where size != nil: throw failure(.noProgram, "no curl program; install the package curl")
        case .exited(let code):
            switch code {
            case 18 where isEnough, 28 where isEnough: return status
            case 28: throw failure(.timedOut, words)
            case 35, 51, 58, 60, 77, 83, 90, 91: throw failure(.untrusted, words)
            case 1, 3, 26, 47: throw failure(.invalid, words)
            case 23, 63: throw failure(.tooLarge, "larger than \(size ?? 0) bytes, or it cannot be written (\(words))")
            default: throw failure(.unreachable, words)
            }
        case .timedOut: throw failure(.timedOut, "no answer in time")
        case .signalled(let signal) where signal == 25: throw failure(.tooLarge, "larger than \(size ?? 0) bytes")
        case .signalled(let signal): throw failure(.unreachable, "curl was ended by signal \(signal)")
        case .exhausted(let why): throw failure(.unreachable, why)
        case .notStarted(let why): throw failure(.noProgram, "\(why) (package curl)")
        }
    }
}
