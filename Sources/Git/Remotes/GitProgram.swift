import Domain

/// The git program as a child that can be killed, for what libgit2 cannot do: the network and maintenance.
///
/// The user's SSH configuration, agent, proxies and credential helpers work as they do in a shell; nothing asks at a
/// terminal, nothing starts a garbage collection on the side, and the repository is the one that is named here.
struct GitProgram: Sendable {
    let repository: String
    let run: RunCommand
    private let environment: [String: String]

    /// - Parameter quarantine: Where git finds objects that are pushed and not accepted yet.
    init(
        repository: String, environment: [String: String], quarantine: [String: String] = [:],
        run: @escaping RunCommand
    ) {
        self.repository = repository
        self.environment = Self.environment(from: environment).merging(quarantine) { $1 }
        self.run = run
    }

    /// Runs git; output that ends with anything but success is for the caller to explain.
    ///
    /// - Parameter settings: Configuration for this call, such as a URL with a password: it appears in no list of
    ///   processes and in no file.
    func result(
        _ arguments: [String], settings: [(key: String, value: String)] = [], timeout: Duration,
        outputLimit: Int = 64 << 20
    ) async -> CommandResult {
        await run(
            Command(
                ["git", "--git-dir=\(repository)", "-c", "gc.auto=0", "-c", "maintenance.auto=false"] + arguments,
                environment: Self.adding(settings, to: environment), timeout: timeout, outputLimit: outputLimit))
    }

    private static let passed: Set<String> = [
        "HOME", "PATH", "USER", "LOGNAME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "SSH_AUTH_SOCK",
        "SSH_ASKPASS",
        "SSH_ASKPASS_REQUIRE", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME", "KRB5CCNAME", "GIT_ASKPASS",
        "GIT_EXEC_PATH", "GIT_ALLOW_PROTOCOL", "http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY",
        "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR",
    ]
    private static let passedPrefixes = [
        "GIT_SSH", "GIT_SSL_", "GIT_CONFIG_", "GIT_PROXY_", "GIT_HTTP_", "GIT_CREDENTIAL",
    ]

    /// What git may see. `GIT_DIR` and its kin, which a hook sets, would send it to another repository.
    private static func environment(from outside: [String: String]) -> [String: String] {
        var kept = outside.filter { name, _ in
            passed.contains(name) || passedPrefixes.contains { name.hasPrefix($0) }
        }
        kept["LC_ALL"] = "C"
        kept["GIT_TERMINAL_PROMPT"] = "0"
        // What is verified must be the object that is named, which `refs/replace/*` could put another in place of.
        kept["GIT_NO_REPLACE_OBJECTS"] = "1"
        kept["GIT_ALLOW_PROTOCOL"] = kept["GIT_ALLOW_PROTOCOL"] ?? "file:git:http:https:ssh"
        if kept["SSH_ASKPASS"] == nil {
            // Otherwise ssh opens the terminal by itself and waits there for a password.
            kept["SSH_ASKPASS"] = "/bin/false"
            kept["SSH_ASKPASS_REQUIRE"] = "force"
        }
        return kept
    }

    private static func adding(
        _ settings: [(key: String, value: String)], to environment: [String: String]
    ) -> [String: String] {
        guard !settings.isEmpty else { return environment }
        var environment = environment
        let present = environment["GIT_CONFIG_COUNT"].flatMap { Int($0) } ?? 0
        for (offset, setting) in settings.enumerated() {
            environment["GIT_CONFIG_KEY_\(present + offset)"] = setting.key
            environment["GIT_CONFIG_VALUE_\(present + offset)"] = setting.value
        }
        environment["GIT_CONFIG_COUNT"] = "\(present + settings.count)"
        return environment
    }
}
