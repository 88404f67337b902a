import Domain
import Testing

@testable import Forges

struct GitHubMergeRulesTests {
    private func refusal(_ config: [String: JSON], _ method: String = "merge") async throws -> ForgeFailure? {
        var found: ForgeFailure?
        try await withForge("github", config: config) { stage in
            let client = try stage.client(["method": .string(method)])
            found = await #expect(throws: ForgeFailure.self) {
                _ = try await client.show(stage.presentation(.merge(title: "Promote", message: "")), using: stage.tools)
            }
            #expect(try await stage.state("requests").first?["state"] == "open")
        }
        return found
    }

    @Test func `what the repository does not allow is told, and what it does`() async throws {
        let failure = try await refusal(["methods": ["squash", "rebase"]])
        #expect(failure?.reason == .unmergeable && failure?.remedy == .askHuman)
        let words =
            "by the method 'merge': the repository does not allow it; in martlet.yaml, forge.method can be squash or rebase"
        #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
        let queue = try await refusal(["rules": ["pull_request", "merge_queue"]])
        #expect(queue?.description.contains("main has a merge queue") == true, "\(String(describing: queue))")
    }

    @Test func `a linear history takes no merges`() {
        let words = GitHubMergeRules.obstacle(to: .merge, into: "main", rules: ["required_linear_history"], nil)
        #expect(
            words?.hasSuffix("main must have a linear history; in martlet.yaml, forge.method can be squash or rebase")
                == true)
        #expect(GitHubMergeRules.obstacle(to: .squash, into: "main", rules: ["required_linear_history"], nil) == nil)
    }

    @Test func `a refusal that no setting explains is told in the forge's words`() async throws {
        try await withForge("github") { stage in
            let body = #"{"message": "Base branch was modified. Review and try the merge again."}"#
            // The settings are not to be seen, either.
            try await stage.control(
                "faults",
                [
                    ["path": "/merge$", "status": 405, "body": .string(body)],
                    ["path": "/rules/", "status": 403], ["path": "/acme/models$", "status": 404],
                ])
            let failure = await #expect(throws: ForgeFailure.self) {
                _ = try await stage.client().show(
                    stage.presentation(.merge(title: "Promote", message: "")), using: stage.tools)
            }
            #expect(failure?.remedy == .retry && failure?.description.contains("'Base branch was modified.") == true)
        }
    }
}
