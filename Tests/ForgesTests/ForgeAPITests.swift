import Domain
import TestSupport
import Testing

@testable import Forges

/// What goes wrong between Martlet and a forge, over a real connection.
struct ForgeAPITests {
    private func fails(
        _ faults: JSON, kind: String = "github", _ reason: ForgeFailure.Reason, _ remedy: Remedy, saying words: String
    ) async throws {
        try await withForge(kind) { stage in
            try await stage.control("faults", faults)
            let failure = await #expect(throws: ForgeFailure.self) {
                _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            }
            #expect(failure?.reason == reason && failure?.remedy == remedy, "\(String(describing: failure))")
            #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
            #expect(failure?.description.contains(EmulatedForge.token) == false)
        }
    }

    private func fault(_ status: Int, _ body: String = "", _ headers: JSON = .empty, times: Int = 1) -> JSON {
        .array(
            Array(
                repeating: ["path": "/pulls", "status": .int(status), "body": .string(body), "headers": headers],
                count: times))
    }

    @Test func `a token that the forge does not know needs a person`() async throws {
        let body = "{\"message\": \"Bad credentials \(EmulatedForge.token)\"}"
        try await fails(fault(401, body), .unauthorized, .askHuman, saying: "'Bad credentials …'")
    }

    @Test func `a token that may not needs a person, and is no limit`() async throws {
        let body = #"{"message": "Resource not accessible by integration"}"#
        try await fails(
            fault(403, body, ["x-ratelimit-remaining": "4999"]), .forbidden, .askHuman, saying: "permission")
    }

    @Test func `which permission is missing is told where the forge tells it`() async throws {
        let body = #"{"message": "Resource not accessible by personal access token"}"#
        let fine: JSON = ["X-Accepted-GitHub-Permissions": "pull_requests=write", "X-Accepted-OAuth-Scopes": ""]
        try await fails(fault(403, body, fine), .forbidden, .askHuman, saying: "(needed: pull_requests=write)")
        try await fails(fault(404, body, fine), .missing, .askHuman, saying: "(needed: pull_requests=write)")
        let classic: JSON = ["X-Accepted-OAuth-Scopes": "repo, public_repo"]
        try await fails(fault(403, body, classic), .forbidden, .askHuman, saying: "(needed: repo, public_repo)")
        let scope = #"{"error": "insufficient_scope", "error_description": "The request needs more", "scope": "api"}"#
        let order: JSON = [["path": "/merge_requests", "status": 403, "body": .string(scope)]]
        try await fails(
            order, kind: "gitlab", .forbidden, .askHuman, saying: "'insufficient_scope: The request needs more'")
    }

    @Test func `a repository that is not there needs a person`() async throws {
        try await fails(fault(404, #"{"message": "Not Found"}"#), .missing, .askHuman, saying: "forge.repository")
        try await fails(fault(301, "", ["location": "https://evil.example/"]), .missing, .askHuman, saying: "renamed")
    }

    @Test func `a long limit is left to the loop`() async throws {
        let headers: JSON = ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795000900"]
        try await fails(fault(403, "", headers), .limited, .wait(.seconds(900)), saying: "15m")
    }

    @Test func `a short limit is waited for, also before something is made`() async throws {
        try await withForge("github") { stage in
            let order: JSON = [["method": "POST", "status": 429, "headers": ["Retry-After": "3"]]]
            try await stage.control("faults", order)
            let shown = try await stage.client().show(stage.presentation(), using: stage.tools)
            #expect(shown?.number == 1)
            #expect(stage.pauses.all == [.seconds(3)])
        }
    }

    @Test func `a forge that stumbles is asked again, ever more slowly`() async throws {
        try await withForge("gitlab") { stage in
            let order: JSON = [["method": "GET", "status": 500], ["method": "GET", "status": 502, "body": "<html>"]]
            try await stage.control("faults", order)
            #expect(try await stage.client().show(stage.presentation(), using: stage.tools) != nil)
            #expect(stage.pauses.all == [.milliseconds(500), .milliseconds(1000)])
        }
    }

    @Test func `a forge that is down is left alone after a few tries`() async throws {
        try await fails(fault(503, times: 4), .unreachable, .retry, saying: "503")
    }

    @Test func `what may have been done already is not sent twice`() async throws {
        try await withForge("github") { stage in
            // The forge makes the comment and then says 502.
            let order: JSON = [["method": "POST", "path": "/comments$", "status": 502, "after": true]]
            try await stage.control("faults", order)
            let failure = await #expect(throws: ForgeFailure.self) {
                _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            }
            #expect(failure?.remedy == .retry)
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            #expect(try await stage.state("comments").count == 1)
        }
    }

    @Test func `half an answer, a web page and another service are told apart`() async throws {
        try await fails(fault(200, #"[{"number": 1, "#), .unreadable, .retry, saying: "no whole JSON")
        try await fails(
            fault(200, "<!DOCTYPE html><html>"), .unreadable, .askHuman, saying: "a web page instead of JSON")
        try await fails(fault(200, #"{"hello": 1}"#), .unreadable, .askHuman, saying: "no list")
    }

    @Test func `a field that must be there is named`() async throws {
        let body =
            #"[{"head": {"ref": "promote/production/credit-risk", "repo": {"id": 1}}, "base": {"ref": "main", "repo": {"id": 1}}}]"#
        try await fails(fault(200, body), .unreadable, .askHuman, saying: "'number'")
    }

    @Test func `what the forge refuses is told in its own words`() async throws {
        let body = #"{"message": "Validation Failed", "errors": [{"message": "No commits between main and promote"}]}"#
        try await withForge("github") { stage in
            try await stage.control(
                "faults", [["method": "POST", "path": "/pulls$", "status": 422, "body": .string(body)]])
            let failure = await #expect(throws: ForgeFailure.self) {
                _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            }
            #expect(failure?.reason == .refused)
            #expect(failure?.description.contains("Validation Failed: No commits between main and promote") == true)
        }
    }

    @Test func `no answer in time is tried again`() async throws {
        try await withForge("gitea") { stage in
            var tools = stage.tools
            let send = tools.send
            // Only the slow request is cut short, so that a slow machine does not fail the rest.
            tools.send = { call in
                var call = call
                if call.url.contains("/pulls?") { call.timeout = .milliseconds(1500) }
                return try await send(call)
            }
            try await stage.control("faults", [["path": "/pulls$", "method": "GET", "status": 200, "sleep": 4]])
            #expect(try await stage.client().show(stage.presentation(), using: tools) != nil)
            #expect(stage.pauses.all.first == .milliseconds(500))
        }
    }

    @Test func `nobody at home is a failure that passes`() async throws {
        try await withForge("github") { stage in
            let client = try stage.client(["url": "http://127.0.0.1:1"])
            let failure = await #expect(throws: ForgeFailure.self) {
                _ = try await client.show(stage.presentation(), using: stage.tools)
            }
            #expect(failure?.reason == .unreachable && failure?.remedy == .retry)
        }
    }

    @Test(arguments: ForgeConformanceTests.kinds) func `a token that is not there is told by its name`(kind: String)
        async throws
    {
        try await withForge(kind) { stage in
            let cases: [[String: String]] = [[:], ["FORGE_TOKEN": "  \n"], ["FORGE_TOKEN": "two words"]]
            for secrets in cases {
                let failure = await #expect(throws: ForgeFailure.self) {
                    _ = try await stage.client().look(for: ForgeStage.query, using: stage.tools(secrets))
                }
                #expect(failure?.reason == .noSecret && failure?.description.contains("'FORGE_TOKEN'") == true)
                #expect(failure?.description.contains("two words") == false)
            }
            let sent = try await stage.log().count
            #expect(sent == 0)
        }
    }

    @Test func `the address of the site is as good as that of its API`() throws {
        func url(_ kind: any Forge.Type, _ url: String) throws -> String {
            let settings: JSON = ["url": .string(url), "repository": "acme/models", "token": ["env": "T"]]
            let forge = try kind.init(node: ManifestTree(settings))
            return [(forge as? GitHub)?.account.url, (forge as? GitLab)?.account.url, (forge as? Gitea)?.account.url]
                .compactMap(\.self).first ?? ""
        }
        let cases: [(any Forge.Type, String, String)] = [
            (GitHub.self, "https://github.com/", "https://api.github.com"),
            (GitHub.self, "https://api.github.com", "https://api.github.com"),
            (GitHub.self, "https://git.example.com", "https://git.example.com/api/v3"),
            (GitHub.self, "https://git.example.com/api/v3/", "https://git.example.com/api/v3"),
            (GitHub.self, "https://acme.ghe.com", "https://api.acme.ghe.com"),
            (GitHub.self, "https://api.acme.ghe.com", "https://api.acme.ghe.com"),
            // Whatever leads there under a name of its own.
            (GitHub.self, "https://proxy.example.com/github", "https://proxy.example.com/github"),
            (GitLab.self, "https://gitlab.com", "https://gitlab.com/api/v4"),
            (GitLab.self, "https://example.com/git/api/v4", "https://example.com/git/api/v4"),
            (GitLab.self, "https://example.com/git/", "https://example.com/git/api/v4"),
            (Gitea.self, "https://codeberg.org", "https://codeberg.org/api/v1"),
            (Gitea.self, "https://codeberg.org/api/v1", "https://codeberg.org/api/v1"),
        ]
        for (kind, given, expected) in cases { #expect(try url(kind, given) == expected) }
    }

    @Test(
        arguments: [
            ["url": "ftp://x"], ["repository": "models"], ["repository": "../x"], ["token": ["env": "ghp_abcDEF123"]],
            ["tokn": "x"],
            ["token": ["file": "relative"]], ["token": ["env": "A", "file": "/b"]], ["method": "octopus"],
        ] as [[String: JSON]])
    func `settings are checked`(more: [String: JSON]) async throws {
        var settings: [String: JSON] = ["repository": "acme/models", "token": ["env": "T"]]
        settings.merge(more) { $1 }
        let errors = #expect(throws: FieldErrors.self) {
            _ = try GitHub(node: ManifestTree(.object(settings.map { ($0.key, $0.value) })))
        }
        #expect(!"\(String(describing: errors))".contains("ghp_abcDEF123"))
    }
}
