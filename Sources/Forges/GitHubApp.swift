import Domain

/// A GitHub App: it proves with its private key who it is, and gets tokens that are good for an hour.
///
/// The signature is made by the `openssl` program, which Debian's `ca-certificates` brings: a package with RSA would cost every build
/// minutes for one signature an hour. The key goes through a pipe, never into arguments, environment or files.
struct GitHubApp: FieldGroup {
    /// The app's id or client id.
    let id: String
    let key: Secret

    init(_ fields: Fields) throws(FieldErrors) {
        id = try fields.required("id", "the app's client id or id")
        key = try fields.required("key", "where the app's private key (PEM) is: {file: PATH} or {env: NAME}")
        if id.isEmpty { fields.complain(about: "id", "is empty") }
    }

    /// A token for the account's repository alone.
    func token(
        for account: ForgeAccount, _ patience: Patience, _ memory: ForgeMemory, _ tools: Tools
    ) async throws -> String {
        try await memory.token("installation", at: tools.now()) {
            let api = try await api(account, patience, memory, tools)
            guard let found = try await api.find("/repos/\(account.path)/installation") else {
                throw ForgeFailure(
                    .missing,
                    "forge: the GitHub App \(Excerpt.line(id)) is not installed on \(account.repository), or there is no such repository; "
                        + "install it there, with access to that repository", .askHuman)
            }
            let installation = try found.number("id")
            let path = "/app/installations/\(installation)/access_tokens"
            let answer = try await api.send("POST", path, ["repositories": [.string(account.name)]]).record()
            guard let end = answer.time("expires_at") else { return (try answer.text("token"), tools.now()) }
            return (try answer.text("token"), end + .seconds(-300))
        }
    }

    /// Who the app's comments are by.
    func login(
        _ account: ForgeAccount, _ patience: Patience, _ memory: ForgeMemory, _ tools: Tools
    ) async throws -> String {
        try await memory.fact("app-login") {
            try await api(account, patience, memory, tools).get("/app").text("slug") + "[bot]"
        }
    }

    private func api(
        _ account: ForgeAccount, _ patience: Patience, _ memory: ForgeMemory, _ tools: Tools
    ) async throws -> ForgeAPI {
        let proof = try await proof(tools)
        return ForgeAPI(
            base: account.url, headers: GitHub.headers.merging(["Authorization": "Bearer \(proof)"]) { $1 },
            secrets: [proof], tools: tools, memory: memory, patience: patience)
    }

    /// A JSON Web Token (RFC 7519) with RS256, good for nine minutes; a minute back, for clocks that are late.
    func proof(_ tools: Tools) async throws -> String {
        guard let key = key.read(tools) else {
            throw ForgeFailure(
                .noSecret, "forge: there is no key in '\(key.name)', which martlet.yaml names", .askHuman)
        }
        let now = tools.now().seconds
        let header: JSON = ["alg": "RS256", "typ": "JWT"]
        let claims: JSON = ["iat": .int(Int(now - 60)), "exp": .int(Int(now + 540)), "iss": .string(id)]
        let signed = [header, claims].map { Base64.addressText($0.text().utf8) }.joined(separator: ".")
        // Standard input holds the key, so the text to sign, which is no secret, comes as an argument.
        let script = #"exec 3<&0; printf %s "$1" | openssl dgst -sha256 -sign /dev/fd/3 -binary"#
        let result = await tools.run(
            Command(["/bin/sh", "-c", script, "sh", signed], input: Array((key + "\n").utf8), timeout: .seconds(20)))
        guard result.ending == .exited(0), result.output.count >= 128 else {
            throw ForgeFailure(
                .noSecret,
                "forge: openssl cannot sign with the key in '\(self.key.name)'; is it an RSA key in PEM form, without a passphrase?",
                .askHuman)
        }
        return signed + "." + Base64.addressText(result.output)
    }
}
